"""What the field policy is asked with: the endpoint, the engine's kind, what is owned, the caps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lionrock.errors import InvalidInput

Json = dict[str, Any]


class EngineKind(StrEnum):
    """The protocols that engines speak; `openai` is OpenAI itself or a server of unknown make."""

    LLAMACPP = "llamacpp"
    VLLM = "vllm"
    VLLM_ASCEND = "vllm-ascend"
    SGLANG = "sglang"
    MINDIE = "mindie"
    OLLAMA = "ollama"
    OPENAI = "openai"


class Endpoint(StrEnum):
    """What a client may call. `path` is under the gateway's root."""

    CHAT = "chat/completions"
    COMPLETIONS = "completions"
    RESPONSES = "responses"
    EMBEDDINGS = "embeddings"

    @property
    def path(self) -> str:
        return f"/v1/{self.value}"


@dataclass(frozen=True, slots=True)
class Owned:
    """What the gateway sets. A kind that knows no such field is not sent it.

    `request_id`: letters, digits and hyphens; clients see it as the answer's id. `model`: the name
    the engine knows the model by; None where it is the client's. `salt`: vLLM, vllm-ascend and
    SGLang. `priority`: the same three, and None unless the engine schedules by priority. `slot` and
    `prompt_cache`: llama.cpp.
    """

    request_id: str
    salt: str | None = None
    priority: int | None = None
    model: str | None = None
    slot: int | None = None
    prompt_cache: bool = False


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that one request may ask for. Tokens, bytes or counts."""

    output: int = 4096
    """Tokens of one choice; also what is sent where the client names no number."""
    choices: int = 4
    body_bytes: int = 8 * 2**20
    depth: int = 64
    values: int = 50_000
    """Of a body, counted by the commas and brackets outside its strings."""
    messages: int = 2000
    prompts: int = 16
    inputs: int = 2048
    tools: int = 128
    images: int = 8
    image_bytes: int = 4 * 2**20
    """Of one image, decoded."""
    schema_items: int = 256
    schema_string: int = 1000
    """Bounds put on arrays and strings of a schema that has none."""
    schema_ceiling: int = 100_000
    """Largest bound that a client's own schema may name."""
    schema_nodes: int = 2000


def wrong(field: str, what: str) -> InvalidInput:
    """The refusal of a field: its name in backquotes, a colon, what is wrong and what to do."""
    return InvalidInput(f"`{field}`: {what}")


def param(error: InvalidInput) -> str | None:
    """The field that a refusal of this package is about; None for one of the whole body."""
    start, _, rest = error.detail.partition("`")
    name, mark, _ = rest.partition("`")
    return name if not start and mark else None
