"""The policies of the four endpoints.

Read from the engines' own protocols: vLLM 0.33 `chat_completion/protocol.py`, SGLang
`entrypoints/openai/protocol.py`, llama.cpp `tools/server/README.md`, Ollama's OpenAI page, MindIE
2.3 (no text on structured output, log-probabilities or `n` was found: refused there), OpenAI's API.
"""

from __future__ import annotations

from lionrock.gateway.fields.checks import (
    biases,
    boolean,
    integer,
    integers,
    number,
    one_of,
    only,
    strings,
    text,
)
from lionrock.gateway.fields.kinds import Endpoint, EngineKind, Json, wrong
from lionrock.gateway.fields.policy import (
    Field,
    Policy,
    met,
    met_by_others,
    owned,
    passed,
    refused,
    translated,
)

_L, _O, _M, _A = EngineKind.LLAMACPP, EngineKind.OPENAI, EngineKind.MINDIE, EngineKind.OLLAMA
ALL = frozenset(EngineKind)
VLLM = frozenset({EngineKind.VLLM, EngineKind.VLLM_ASCEND})
SGLANG = frozenset({EngineKind.SGLANG})
LOCAL = VLLM | SGLANG | {_L}
SALTED = VLLM | SGLANG
_BIG = 2**31 - 1


def _thinking(value: object, field: str) -> None:
    if type(value) is not dict or not value.keys() <= {"enable_thinking", "thinking"}:
        raise wrong(field, "only enable_thinking and thinking are passed to the template.")
    for name, each in value.items():
        boolean(each, f"{field}.{name}")


def _options(value: object, field: str) -> None:
    if type(value) is not dict or not value.keys() <= {"include_usage", "include_obfuscation"}:
        raise wrong(field, "only include_usage is known here. Remove the rest.")
    for name, each in value.items():
        boolean(each, f"{field}.{name}")
    if value.get("include_obfuscation"):
        raise wrong(f"{field}.include_obfuscation", "is not done here. Remove it.")


_TEXT_ONLY = ["text"]
_IDENTITY = "the gateway knows the caller by the key, and tells no engine who it is"
_NOTHING_KEPT = "nothing is stored for later calls"

