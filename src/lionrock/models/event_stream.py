"""A streamed chat completion: bytes to events, events to text, the ending and the token counts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, JsonValue

from lionrock.errors import EngineUnavailable
from lionrock.models.engine_faults import refusal

MAX_EVENT_BYTES = 4 * 2**20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_IN_STREAM_STATUS = 500


class EventParser:
    """Server-sent events (WHATWG HTML, section 9.2.6), fed in chunks cut anywhere.

    Only `data` is kept: engines send nothing else but comments, which keep a connection awake.
    A character split over chunks is whole again before it is decoded, as lines end in ASCII.
    """

    def __init__(self) -> None:
        self._pending = b""
        self._data: list[bytes] = []
        self._after_return = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The data of each event that `chunk` completes. ValueError over `MAX_EVENT_BYTES`."""
        if self._after_return and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_return = False
        if chunk:
            self._after_return = chunk.endswith(b"\r")
        *lines, self._pending = _LINE_END.split(self._pending + chunk)
        for line in lines:
            if line:
                self._field(line)
            else:
                data, self._data = b"\n".join(self._data), []
                if data:
                    yield data.decode("utf-8", "replace")
        if len(self._pending) + sum(map(len, self._data)) > MAX_EVENT_BYTES:
            raise ValueError(f"an event of more than {MAX_EVENT_BYTES} bytes")

    def _field(self, line: bytes) -> None:
        name, _, value = line.removeprefix(_BYTE_ORDER_MARK).partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))


class _Delta(BaseModel):
    content: str | None = None


class _Likely(BaseModel):
    token: str
    logprob: float


class _Token(BaseModel):
    top_logprobs: list[_Likely] | None = None


class _Logprobs(BaseModel):
    content: list[_Token] | None = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    logprobs: _Logprobs | None = None
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(BaseModel):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    object: str | None = None
    error: JsonValue = None


class StreamedAnswer:
    """What has come of one answer. `said` is the request's text, which no error may repeat.

    Reasoning that an engine sends beside the answer (`reasoning_content`) is left out.
    """

    def __init__(self, label: str, said: str) -> None:
        self._label, self._said = label, said
        self._parser = EventParser()
        self._pieces = 0
        self._reason: str | None = None
        self._usage = _Usage()
        self.first_token: dict[str, float] = {}
        self.done = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        """Pieces of text, in order. EngineUnavailable or EngineRefused for an error event."""
        try:
            for data in self._parser.feed(chunk):
                if text := self._take(data):
                    self._pieces += 1
                    yield text
        except ValueError:  # of the parser, or pydantic's: not JSON, or not a completion
            raise EngineUnavailable(
                f"{self._label} sent something other than a chat completion."
            ) from None

    @property
    def reason(self) -> str:
        """Why it ended. EngineUnavailable if it did not."""
        if self._reason is None and not self.done:
            raise EngineUnavailable(f"{self._label} ended its answer before it was complete.")
        return self._reason or "stop"

    @property
    def prompt_tokens(self) -> int | None:
        return self._usage.prompt_tokens

    @property
    def output_tokens(self) -> int:
        counted = self._usage.completion_tokens
        return self._pieces if counted is None else counted

    def _take(self, data: str) -> str | None:
        if data.strip() == "[DONE]":
            self.done = True
            return None
        chunk = _Chunk.model_validate_json(data)
        if chunk.error is not None or chunk.object == "error":
            raise refusal(self._label, _IN_STREAM_STATUS, data.encode(), self._said)
        self._usage = chunk.usage or self._usage
        if not chunk.choices:
            return None
        choice = chunk.choices[0]
        self._reason = choice.finish_reason or self._reason
        if choice.logprobs and choice.logprobs.content and not self.first_token:
            likely = choice.logprobs.content[0].top_logprobs or []
            self.first_token = {one.token: one.logprob for one in likely}
        return choice.delta.content if choice.delta else None
