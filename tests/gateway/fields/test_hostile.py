"""Fields that would reach into an engine or another tenant, and JSON and events made to do harm."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lionrock.errors import EngineRefused, InvalidInput
from lionrock.gateway.fields.kinds import Caps, Endpoint, EngineKind, param
from lionrock.gateway.fields.reading import read
from lionrock.gateway.fields.tail import Tail
from tests.gateway.fields.making import chunk, event, from_body, reply, sent

# What the engines' own protocols know and a client may not set, by the endpoint's usual body.
REACHING = """
cache_salt priority request_id session_id user chat_template documents media_io_kwargs
mm_processor_kwargs prompt_logprobs logprob_token_ids return_token_ids return_prompt_text echo
kv_transfer_params ec_transfer_params vllm_xargs truncate_prompt_tokens ignore_eos min_tokens
use_beam_search extra_key rid routed_dp_rank custom_logit_processor lora_path return_hidden_states
cache_prompt id_slot n_cache_reuse timings_per_token return_progress sse_ping_interval
t_max_predict_ms n_probs reasoning_format best_of length_penalty allowed_token_ids add_special_tokens
guided_decoding_backend x-request-id kv_cache_dtype structural_tag continuous_usage_stats
""".split()
BODIES: dict[Endpoint, dict[str, Any]] = {
    Endpoint.CHAT: {"messages": [{"role": "user", "content": "x"}]},
    Endpoint.COMPLETIONS: {"prompt": "x"},
    Endpoint.RESPONSES: {"input": "x"},
    Endpoint.EMBEDDINGS: {"input": "x"},
}


@pytest.mark.parametrize("kind", EngineKind)
@pytest.mark.parametrize("endpoint", Endpoint)
def test_no_field_that_reaches_into_an_engine_is_taken(
    endpoint: Endpoint, kind: EngineKind
) -> None:
    for name in REACHING:
        for value in (1, True, "x", [1], {"a": 1}):
            body = json.dumps({"model": "qwen", **BODIES[endpoint], name: value}).encode()
            with pytest.raises(InvalidInput) as refused:
                from_body(body, endpoint, kind)
            assert param(refused.value) == name


@pytest.mark.parametrize(
    "more",
    [
        {"chat_template_kwargs": {"chat_template": "{{ 7*7 }}"}},
        {"stream": True, "stream_options": {"continuous_usage_stats": True}},
        {"structured_outputs": {"structural_tag": "{}"}},
        {"structured_outputs": {"json": {}, "regex": "a"}},
        {"response_format": {"type": "structural_tag"}},
    ],
)
def test_nor_one_that_hides_in_another(more: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        sent(**more)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "file:///etc/passwd", "data:text/html,x"]
)
def test_no_address_of_an_image_is_taken(url: str) -> None:
    part = {"type": "image_url", "image_url": {"url": url}}
    with pytest.raises(InvalidInput, match="Nothing is fetched"):
        sent(messages=[{"role": "user", "content": [part]}])


@pytest.mark.parametrize("word", ["additionalItems", "contentSchema", "dependencies"])
def test_no_place_of_a_schema_is_left_without_bounds(word: str) -> None:
    def schema(inner: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", word: {"a": inner} if word == "dependencies" else inner}

    told = sent(guided_json=schema({"type": "array"}))["response_format"]["json_schema"]["schema"]
    inner = told[word]["a"] if word == "dependencies" else told[word]
    assert inner["maxItems"] == 256
    with pytest.raises(InvalidInput, match="same schema"):
        sent(guided_json=schema({"$ref": "http://elsewhere.example/schema"}))


def test_a_key_twice_among_very_many_is_found_at_once() -> None:
    pairs = b",".join(b'"%d":0' % i for i in range(40_000))
    with pytest.raises(InvalidInput, match="given twice") as refused:
        read(b'{"a":{' + pairs + b',"39999":0}}', Caps())
    assert param(refused.value) == "39999"


@pytest.mark.parametrize("many", [b"[],", b"1, ", b'"a",', b'{"a":1},'])
def test_a_body_of_very_many_values_is_refused_before_it_is_read(many: bytes) -> None:
    with pytest.raises(InvalidInput, match="more than 50,000 values"):
        read(b'{"a":[' + many * 200_000 + b"0]}", Caps())


@pytest.mark.parametrize("text", [b",[{" * 100_000, b'\\"' * 200_000, b"\\\\" * 100_000])
def test_what_stands_in_a_text_is_not_counted(text: bytes) -> None:
    body = b'{"a":"' + text + b'"}'
    assert read(body, Caps()) == json.loads(body)


@pytest.mark.parametrize(
    "inside",
    [b"a\ndata: {}", b"a\nevent: error", b"\x01", b"\xff\xfe", b"\\x", b"\\u12", b"a\n: b"],
)
def test_bytes_that_are_no_json_do_not_pass_unread(inside: bytes) -> None:
    tail = Tail(reply())
    for _ in range(3):  # what passes unread is learnt
        tail.feed(event(chunk("tide")))
    raw = event(chunk("MARK")).replace(b"MARK", inside)
    with pytest.raises(EngineRefused):
        tail.feed(raw)
