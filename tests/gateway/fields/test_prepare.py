from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, LionrockError, TooLarge
from lionrock.gateway.fields.kinds import Caps, Endpoint, EngineKind, Owned, param
from lionrock.gateway.fields.prepare import model_in
from lionrock.gateway.fields.tables import POLICIES
from tests.gateway.fields.making import CAPS, PNG, body, chat, from_body, other, sent

VLLM = [EngineKind.VLLM, EngineKind.VLLM_ASCEND]
SALTED = [*VLLM, EngineKind.SGLANG]
UNSALTED = [k for k in EngineKind if k not in SALTED]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3),
    max_leaves=6,
)


def refusal(kind: EngineKind = EngineKind.VLLM, **fields: Any) -> str:
    """The field that a refusal names."""
    with pytest.raises(InvalidInput) as refused:
        chat(kind, **fields)
    named = param(refused.value)
    assert named is not None, refused.value.detail
    return named


@pytest.mark.parametrize("kind", EngineKind)
def test_a_plain_chat_goes_to_every_kind(kind: EngineKind) -> None:
    made = chat(kind, temperature=0.5, stop=["。"], stream=True)
    told = json.loads(made.body)
    assert (made.path, made.model, told["model"]) == (
        "/v1/chat/completions",
        "qwen",
        "/models/qwen",
    )
    assert told["messages"] == [{"role": "user", "content": "你好"}]
    assert (told["temperature"], told["stop"], made.stream) == (0.5, ["。"], True)
    assert made.texts == ("你好",)
    assert made.prompt_bytes == 6


@pytest.mark.parametrize("kind", SALTED)
def test_salt_priority_and_id_are_set_where_they_are_known(kind: EngineKind) -> None:
    told = sent(kind)
    assert (told["cache_salt"], told["priority"]) == ("5a1t", 2)
    assert told["rid" if kind is EngineKind.SGLANG else "request_id"] == "r-1"


@pytest.mark.parametrize("kind", UNSALTED)
def test_salt_priority_and_id_go_nowhere_else(kind: EngineKind) -> None:
    assert not {"cache_salt", "priority", "request_id", "rid"} & sent(kind).keys()


def test_llamacpp_keeps_no_prompt_and_has_the_slot_it_is_given() -> None:
    told = sent(EngineKind.LLAMACPP)
    assert (told["cache_prompt"], told["id_slot"]) == (False, 3)


@pytest.mark.parametrize(
    "name", ["cache_salt", "priority", "request_id", "rid", "cache_prompt", "id_slot", "session_id"]
)
@pytest.mark.parametrize("kind", EngineKind)
def test_what_the_gateway_owns_is_never_taken_from_a_client(kind: EngineKind, name: str) -> None:
    assert refusal(kind, **{name: 1}) == name


@pytest.mark.parametrize("endpoint", Endpoint)
def test_an_unknown_field_is_refused_with_the_name_that_was_meant(endpoint: Endpoint) -> None:
    name, meant = (
        ("dimension", "dimensions") if endpoint is Endpoint.EMBEDDINGS else ("topp", "top_p")
    )
    raw = json.dumps({"model": "m", name: 1}).encode()
    with pytest.raises(InvalidInput, match=f"`{name}`: unknown field .* Did you mean {meant}"):
        from_body(raw, endpoint, EngineKind.VLLM)


def test_null_is_the_same_as_absent() -> None:
    assert sent(user=None, tools=None, stop=None) == sent()


@given(
    st.sampled_from(sorted(EngineKind)),
    st.sampled_from(sorted(Endpoint)),
    st.data(),
)
def test_any_value_of_any_field_is_prepared_or_refused_and_nothing_else(
    kind: EngineKind, endpoint: Endpoint, data: st.DataObject
) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(POLICIES[endpoint].fields)), max_size=3))
    asked = {"model": "qwen", **{name: data.draw(JSON) for name in names}}
    try:
        made = from_body(json.dumps(asked).encode(), endpoint, kind)
    except LionrockError as refused:
        assert isinstance(refused, InvalidInput | TooLarge)
    else:
        assert json.loads(made.body)["model"] == "/models/qwen"


@pytest.mark.parametrize("kind", EngineKind)
def test_usage_is_asked_of_every_stream_and_the_clients_wish_is_kept(kind: EngineKind) -> None:
    silent, asked = (
        chat(kind, stream=True),
        chat(kind, stream=True, stream_options={"include_usage": True}),
    )
    told = json.loads(silent.body)
    if kind is EngineKind.MINDIE:
        assert "stream_options" not in told
    else:
        assert told["stream_options"] == {"include_usage": True}
    assert (silent.reply.include_usage, asked.reply.include_usage) == (False, True)
    assert "stream_options" not in sent(kind)


