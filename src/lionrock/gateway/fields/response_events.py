"""The events of a streamed Responses answer, made from the chunks of a chat completion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lionrock.gateway.fields.cleaning import Usage
from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.fields.prepared import Reply
from lionrock.gateway.fields.reading import write
from lionrock.gateway.fields.response_parts import call, incomplete, message, response, text_part


@dataclass(slots=True)
class _Item:
    index: int
    call_id: Any = None
    name: Any = None
    is_call: bool = False
    pieces: list[str] = field(default_factory=list)

    def made(self, reply: Reply, status: str) -> Json:
        text = "".join(self.pieces)
        if self.is_call:
            return call(reply, self.index, self.call_id, self.name, text, status)
        return message(reply, self.index, text, status)


class ResponseEvents:
    """Items open as their first piece comes, and all are closed in order at the end."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._number = 0
        self._created: Any = None
        self._begun = False
        self._items: list[_Item] = []
        self._message: _Item | None = None
        self._calls: dict[int, _Item] = {}

    def chunk(self, chunk: Json) -> bytes:
        """The events of one cleaned chunk."""
        out = self._begin(chunk.get("created"))
        for choice in chunk["choices"]:
            delta = choice.get("delta") or {}
            if isinstance(delta.get("content"), str) and delta["content"]:
                out += self._text(delta["content"])
            for each in delta.get("tool_calls") or []:
                out += self._call(each)
        return out

    def end(self, used: Usage | None, finish: str | None) -> bytes:
        """Close every item, then the response; as failed where the stream had no finish."""
        if finish is None:
            return self.failed("The engine broke off before the answer was complete.")
        status, why = incomplete(finish)
        out = self._begin(None) + b"".join(self._close(item, status) for item in self._items)
        output = [item.made(self._reply, status) for item in self._items]
        done = response(self._reply, self._created, status, output, used, why)
        return out + self._event(f"response.{status}", response=done)

    def failed(self, why: str) -> bytes:
        output = [item.made(self._reply, "incomplete") for item in self._items]
        done = response(self._reply, self._created, "failed", output, None)
        done["error"] = {"code": "server_error", "message": why}
        return self._begin(None) + self._event("response.failed", response=done)

    def _begin(self, created: Any) -> bytes:
        if self._begun:
            return b""
        self._begun, self._created = True, created
        begun = response(self._reply, created, "in_progress", [], None)
        return self._event("response.created", response=begun) + self._event(
            "response.in_progress", response=begun
        )

    def _text(self, piece: str) -> bytes:
        out = b""
        if self._message is None:
            item = self._message = self._open(_Item(len(self._items)))
            begun = message(self._reply, item.index, None, "in_progress")
            out += self._event("response.output_item.added", output_index=item.index, item=begun)
            out += self._text_event("response.content_part.added", item, part=text_part(""))
        self._message.pieces.append(piece)
        return out + self._text_event(
            "response.output_text.delta", self._message, delta=piece, logprobs=[]
        )

    def _call(self, told: Json) -> bytes:
        at, function, out = told.get("index", 0), told.get("function") or {}, b""
        item = self._calls.get(at)
        if item is None:
            item = _Item(len(self._items), told.get("id"), function.get("name"), True)
            self._calls[at] = self._open(item)
            begun = item.made(self._reply, "in_progress")
            out += self._event("response.output_item.added", output_index=item.index, item=begun)
        piece = function.get("arguments")
        if isinstance(piece, str) and piece:
            item.pieces.append(piece)
            kind = "response.function_call_arguments.delta"
            out += self._item_event(kind, item, delta=piece)
        return out

    def _close(self, item: _Item, status: str) -> bytes:
        made = item.made(self._reply, status)
        if item.is_call:
            out = self._item_event(
                "response.function_call_arguments.done",
                item,
                arguments=made["arguments"],
                name=made["name"],
            )
        else:
            text = made["content"][0]["text"]
            out = self._text_event("response.output_text.done", item, text=text, logprobs=[])
            out += self._text_event("response.content_part.done", item, part=text_part(text))
        return out + self._event("response.output_item.done", output_index=item.index, item=made)

    def _open(self, item: _Item) -> _Item:
        self._items.append(item)
        return item

    def _text_event(self, kind: str, item: _Item, **more: Any) -> bytes:
        return self._item_event(kind, item, content_index=0, **more)

    def _item_event(self, kind: str, item: _Item, **more: Any) -> bytes:
        word = "fc" if item.is_call else "msg"
        name = f"{word}_{self._reply.request_id}_{item.index}"
        return self._event(kind, item_id=name, output_index=item.index, **more)

    def _event(self, kind: str, **more: Any) -> bytes:
        told = {"type": kind, "sequence_number": self._number, **more}
        self._number += 1
        return b"event: " + kind.encode() + b"\ndata: " + write(told) + b"\n\n"
