"""Paths that each kind of engine is known to serve, and how to knock at them without doing harm.

Sources: vLLM docs/usage/security.md (2026), SGLang srt/entrypoints/http_server.py and
srt/utils/auth.py, llama.cpp tools/server/README.md, Ollama docs/api.md, MindIE 2.3 service pages.
Routes that change an engine's state are asked by GET where they take POST only, so that an engine
without a lock answers 405; those that would act on GET (SGLang's /flush_cache, MindIE's
/stopService) are left out. Health paths may be open and are not asked.
"""

from __future__ import annotations

from lionrock.gateway.fields.kinds import EngineKind

Route = tuple[str, str]


def _routes(method: str, paths: str) -> tuple[Route, ...]:
    return tuple((method, path) for path in paths.split())


_OPENAI = _routes("GET", "/v1/models") + _routes(
    "POST", "/v1/chat/completions /v1/completions /v1/responses /v1/embeddings"
)
_VLLM = (
    _OPENAI
    + _routes(
        "POST",
        "/v1/messages /v1/score /v1/rerank /v2/embed /v2/rerank /inference/v1/generate "
        "/invocations /generative_scoring /pooling /classify /score /rerank /tokenize /detokenize",
    )
    + _routes(
        "GET",
        "/metrics /version /load /is_paused /is_scaling_elastic_ep /get_world_size "
        "/tokenizer_info /server_info /is_sleeping /docs /openapi.json",
    )
    # Take POST only:
    + _routes(
        "GET",
        "/pause /resume /scale_elastic_ep /init_weight_transfer_engine /update_weights "
        "/abort_requests /reset_prefix_cache /reset_mm_cache /sleep /wake_up /collective_rpc",
    )
)
_SGLANG = (
    _OPENAI
    + _routes("POST", "/generate /encode /v1/rerank /v1/score /tokenize /v1/tokenize /v1/messages")
    + _routes(
        "GET",
        "/metrics /health_generate /model_info /get_model_info /server_info /get_server_info "
        "/get_load /v1/loads /docs /openapi.json",
    )
    # Take POST only:
    + _routes("GET", "/abort_request /pause_generation /update_weights_from_disk")
)
_LLAMACPP = (
    _OPENAI
    + _routes("GET", "/models /props /slots /metrics /lora-adapters")
    + _routes(
        "POST",
        "/completion /completions /chat/completions /infill /embedding /embeddings /rerank "
        "/reranking /v1/rerank /tokenize /detokenize /apply-template /v1/messages",
    )
)
_OLLAMA = (
    _OPENAI
    + _routes("GET", "/api/tags /api/ps /api/version")
    + _routes("POST", "/api/generate /api/chat /api/embed /api/embeddings /api/show")
    # Take POST or DELETE only:
    + _routes("GET", "/api/pull /api/push /api/create /api/copy /api/delete")
)
_MINDIE = (
    _OPENAI
    + _routes("GET", "/info /metrics /v2/models")
    + _routes("POST", "/generate /generate_stream /infer /v1/tokenizer")
)

ROUTES: dict[EngineKind, tuple[Route, ...]] = {
    EngineKind.LLAMACPP: _LLAMACPP,
    EngineKind.VLLM: _VLLM,
    EngineKind.VLLM_ASCEND: _VLLM,
    EngineKind.SGLANG: _SGLANG,
    EngineKind.MINDIE: _MINDIE,
    EngineKind.OLLAMA: _OLLAMA,
    EngineKind.OPENAI: _OPENAI,
}
