"""The relay of a stream: server-sent events in any pieces, whole events out, usage found.

Most events are the one before with another piece of text. An event is read once; after that, one
with the same bytes around its text is given the cleaned bytes of the first around its own, unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lionrock.errors import EngineRefused
from lionrock.gateway.fields.cleaning import Usage, chat_like, error, usage_of
from lionrock.gateway.fields.kinds import Endpoint, Json
from lionrock.gateway.fields.prepared import Reply
from lionrock.gateway.fields.reading import parse, write
from lionrock.gateway.fields.response_events import ResponseEvents
from lionrock.gateway.fields.rewriting import Rewrite, Rewriting
from lionrock.gateway.fields.spoken import Hearing

_EVENT_BYTES = 2**20
_TEXT = re.compile(
    rb'"(?:content|text)": ?"([^"\\\x00-\x1f]*+'
    rb'(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+)"'
)
"""What JSON takes for the inside of a string: it is passed on unread."""
_DONE = b"data: [DONE]\n\n"
_MARK = "\ue000text\ue000"
_TEMPLATES = 16


class Tail:
    """One streamed answer. `feed` every chunk, then `close`; the output is the same however the
    bytes are split, and never ends within a character.

    `usage`, `finish` (of the first choice that ended), `error` (the engine's message) as found so
    far; `pieces`: choices' events that said something, to go by where no usage came (engines send
    one a token, or fewer); `done`: the engine said that the stream is complete.
    """

    def __init__(
        self,
        reply: Reply,
        rewrite: Rewrite | None = None,
        may_repeat: Callable[[str], bool] = lambda words: True,
    ) -> None:
        """`may_repeat`: whether words of an engine's error may go to the client."""
        self.usage: Usage | None = None
        self.finish: str | None = None
        self.error: str | None = None
        self.pieces = 0
        self.done = False
        self._reply, self._may_repeat = reply, may_repeat
        self._pending = b""
        self._rewriting = Rewriting(rewrite) if rewrite else None
        self._hearing = Hearing(reply.request_id) if reply.spoken else None
        translated = reply.endpoint is Endpoint.RESPONSES
        self._events = ResponseEvents(reply) if translated else None
        self._relays = not (translated or rewrite or reply.spoken)
        self._templates: dict[tuple[bytes, bytes], tuple[bytes, bytes]] = {}

    def feed(self, chunk: bytes) -> bytes:
        """The events that are complete now. EngineRefused: an event that is no JSON object, or is
        more than 1 MiB."""
        if b"\r" in chunk:  # JSON escapes it, so it can only be of a line's end
            chunk = chunk.replace(b"\r", b"")
        data = self._pending + chunk if self._pending else chunk
        cut = data.rfind(b"\n\n") + 2
        if cut == 1:
            self._pending = data
            if len(data) > _EVENT_BYTES:
                raise EngineRefused(
                    f"The engine sent an event of more than {_EVENT_BYTES:,} bytes."
                )
            return b""
        self._pending = data[cut:]
        return b"".join([self._event(each) for each in data[:cut].split(b"\n\n")])

    def close(self) -> bytes:
        """What is left when the engine has closed the stream; a half event is not sent."""
        out, rest, self._pending = b"", self._pending.strip(), b""
        if rest.startswith(b"data:") and _complete(rest[5:]):
            out = self._event(rest)
        if self._events is not None and not self.done:
            out += self._events.end(self.usage, self.finish)
        return out

    def _event(self, raw: bytes) -> bytes:
        raw = raw.lstrip(b"\n")
        text = _TEXT.search(raw) if self._relays else None
        if text is not None:
            around = self._templates.get((raw[: text.start(1)], raw[text.end(1) :]))
            if around is not None and _is_utf8(text[1]):
                self.pieces += bool(text[1])
                return around[0] + text[1] + around[1]
        lines = raw.split(b"\n")
        data = b"\n".join(line[5:].strip() for line in lines if line.startswith(b"data:"))
        if not data:
            return b": waiting\n\n" if raw.startswith(b":") else b""
        if data == b"[DONE]":
            return self._ended()
        try:
            told = parse(data)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise EngineRefused("The engine sent an event that is not a JSON object.")
        if text is not None:
            self._learn(raw[: text.start(1)], raw[text.end(1) :])
        return self._read(told)

    def _ended(self) -> bytes:
        if self.done:
            return b""
        self.done = True
        return _DONE if self._events is None else self._events.end(self.usage, self.finish)

    def _learn(self, before: bytes, after: bytes) -> None:
        """Keep what to send around the next text between these bytes, if that is all there is."""
        if b"\n" in before or b"\n" in after or not before.startswith(b"data:"):
            return
        told = parse(before[5:] + _MARK.encode() + after)
        chunk = chat_like(told, self._reply)
        plain = len(chunk["choices"]) == 1 and not told.get("error") and not told.get("usage")
        if not plain or not _only_text(chunk["choices"][0]):
            return
        chunk.pop("usage", None)
        head, mark, end = (b"data: " + write(chunk) + b"\n\n").partition(_MARK.encode())
        if mark:
            if len(self._templates) >= _TEMPLATES:
                self._templates.clear()
            self._templates[before, after] = (head, end)

    def _read(self, told: Json) -> bytes:
        if told.get("error") is not None:
            return self._failed(error(told["error"]))
        self.usage = usage_of(told) or self.usage
        chunk = chat_like(told, self._reply)
        if not self._reply.include_usage or self._events is not None:
            chunk.pop("usage", None)
        for choice in chunk["choices"]:
            self.pieces += _says(choice)
            if self._hearing is not None and isinstance(choice.get("delta"), dict):
                _hear(choice, self._hearing)
            self.finish = self.finish or choice.get("finish_reason")
        if self._hearing is not None:
            chunk["choices"] = [c for c in chunk["choices"] if not _silent(c)]
        if self._rewriting is not None:
            self._rewriting.step(chunk)
        if self._events is not None:
            return self._events.chunk(chunk)
        if not chunk["choices"] and not chunk.get("usage"):
            return b""
        return b"data: " + write(chunk) + b"\n\n"

    def _failed(self, told: Json) -> bytes:
        if not self._may_repeat(told["error"]["message"]):
            told["error"]["message"] = "The engine failed, and its words repeat the request."
        self.error = told["error"]["message"]
        if self._events is None:
            return b"data: " + write(told) + b"\n\n"
        self.done = True
        return self._events.failed(told["error"]["message"])


