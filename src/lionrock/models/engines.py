"""One protocol to every language model: OpenAI chat completions, always streamed.

llama.cpp, vLLM, vllm-ascend, SGLang and Ollama all speak it. Here is what is asked and answered,
and the client.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from lionrock.errors import EngineUnavailable, InvalidInput, LionrockError
from lionrock.kernel.egress import Egress, Gate, parse_url
from lionrock.kernel.egress.connectors import connector
from lionrock.models.engine_faults import refusal
from lionrock.models.event_stream import StreamedAnswer

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 120.0
"""Longest pause on an open connection before the engine is taken for stuck."""
_PROBE_SECONDS = 5.0
_MAX_BODY_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """`messages` are {"role", "content"}; `max_tokens` bounds the answer, not the prompt.

    `json_schema` forces the answer to fit. Bound its strings and arrays (maxLength, maxItems): a
    model may fill them until `max_tokens`.
    """

    messages: list[dict[str, str]]
    max_tokens: int
    temperature: float = 0.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: dict[str, Any] | None = None
    likely_tokens: int = 0
    """How many of the likeliest first tokens to be told, with their log-probabilities (at most 20)."""

    def said(self) -> str:
        return "\n".join(message["content"] for message in self.messages)


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last item of a complete answer. `reason`: stop, length, or the engine's own word.

    Token counts are the engine's; where it gives none, an estimate and the number of pieces.
    """

    reason: str
    prompt_tokens: int
    output_tokens: int
    first_token: Mapping[str, float] = field(default_factory=dict)
    """Natural log-probabilities of the likeliest first tokens; empty where not asked or not told."""


class Engine(Protocol):
    """A language model that answers. `context`: tokens that a prompt and its answer share."""

    context: int

    @property
    def model_name(self) -> str: ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finished, None]:
        """Deltas, then one Finished. `aclose()` stops the work upstream.

        EngineUnavailable: no answer, or broken off. EngineRefused: asking again will not help.
        """
        ...

    async def healthy(self) -> bool: ...

    async def count_tokens(self, text: str) -> int: ...

    async def close(self) -> None: ...


