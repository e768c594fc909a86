from __future__ import annotations

import re
from typing import Any

import pytest

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.kinds import Endpoint, EngineKind, param
from tests.gateway.fields.making import WEATHER, chat, other, sent

SCHEMA = {"type": "object", "properties": {"names": {"type": "array", "items": {"type": "string"}}}}
BOUNDED = {
    "type": "object",
    "properties": {
        "names": {"type": "array", "items": {"type": "string", "maxLength": 1000}, "maxItems": 256}
    },
}
LOCAL = [EngineKind.LLAMACPP, EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG]
WITH_SCHEMAS = [k for k in EngineKind if k is not EngineKind.MINDIE]


def refused(kind: EngineKind, **fields: Any) -> str | None:
    with pytest.raises(InvalidInput) as refusal:
        chat(kind, **fields)
    return param(refusal.value)


@pytest.mark.parametrize("kind", WITH_SCHEMAS)
def test_guided_json_becomes_a_bounded_response_format(kind: EngineKind) -> None:
    told = sent(kind, guided_json=SCHEMA)
    expected = SCHEMA if kind is EngineKind.OPENAI else BOUNDED
    assert told["response_format"]["json_schema"]["schema"] == expected
    assert "guided_json" not in told


@pytest.mark.parametrize("kind", LOCAL)
def test_a_schema_by_any_name_is_bounded(kind: EngineKind) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": SCHEMA}}
    told = sent(kind, response_format=form)
    assert told["response_format"]["json_schema"] == {"name": "a", "schema": BOUNDED}
    if kind is EngineKind.LLAMACPP:
        assert "json_schema" not in sent(kind, json_schema=SCHEMA)
    elif kind is not EngineKind.SGLANG:
        inner = sent(kind, structured_outputs={"json": SCHEMA})
        assert inner["response_format"]["json_schema"]["schema"] == BOUNDED


def test_a_choice_is_said_in_the_words_of_each_kind() -> None:
    choice = ["批准", 'a"b.']
    assert sent(EngineKind.VLLM, guided_choice=choice)["structured_outputs"] == {"choice": choice}
    pattern = sent(EngineKind.SGLANG, guided_choice=choice)["regex"]
    assert all(re.fullmatch(pattern, each) for each in choice)
    assert not re.fullmatch(pattern, 'a"bx')
    grammar = sent(EngineKind.LLAMACPP, guided_choice=choice)["grammar"]
    assert grammar == 'root ::= "批准" | "a\\U00000022b\\U0000002E"'
    assert refused(EngineKind.OPENAI, guided_choice=choice) == "guided_choice"


def test_a_regex_goes_where_it_is_known_and_is_refused_elsewhere() -> None:
    assert sent(EngineKind.VLLM, guided_regex="a+")["structured_outputs"] == {"regex": "a+"}
    assert sent(EngineKind.SGLANG, guided_regex="a+")["regex"] == "a+"
    for kind in (EngineKind.LLAMACPP, EngineKind.OLLAMA, EngineKind.OPENAI, EngineKind.MINDIE):
        assert refused(kind, guided_regex="a+") == "guided_regex"


def test_a_grammar_goes_where_it_is_known() -> None:
    gbnf = 'root ::= "a"'
    assert sent(EngineKind.VLLM, guided_grammar=gbnf)["structured_outputs"] == {"grammar": gbnf}
    assert sent(EngineKind.SGLANG, guided_grammar=gbnf)["ebnf"] == gbnf
    assert sent(EngineKind.LLAMACPP, guided_grammar=gbnf)["grammar"] == gbnf


def test_mindie_refuses_forms_but_plain_text() -> None:
    assert refused(EngineKind.MINDIE, response_format={"type": "text"}) == "response_format"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"guided_json": SCHEMA, "guided_regex": "a"}, "guided_regex"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": "text", "json_schema": {}}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a b"}}},
            "response_format.json_schema.name",
        ),
        ({"structured_outputs": {"json": {}, "regex": "a"}}, "structured_outputs"),
        ({"structured_outputs": {"json_object": 1}}, "structured_outputs.json_object"),
        ({"structured_outputs": {"structural_tag": "x"}}, "structured_outputs.structural_tag"),
        ({"guided_json": "{}"}, "guided_json.schema"),
        ({"guided_choice": "a"}, "guided_choice"),
        ({"guided_regex": 3}, "guided_regex"),
        ({"guided_decoding_backend": "outlines"}, "guided_decoding_backend"),
    ],
)
def test_an_ill_made_constraint_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    assert refused(EngineKind.VLLM, **fields) == named


@pytest.mark.parametrize("kind", [EngineKind.LLAMACPP, EngineKind.SGLANG])
def test_tools_and_a_form_at_once_are_refused_where_one_would_be_lost(kind: EngineKind) -> None:
    fields = {"tools": [WEATHER], "response_format": {"type": "json_object"}}
    assert refused(kind, **fields) == "response_format"


def test_completions_take_constraints_on_vllm_and_sglang() -> None:
    told = other(Endpoint.COMPLETIONS, prompt="a", guided_choice=["x", "y"])
    assert told["structured_outputs"] == {"choice": ["x", "y"]}
    with pytest.raises(InvalidInput, match="guided_choice"):
        other(Endpoint.COMPLETIONS, EngineKind.LLAMACPP, prompt="a", guided_choice=["x"])
