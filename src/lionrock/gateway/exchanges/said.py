"""What an answer says, out of the bytes that go to the client: texts, calls of tools, how it ended.

Read piece by piece as a stream passes, so that memory holds the words and not the events around them.
Shapes: chat completions, completions and responses, streamed or whole, as `gateway.fields` writes them.
Numbers of an embedding, probabilities and token counts are not among the words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lionrock.gateway.fields.kinds import Endpoint, Json
from lionrock.gateway.fields.reading import parse

MOST_BYTES: Final = 2**20
_PART_BYTES: Final = 200
"""What a part takes beside its words, about."""
_MOST_CHOICES: Final = 200
_SHORT: Final = 50
_LONGEST_ERROR: Final = 500
_WORDS: Final = {
    "content": "content", "text": "content", "refusal": "refusal", "reasoning": "reasoning",
    "reasoning_content": "reasoning",
}  # fmt: skip
_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})
_Place = tuple[int, str, int]
"""Choice, name, and which tool call (0 for what is none)."""


class Said:
    """`bytes`: of the words in UTF-8, kept or not. `cut`: some were not kept."""

    __slots__ = (
        "_ends",
        "_error",
        "_held",
        "_parts",
        "_room",
        "_streamed",
        "_translated",
        "bytes",
        "cut",
    )

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        streamed: bool,
        room: Callable[[int], bool] = lambda count: True,
    ) -> None:
        """`room(count)`: whether so many bytes more may be held."""
        self._room, self._streamed = room, streamed
        self._translated = endpoint is Endpoint.RESPONSES
        self._parts: dict[_Place, bytearray] = {}
        self._ends: dict[int, str] = {}
        self._error = ""
        self._held = self.bytes = 0
        self.cut = False

    @property
    def held(self) -> int:
        """Bytes taken of the room."""
        return self._held

    def feed(self, data: bytes) -> None:
        """What goes to the client: whole events of a stream, or the one JSON object."""
        if not self._streamed:
            self._object(data)
            return
        for event in data.split(b"\n\n"):
            at = event.find(b"data:")
            if at >= 0 and (at == 0 or event[at - 1] == 0x0A):
                self._object(event[at + 5 :])

    def told(self) -> Json:
        """`choices` with `content`, `reasoning`, `refusal`, `tool_calls`, `finish` as far as there are
        any; `error`, if the stream ended with one."""
        choices: dict[int, Json] = {i: {"index": i} for i in sorted(self._ends)}
        for (index, name, which), words in sorted(self._parts.items()):
            choice = choices.setdefault(index, {"index": index})
            text = words.decode(errors="ignore")
            if name in ("name", "arguments"):
                calls = choice.setdefault("tool_calls", {})
                calls.setdefault(which, {"name": "", "arguments": ""})[name] = text
            else:
                choice[name] = text
        for index, choice in choices.items():
            if "tool_calls" in choice:
                choice["tool_calls"] = [c for _, c in sorted(choice["tool_calls"].items())]
            if index in self._ends:
                choice["finish"] = self._ends[index]
        told: Json = {"choices": [choices[i] for i in sorted(choices)]}
        return told | {"error": self._error} if self._error else told

    def _object(self, data: bytes) -> None:
        try:
            told = parse(data)
        except ValueError:  # [DONE]
            return
        if not isinstance(told, dict):
            return
        if told.get("error") is not None:
            self._failed(told["error"])
        elif self._translated:
            self._response(told) if self._streamed else self._whole_response(told)
        else:
            for choice in _objects(told.get("choices")):
                self._choice(choice)

    def _choice(self, choice: Json) -> None:
        index = _number(choice.get("index"))
        message = _object(choice.get("delta") or choice.get("message")) or choice
        for name, word in _WORDS.items():
            self._add((index, word, 0), message.get(name))
        for place, call in enumerate(_objects(message.get("tool_calls"))):
            function = _object(call.get("function"))
            which = _number(call.get("index"), place)
            self._add((index, "name", which), function.get("name"))
            self._add((index, "arguments", which), function.get("arguments"))
        self._end(index, choice.get("finish_reason"))

    def _response(self, event: Json) -> None:
        """An event of a streamed response. Texts come in deltas, and again whole, which is passed over."""
        kind, which = event.get("type"), _number(event.get("output_index"))
        if kind == "response.output_text.delta":
            self._add((0, "content", 0), event.get("delta"))
        elif kind == "response.function_call_arguments.delta":
            self._add((0, "arguments", which), event.get("delta"))
        elif kind == "response.output_item.added":
            self._add((0, "name", which), _object(event.get("item")).get("name"))
        elif kind in _ENDS:
            self._ended(_object(event.get("response")))

    def _whole_response(self, told: Json) -> None:
        for which, item in enumerate(_objects(told.get("output"))):
            for part in _objects(item.get("content")):
                self._add((0, "content", 0), part.get("text"))
            self._add((0, "name", which), item.get("name"))
            self._add((0, "arguments", which), item.get("arguments"))
        self._ended(told)

    def _ended(self, response: Json) -> None:
        self._end(0, response.get("status"))
        self._failed(response.get("error"))

    def _failed(self, error: Any) -> None:
        self._error = str(_object(error).get("message") or "")[:_LONGEST_ERROR] or self._error

    def _add(self, place: _Place, words: Any) -> None:
        if not isinstance(words, str) or not words:
            return
        data = words.encode(errors="replace")
        self.bytes += len(data)
        if self.cut:
            return
        part = self._parts.get(place)
        beside = 0 if part is not None else _PART_BYTES
        left = MOST_BYTES - self._held - beside
        if len(data) > left:
            self.cut, data = True, data[: max(0, left)]
        if not data or not self._room(len(data) + beside):
            self.cut = True
            return
        self._held += len(data) + beside
        if part is None:
            part = self._parts[place] = bytearray()
        part += data

    def _end(self, index: int, why: Any) -> None:
        if (
            isinstance(why, str)
            and why
            and (index in self._ends or len(self._ends) < _MOST_CHOICES)
        ):
            self._ends[index] = why[:_SHORT]


def _number(value: Any, other: int = 0) -> int:
    return value if type(value) is int else other


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Json]:
    return [_object(each) for each in value] if isinstance(value, list) else []
