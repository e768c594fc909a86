"""What comes of preparing a request, and what its answer needs to be given back."""

from __future__ import annotations

from dataclasses import dataclass

from lionrock.gateway.fields.kinds import Endpoint, Json


@dataclass(frozen=True, slots=True)
class Reply:
    """How the client is answered. `model`: the name it asked for; `include_usage`: it asked for the
    usage of a stream; `spoken`: tool calls are read out of constrained text; `echo`: what a
    Responses answer repeats of its request.
    """

    endpoint: Endpoint
    request_id: str
    model: str
    stream: bool
    include_usage: bool
    spoken: bool = False
    echo: Json | None = None

    @property
    def id(self) -> str:
        return _PREFIXES[self.endpoint] + self.request_id


_PREFIXES = {
    Endpoint.CHAT: "chatcmpl-",
    Endpoint.COMPLETIONS: "cmpl-",
    Endpoint.RESPONSES: "resp_",
    Endpoint.EMBEDDINGS: "embd-",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready for an engine.

    `path`, `body`: what to POST. `model`: the name the client asked for. `max_output`: the most
    tokens that all choices of all prompts may take together (0 for embeddings). `texts`: every text
    the model will see, after the mask; `images`: how many. `prompts`: texts that have a context each.
    """

    path: str
    body: bytes
    model: str
    stream: bool
    max_output: int
    texts: tuple[str, ...]
    images: int
    reply: Reply
    prompts: int = 1

    @property
    def prompt_bytes(self) -> int:
        """UTF-8 bytes of the texts. Byte-level tokenizers make no more tokens of them; the template
        adds a few a message, which the length of `body` covers.
        """
        return sum(len(text.encode("utf-8", "replace")) for text in self.texts)