def _is_utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _says(choice: Json) -> bool:
    """Whether an event of a choice has more than a role or an end."""
    delta = choice.get("delta") or {}
    return bool(choice.get("text") or any(v for k, v in delta.items() if k != "role"))


def _only_text(choice: Json) -> bool:
    """Whether the mark is the choice's next text, and nothing else is told."""
    delta = choice.get("delta") or {}
    quiet = choice.get("finish_reason") is None and choice.get("logprobs") is None
    return quiet and (choice.get("text") == _MARK or delta.get("content") == _MARK)


def _complete(data: bytes) -> bool:
    try:
        return data.strip() == b"[DONE]" or isinstance(parse(data), dict)
    except ValueError:
        return False


def _silent(choice: Json) -> bool:
    return choice.get("delta") == {"content": ""} and choice.get("finish_reason") is None


def _hear(choice: Json, hearing: Hearing) -> None:
    delta = choice["delta"]
    if isinstance(delta.get("content"), str):
        delta["content"] = hearing.words(delta["content"])
    if choice.get("finish_reason") is None:
        return
    calls = hearing.calls()
    if calls:
        delta["tool_calls"] = [{"index": i, **each} for i, each in enumerate(calls)]
        if choice["finish_reason"] == "stop":
            choice["finish_reason"] = "tool_calls"