def test_the_output_cap_is_always_sent_and_more_is_refused() -> None:
    assert sent()["max_tokens"] == CAPS.output
    assert sent(max_tokens=10)["max_tokens"] == 10
    assert sent(max_completion_tokens=10)["max_tokens"] == 10
    assert sent(EngineKind.OPENAI)["max_completion_tokens"] == CAPS.output
    assert sent(EngineKind.OPENAI, max_tokens=5)["max_tokens"] == 5
    assert refusal(max_tokens=CAPS.output + 1) == "max_tokens"
    assert refusal(max_tokens=1, max_completion_tokens=2) == "max_tokens"


def test_the_worst_case_counts_choices_and_prompts() -> None:
    assert chat(n=3, max_tokens=100).max_output == 300
    raw = json.dumps({"model": "m", "prompt": ["a", "b"], "n": 2, "max_tokens": 5}).encode()
    assert from_body(raw, Endpoint.COMPLETIONS, EngineKind.VLLM).max_output == 20
    assert refusal(n=CAPS.choices + 1) == "n"
    assert refusal(EngineKind.LLAMACPP, n=2) == "n"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"temperature": 3}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_p": -0.1}, "top_p"),
        ({"stop": [""]}, "stop"),
        ({"stop": ["a"] * 17}, "stop"),
        ({"logit_bias": {"a": 1}}, "logit_bias"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"stream": 1}, "stream"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"chat_template_kwargs": {"enable_thinking": True, "x": 1}}, "chat_template_kwargs"),
        ({"store": True}, "store"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"user": "chan.tai.man"}, "user"),
        ({"model": ...}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": ["hi"]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "wizard", "content": "a"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": "a", "x": 1}]}, "messages[0].x"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages[0].tool_call_id"),
        (
            {"messages": [{"role": "user", "content": [{"type": "file"}]}]},
            "messages[0].content[0].type",
        ),
    ],
)
def test_a_wrong_value_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    assert refusal(**fields) == named


def image(url: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]


def test_an_image_goes_as_base64() -> None:
    made = chat(messages=image(PNG))
    assert made.images == 1
    assert json.loads(made.body)["messages"][0]["content"][0]["image_url"]["url"] == PNG


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,@@@@",
        "data:image/png;base64,/9j/4AAQ",
        "data:image/png,raw",
        "/etc/passwd",
    ],
)
def test_no_other_image_goes(url: str) -> None:
    assert refusal(messages=image(url)).startswith("messages[0].content[0].image_url")


def test_too_many_or_too_large_images_are_too_large() -> None:
    with pytest.raises(TooLarge):
        from_body(
            body(messages=image(PNG)), Endpoint.CHAT, EngineKind.VLLM, caps=Caps(image_bytes=8)
        )
    with pytest.raises(TooLarge):
        chat(messages=image(PNG) * 9)


def test_a_mask_sees_every_text_and_what_it_returns_is_sent() -> None:
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "A123456(3)"}]},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "f", "arguments": '{"id":"A123456(3)"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "A123456(3)"},
    ]
    made = from_body(
        body(messages=messages),
        Endpoint.CHAT,
        EngineKind.OPENAI,
        mask=lambda text: text.replace("A123456(3)", "[HKID 1]"),
    )
    assert b"A123456" not in made.body
    assert made.body.count(b"[HKID 1]") == 3
    assert len(made.texts) == 3


def test_an_answer_sent_back_as_a_message_is_taken_without_its_empty_extras() -> None:
    answer = {
        "role": "assistant",
        "content": "好",
        "refusal": None,
        "annotations": [],
        "audio": None,
        "function_call": None,
        "tool_calls": None,
    }
    told = sent(messages=[answer, {"role": "user", "content": "再"}])
    assert told["messages"][0] == {"role": "assistant", "content": "好"}


def test_developer_is_system_but_for_openai() -> None:
    messages = [{"role": "developer", "content": "a"}, {"role": "user", "content": "b"}]
    assert sent(messages=messages)["messages"][0]["role"] == "system"
    assert sent(EngineKind.OPENAI, messages=messages)["messages"][0]["role"] == "developer"


def test_embeddings_are_texts_and_never_token_ids() -> None:
    told = other(Endpoint.EMBEDDINGS, input=["甲", "乙"], dimensions=8, encoding_format="base64")
    assert told["input"] == ["甲", "乙"]
    assert told["cache_salt"] == "5a1t"
    for wrong in ([1, 2], [[1]], "", [""], {}):
        with pytest.raises(InvalidInput, match="Token ids"):
            other(Endpoint.EMBEDDINGS, input=wrong)


@pytest.mark.parametrize(
    "owned", [Owned("r 1"), Owned("#job[1]#"), Owned("r", salt="a/b"), Owned("r", salt="")]
)
def test_an_owned_field_that_engines_refuse_or_misread_is_a_fault_of_ours(owned: Owned) -> None:
    with pytest.raises(ValueError, match="has 1 to 128"):
        from_body(body(), Endpoint.CHAT, EngineKind.VLLM, owned)


def test_the_model_is_read_before_an_engine_is_chosen() -> None:
    assert model_in({"model": "qwen"}) == "qwen"
    with pytest.raises(InvalidInput, match="model"):
        model_in({"model": 3})