class OpenAIEngine:
    """A client of one server. `base_url` with or without its `/v1`; no proxies, no redirects.

    `model` None takes the first that the server lists. `egress` is asked before each connection
    (without one, loopback is all there is); a `unix_socket` needs no permission. Connections are
    not kept: closing one is what tells the server to stop.
    """

    def __init__(
        self,
        base_url: str,
        *,
        key: str | None = None,
        model: str | None = None,
        unix_socket: Path | None = None,
        context: int,
        egress: Gate | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self._root, self._api = _addresses(base_url)
        self._host = self._root.host or ""
        address = self._root.host_port_subcomponent
        self._label = "The local engine" if unix_socket else f"The engine at {address}"
        self._key = key.strip() if key else None
        self._model, self._socket = model, unix_socket
        self._egress, self._silence = egress or Egress(), silence_seconds
        self._tokenizes = True
        self._session: aiohttp.ClientSession | None = None
        self.context = context

    @property
    def model_name(self) -> str:
        """As the server calls it; before it has told, where it is."""
        return self._model or self._label

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finished, None]:
        body = chat_body(request, await self.discover())
        said = request.said()
        answer = StreamedAnswer(self._label, said)
        async with self._open("POST", self._api / "chat/completions", body) as response:
            if response.status != HTTPStatus.OK or response.content_type == "application/json":
                raise refusal(self._label, response.status, await _content(response), said)
            async for chunk in response.content.iter_any():
                for text in answer.feed(chunk):
                    yield Delta(text)
                if answer.done:
                    break
        prompt_tokens = answer.prompt_tokens
        if prompt_tokens is None:
            prompt_tokens = estimate_tokens(said)
        yield Finished(answer.reason, prompt_tokens, answer.output_tokens, answer.first_token)

    async def healthy(self) -> bool:
        """The server is up, has loaded its model and takes our key."""
        try:
            if await self._status(self._root / "health") >= HTTPStatus.INTERNAL_SERVER_ERROR:
                return False
            return await self._status(self._api / "models") == HTTPStatus.OK
        except LionrockError:
            return False

    async def count_tokens(self, text: str) -> int:
        """By the model's own tokenizer where the server offers it, else `estimate_tokens`."""
        counted = await self._tokenize(text) if self._tokenizes else None
        return estimate_tokens(text) if counted is None else counted

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def discover(self) -> str:
        """The model's name, and its context if the server tells; asked once."""
        if self._model is None:
            async with self._open("GET", self._api / "models") as response:
                content = await _content(response)
                if response.status != HTTPStatus.OK:
                    raise refusal(self._label, response.status, content)
            first = self._first(content)
            self._model = first.id
            self.context = min(self.context, first.max_model_len or self.context)
        return self._model

    def _first(self, content: bytes) -> _Model:
        try:
            return _Models.model_validate_json(content).data[0]
        except (ValidationError, IndexError):
            raise EngineUnavailable(f"{self._label} lists no model. Name the one to use.") from None

    async def _tokenize(self, text: str) -> int | None:
        # llama.cpp reads `content`, vLLM reads `prompt`.
        body = {"content": text, "prompt": text}
        try:
            async with self._open("POST", self._root / "tokenize", body) as response:
                if response.status != HTTPStatus.OK:
                    self._tokenizes = response.status == HTTPStatus.SERVICE_UNAVAILABLE
                    return None
                found = _Tokens.model_validate_json(await _content(response))
        except (EngineUnavailable, ValidationError):
            return None
        return len(found.tokens) if found.count is None else found.count

    async def _status(self, url: URL) -> int:
        brief = aiohttp.ClientTimeout(total=_PROBE_SECONDS)
        async with self._open("GET", url, timeout=brief) as response:
            return response.status

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        url: URL,
        body: dict[str, Any] | None = None,
        timeout: aiohttp.ClientTimeout | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """One exchange; its connection is closed at the end, read to the end or not."""
        if self._socket is None:
            self._egress.check(self._host, self._root.port)
        limits = timeout or aiohttp.ClientTimeout(
            total=None, sock_connect=CONNECT_SECONDS, sock_read=self._silence
        )
        try:
            response = await self._client().request(
                method, url, json=body, timeout=limits, allow_redirects=False
            )
            try:
                yield response
            finally:
                response.close()
        except (aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
            raise EngineUnavailable(f"{self._label} {self._why(error)}.") from error

    def _why(self, error: Exception) -> str:
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return f"did not take a connection within {CONNECT_SECONDS:g} s"
        if isinstance(error, TimeoutError):
            return f"sent nothing for {self._silence:g} s"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            return "shows a certificate that this machine does not trust"
        if isinstance(error, aiohttp.ClientConnectorError):
            return "cannot be reached; see that it runs and that its address is right"
        return "broke the connection off"

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Accept-Encoding": "identity"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                connector=connector(self._socket, self._egress, keep=None),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


def estimate_tokens(text: str) -> int:
    """More than most tokenizers make: one for each character beyond ASCII, one for three in it."""
    beyond = sum(not character.isascii() for character in text)
    return beyond + -(-(len(text) - beyond) // 3)


class _Model(BaseModel):
    id: str
    max_model_len: int | None = None
    """vLLM's and SGLang's context window."""


class _Models(BaseModel):
    data: list[_Model]


class _Tokens(BaseModel):
    count: int | None = None
    tokens: list[int] = []


def _addresses(base_url: str) -> tuple[URL, URL]:
    """The server's own root, and that of its versioned API (`/v1` if none is named)."""
    try:
        parse_url(base_url)
    except InvalidInput as error:
        raise InvalidInput(
            f"An engine's address looks like http://host:8000/v1; the one given does not. {error}"
        ) from None
    url = URL(base_url.rstrip("/")).with_query(None).with_fragment(None)
    versioned = re.search(r"/v\d+$", url.path)
    if versioned is None:
        return url, url / "v1"
    return url.with_path(url.path[: versioned.start()]), url


def chat_body(request: ChatRequest, model: str) -> dict[str, Any]:
    """The request as OpenAI's API takes it, streamed."""
    body: dict[str, Any] = {
        "model": model,
        "messages": request.messages,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.seed is not None:
        body["seed"] = request.seed
    if request.likely_tokens:
        body |= {"logprobs": True, "top_logprobs": request.likely_tokens}
    if request.stop:
        body["stop"] = list(request.stop)
    if request.json_schema is not None:
        schema = {"name": "answer", "strict": True, "schema": request.json_schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    return body


async def _content(response: aiohttp.ClientResponse) -> bytes:
    """The body; of one too large to be meant, the beginning."""
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _MAX_BODY_BYTES:
            break
    return bytes(content)