SAMPLING = [
    passed("temperature", ALL, number(0, 2)),
    passed("top_p", ALL, number(0, 1)),
    passed("seed", ALL, integer(-(2**63), 2**63 - 1)),
    passed("stop", ALL, strings(16, 256)),
    passed("presence_penalty", ALL, number(-2, 2)),
    passed("frequency_penalty", ALL, number(-2, 2)),
    passed("logit_bias", LOCAL | {_O}, biases),
    passed("top_k", LOCAL | {_M}, integer(-1, 10_000)),
    passed("min_p", LOCAL, number(0, 1)),
    passed("repetition_penalty", SALTED | {_M}, number(0.01, 10)),
    passed("repeat_penalty", frozenset({_L}), number(0.01, 10)),
    passed("stop_token_ids", SALTED, integers(64)),
    passed("bad_words", VLLM, strings(64, 256)),
]
_SIZE = [
    translated("model", ALL, text(256), "becomes the engine's own name of it"),
    translated("max_tokens", ALL, integer(1, _BIG), "up to the cap, which is sent where none is"),
    met_by_others(
        passed("n", SALTED | {_O}, integer(1, 128), "up to the cap; only 1 where it is met"),
        frozenset({_L, _M, _A}),
        only(1, "the engine makes one answer at a time."),
    ),
    passed("stream", ALL, boolean),
    translated(
        "stream_options",
        ALL,
        _options,
        "usage is always asked of the engine, withheld if not asked",
    ),
]
_CONSTRAINTS = [
    translated("guided_regex", SALTED, why="a regex needs vLLM or SGLang"),
    passed("regex", SGLANG),
    passed("ebnf", SGLANG),
    passed("structured_outputs", VLLM, why="vLLM's own; a schema becomes response_format"),
]
_CHAT_CONSTRAINTS = [
    translated("response_format", ALL - {_M}, why="schemas are bounded; MindIE has none"),
    translated("guided_json", ALL - {_M}, why="becomes response_format; MindIE has none"),
    translated(
        "guided_choice", LOCAL, why="needs vLLM, SGLang or llama.cpp; elsewhere use an enum"
    ),
    translated("guided_grammar", LOCAL, why="GBNF; needs vLLM, SGLang or llama.cpp"),
    translated("json_schema", frozenset({_L}), why="llama.cpp's own; becomes response_format"),
    passed("grammar", frozenset({_L}), why="llama.cpp's own"),
    *_CONSTRAINTS,
]
_OWNED = [
    owned("cache_salt", SALTED, "it keeps tenants' prompt caches apart"),
    owned("priority", SALTED, "it follows the tenant's class"),
    owned("request_id", VLLM, "vllm-ascend reads batch jobs out of it"),
    owned("rid", SGLANG, "the request's id"),
    owned("cache_prompt", frozenset({_L}), "prompts of one tenant may not show in another's times"),
    owned("id_slot", frozenset({_L}), "slots belong to tenants"),
]
_ENGINE_ONLY = [
    *refused("user safety_identifier session_id extra_key custom_labels", _IDENTITY),
    *refused("metadata", _NOTHING_KEPT),
    *refused(
        "prompt_cache_key prompt_cache_retention prompt_cache_options n_cache_reuse session_params "
        "return_cached_tokens_details",
        "caches are the gateway's, so that one tenant learns nothing of another's",
    ),
    *refused(
        "kv_transfer_params ec_transfer_params routed_dp_rank data_parallel_rank bootstrap_host "
        "bootstrap_port bootstrap_room disagg_prefill_dp_rank",
        "where a request runs is the gateway's choice",
    ),
    *refused(
        "vllm_xargs custom_logit_processor custom_params lora_path lora samplers options",
        "it changes the engine, not the request",
    ),
    *refused(
        "prompt_logprobs logprob_token_ids return_token_ids return_tokens_as_token_ids "
        "return_prompt_text return_hidden_states return_routed_experts return_meta_info n_probs "
        "timings_per_token return_progress",
        "it has the engine tell of its inside, caches and templates",
    ),
    *refused(
        "ignore_eos min_tokens use_beam_search best_of length_penalty t_max_predict_ms "
        "sse_ping_interval keep_alive",
        "it makes work that limits and budgets cannot count",
    ),
    *refused("n_predict", "write max_tokens"),
    *refused("echo truncate_prompt_tokens", "the prompt goes whole, and does not come back"),
    *refused(
        "add_special_tokens skip_special_tokens spaces_between_special_tokens allowed_token_ids "
        "include_stop_str_in_output no_stop_trim stop_regex",
        "special tokens are the template's",
    ),
    *refused(
        "guided_decoding_backend guided_whitespace_pattern", "the backend is the engine's choice"
    ),
]

