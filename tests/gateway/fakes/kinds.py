"""What is known of each kind's protocol, and from where.

vLLM: 0.33.0 (entrypoints, docs/usage/security.md); vllm-ascend speaks as vLLM. SGLang:
srt/entrypoints/openai/protocol.py, srt/utils/auth.py. llama.cpp: tools/server/README.md, and the
embedded server itself. Ollama: its OpenAI compatibility page and docs/api.md. MindIE: service pages
of 2.3 and docs of MindIE-LLM; its error shape is from those pages and was seen by nobody here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lionrock.gateway.fields.kinds import EngineKind

CONTEXT = 8192
Error = Callable[[int, str], dict[str, Any]]


@dataclass(frozen=True)
class Protocol:
    kind: EngineKind
    listed: dict[str, Any]
    """What /v1/models says of a model beside its id."""
    error: Error
    locks: Callable[[str], bool]
    """Whether a bare server asks for the key at this path."""
    get: frozenset[str]
    post: frozenset[str]
    gauge: str | None = None
    hits: str | None = None
    wrong: int = 400
    """The status of a request that is wrong."""
    salted: bool = False
    prioritised: bool = False
    tells_cached: bool = False
    embeds: bool = True
    cuts: bool = False
    """A prompt too long is cut unseen."""
    usage_with_finish: bool = False
    """A stream's usage comes in the chunk with the finish reason, not in one after it."""


def _openai(status: int, message: str) -> dict[str, Any]:
    kind = "BadRequestError" if status < 500 else "InternalServerError"
    return {"error": {"message": message, "type": kind, "param": None, "code": status}}


def _llamacpp(status: int, message: str) -> dict[str, Any]:
    return {"error": {"code": status, "message": message, "type": "invalid_request_error"}}


def _sglang(status: int, message: str) -> dict[str, Any]:
    return {"object": "error", "message": message, "type": "BadRequestError", "code": status}


def _mindie(status: int, message: str) -> dict[str, Any]:
    return {"error": message, "error_type": "Input Validation Error"}


def _paths(text: str) -> frozenset[str]:
    return frozenset(text.split())


_POST = "/v1/chat/completions /v1/completions /v1/embeddings /v1/responses"
_VLLM: dict[str, Any] = {
    "listed": {"object": "model", "owned_by": "vllm", "max_model_len": CONTEXT, "parent": None},
    "error": _openai,
    "locks": lambda path: path.startswith(("/v1", "/v2", "/inference", "/cohere")),
    "get": _paths("/v1/models /health /ping /version /load /metrics /is_paused /docs"),
    "post": _paths(f"{_POST} /invocations /tokenize /detokenize /pause /resume /score /rerank"),
    "gauge": "vllm:num_requests_running",
    "hits": "vllm:prefix_cache_hits_total",
    "salted": True,
    "prioritised": True,
}
PROTOCOLS = {
    protocol.kind: protocol
    for protocol in (
        Protocol(EngineKind.VLLM, **_VLLM),
        Protocol(EngineKind.VLLM_ASCEND, **_VLLM),
        Protocol(
            EngineKind.SGLANG,
            listed={"object": "model", "owned_by": "sglang", "max_model_len": CONTEXT},
            error=_sglang,
            locks=lambda path: not path.startswith(("/health", "/ready", "/metrics")),
            get=_paths("/v1/models /health /health_generate /metrics /model_info /server_info"),
            post=_paths(f"{_POST} /generate /encode /tokenize /pause_generation /abort_request"),
            gauge="sglang:num_running_reqs",
            salted=True,
            prioritised=True,
            tells_cached=True,
        ),
        Protocol(
            EngineKind.LLAMACPP,
            listed={"object": "model", "owned_by": "llamacpp", "meta": {"n_ctx_train": 32768}},
            error=_llamacpp,
            locks=lambda path: path not in ("/health", "/v1/health"),
            get=_paths("/v1/models /health /props /slots /metrics /models /lora-adapters"),
            post=_paths(f"{_POST} /completion /infill /tokenize /detokenize /embedding /props"),
            gauge="llamacpp:requests_processing",
            tells_cached=True,
            embeds=False,
        ),
        Protocol(
            EngineKind.MINDIE,
            listed={"object": "model", "owned_by": "MindIE Server"},
            error=_mindie,
            locks=lambda path: False,
            get=_paths("/v1/models /info /v2/models"),
            post=_paths("/v1/chat/completions /v1/completions /generate /generate_stream /infer"),
            wrong=422,
            embeds=False,
            usage_with_finish=True,
        ),
        Protocol(
            EngineKind.OLLAMA,
            listed={"object": "model", "owned_by": "library"},
            error=_openai,
            locks=lambda path: False,
            get=_paths("/v1/models /api/tags /api/ps /api/version"),
            post=_paths(f"{_POST} /api/generate /api/chat /api/embed /api/show /api/pull"),
            cuts=True,
        ),
    )
}