_CHAT = [
    passed(
        "messages", ALL, why="images only as base64; `developer` becomes `system` but on openai"
    ),
    translated(
        "max_completion_tokens",
        ALL - {_O},
        integer(1, _BIG),
        "the same as max_tokens",
        also_passed=frozenset({_O}),
    ),
    passed("logprobs", LOCAL | {_A, _O}, boolean),
    passed("top_logprobs", LOCAL | {_A, _O}, integer(0, 20)),
    translated(
        "tools", frozenset({_L}), why="functions; schemas are bounded", also_passed=ALL - {_L}
    ),
    translated(
        "tool_choice",
        frozenset({_L}),
        why="Ollama and MindIE: only auto",
        also_passed=ALL - {_L},
    ),
    met_by_others(
        translated(
            "parallel_tool_calls",
            frozenset({_L}),
            boolean,
            "only true where it is met: the engine cannot be told otherwise",
            also_passed=SALTED | {_O},
        ),
        frozenset({_M, _A}),
        only(True, "the engine may call several at once, and cannot be told otherwise."),
    ),
    passed(
        "reasoning_effort",
        LOCAL | {_A, _O},
        one_of("none", "minimal", "low", "medium", "high", "xhigh"),
    ),
    passed("chat_template_kwargs", LOCAL, _thinking, "enable_thinking and thinking only"),
    passed("include_reasoning", VLLM, boolean),
    passed("separate_reasoning", SGLANG, boolean),
    passed("thinking_token_budget", VLLM, integer(0, 1_000_000)),
    passed("verbosity", frozenset({_O}), one_of("low", "medium", "high")),
    met("store", only(False, _NOTHING_KEPT + ", so true is refused."), "only false"),
    met("modalities", only(_TEXT_ONLY, "only text is answered."), 'only ["text"]'),
    met("service_tier", one_of("auto", "default"), "only auto or default"),
    *refused("functions function_call", "the old form: write tools and tool_choice"),
    *refused("audio prediction web_search_options moderation", "no engine here does it"),
    *refused("chat_template documents template", "the template is the model's own"),
    *refused("add_generation_prompt continue_final_message", "the template is the model's own"),
    *refused("media_io_kwargs mm_processor_kwargs images_config", "how images are read is fixed"),
    *refused("input_ids", "send text: token ids cannot be checked for personal data"),
    *refused("reasoning_format", "reasoning comes as reasoning_content"),
]
_COMPLETIONS = [
    passed("prompt", ALL, why="a string or strings; token ids cannot be checked"),
    passed("logprobs", SALTED | {_O}, integer(0, 5)),
    passed("suffix", frozenset({_A, _O}), text(200_000)),
    translated("response_format", SALTED, why="schemas are bounded"),
    translated("guided_json", SALTED, why="becomes response_format"),
    translated("guided_choice", SALTED, why="needs vLLM or SGLang"),
    translated("guided_grammar", SALTED, why="GBNF; needs vLLM or SGLang"),
    *_CONSTRAINTS,
]
_EMBEDDINGS = [
    translated("model", ALL, text(256), "becomes the engine's own name of it"),
    passed("input", ALL, why="a string or strings; token ids cannot be checked"),
    passed("dimensions", VLLM | {_A, _O}, integer(1, 65_536)),
    passed("encoding_format", ALL - {_M}, one_of("float", "base64")),
    *_OWNED,
    *_ENGINE_ONLY,
]
_RESPONSES = [
    translated("model", ALL, text(256), "becomes the engine's own name of it"),
    translated("input", ALL, why="text, images as base64, calls and their results"),
    translated("instructions", ALL, text(1_000_000), "becomes the first message"),
    translated("max_output_tokens", ALL, integer(1, _BIG), "up to the cap"),
    passed("temperature", ALL, number(0, 2)),
    passed("top_p", ALL, number(0, 1)),
    passed("stream", ALL, boolean),
    translated("stream_options", ALL, _options, "usage is in the last event anyhow"),
    translated("tools", ALL, why="functions; schemas are bounded"),
    translated("tool_choice", ALL, why="Ollama and MindIE: only auto"),
    met_by_others(
        translated(
            "parallel_tool_calls",
            SALTED | {_L, _O},
            boolean,
            "only true where it is met: the engine cannot be told otherwise",
        ),
        frozenset({_M, _A}),
        only(True, "the engine may call several at once, and cannot be told otherwise."),
    ),
    translated("text", ALL, why="format and verbosity; see response_format"),
    translated("reasoning", LOCAL | {_A, _O}, why="effort only"),
    met("store", only(False, _NOTHING_KEPT + ", so true is refused."), "only false"),
    met("background", only(False, "the answer comes at once."), "only false"),
    met("truncation", only("disabled", "the prompt goes whole."), "only disabled"),
    met("include", only([], "there is nothing more to include."), "only an empty list"),
    met("service_tier", one_of("auto", "default"), "only auto or default"),
    *refused("previous_response_id conversation prompt context_management", _NOTHING_KEPT),
    *refused("max_tool_calls moderation image top_logprobs", "no engine here does it"),
    *[f for f in _OWNED if f.name in ("cache_salt", "priority", "request_id")],
    *[
        f
        for f in _ENGINE_ONLY
        if f.name in ("user", "safety_identifier", "metadata") or f.name.startswith("prompt_cache_")
    ],
]
_TOKENS: list[Field] = [*_SIZE, *SAMPLING]

POLICIES: dict[Endpoint, Policy] = {
    Endpoint.CHAT: Policy(
        Endpoint.CHAT, [*_TOKENS, *_CHAT, *_CHAT_CONSTRAINTS, *_OWNED, *_ENGINE_ONLY]
    ),
    Endpoint.COMPLETIONS: Policy(
        Endpoint.COMPLETIONS, [*_TOKENS, *_COMPLETIONS, *_OWNED, *_ENGINE_ONLY]
    ),
    Endpoint.RESPONSES: Policy(Endpoint.RESPONSES, _RESPONSES),
    Endpoint.EMBEDDINGS: Policy(Endpoint.EMBEDDINGS, _EMBEDDINGS),
}


def sifted(asked: Json, endpoint: Endpoint, kind: EngineKind) -> Json:
    return POLICIES[endpoint].sift(asked, kind)
