from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.gateway.fields.kinds import Caps, EngineKind
from lionrock.gateway.fields.schemas import bounded

KIND = st.sampled_from(sorted(EngineKind))
NAMES = st.sampled_from(["items", "type", "maxItems", "名", "enum"])
LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "maxLength": 7},
        {"type": ["array", "null"]},
        {"type": "integer"},
        {"enum": ["a", "b"]},
        {"type": "string", "const": "x"},
        {"$ref": "#/$defs/a"},
        True,
        {},
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"type": st.just("array"), "items": inner}),
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.dictionaries(NAMES, inner, max_size=3)}
        ),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"additionalProperties": inner}),
        st.fixed_dictionaries({"prefixItems": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"$defs": st.dictionaries(NAMES, inner, max_size=2)}),
    ),
    max_leaves=12,
)
OBJECTS = SCHEMAS.filter(lambda s: isinstance(s, dict))


def every(schema: Any) -> list[dict[str, Any]]:
    """Every schema in a schema, by a walk of its own."""
    if not isinstance(schema, dict):
        return []
    found = [schema]
    for name in ("properties", "$defs"):
        for each in schema.get(name, {}).values():
            found += every(each)
    for name in ("anyOf", "prefixItems"):
        for each in schema.get(name, []):
            found += every(each)
    return found + every(schema.get("items")) + every(schema.get("additionalProperties"))


def is_open(schema: dict[str, Any]) -> bool:
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    closed = "enum" in schema or "const" in schema
    unbounded_array = "array" in kinds and "maxItems" not in schema
    return not closed and (unbounded_array or ("string" in kinds and "maxLength" not in schema))


@given(OBJECTS, KIND.filter(lambda k: k is not EngineKind.OPENAI))
def test_no_array_or_string_is_left_without_a_bound(
    schema: dict[str, Any], kind: EngineKind
) -> None:
    assert not any(is_open(each) for each in every(bounded(schema, "s", kind, Caps())))


@given(OBJECTS, KIND)
def test_bounding_adds_bounds_and_changes_nothing_else(
    schema: dict[str, Any], kind: EngineKind
) -> None:
    before = copy.deepcopy(schema)
    done = bounded(schema, "s", kind, Caps())
    assert schema == before
    assert bounded(done, "s", kind, Caps()) == done
    originals = every(schema)
    for old, new in zip(originals, every(done), strict=True):
        added = set(new) - set(old)
        assert added <= {"maxItems", "maxLength"}
        assert all(new[k] == old[k] for k in old if not isinstance(old[k], dict | list))


def test_a_property_named_like_a_keyword_is_only_a_property() -> None:
    schema = {"type": "object", "properties": {"items": {"type": "string"}, "type": {}}}
    done = bounded(schema, "s", EngineKind.VLLM, Caps(schema_string=50))
    assert done["properties"] == {"items": {"type": "string", "maxLength": 50}, "type": {}}


def test_a_bound_is_never_below_the_least_that_the_schema_asks() -> None:
    schema = {"type": "array", "minItems": 400, "items": {"type": "integer"}}
    assert bounded(schema, "s", EngineKind.VLLM, Caps(schema_items=256))["maxItems"] == 400


def test_openai_bounds_its_own() -> None:
    schema = {"type": "array", "items": {"type": "string"}}
    assert bounded(schema, "s", EngineKind.OPENAI, Caps()) == schema


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (True, "must be a JSON Schema object"),
        ([], "an object or a boolean"),
        ({"$ref": "https://example.com/a.json"}, "must point into the same schema"),
        ({"$ref": "file:///etc/passwd"}, "must point into the same schema"),
        ({"properties": []}, "must be an object of schemas"),
        ({"anyOf": {}}, "must be a list"),
        ({"items": 3}, "an object or a boolean"),
        ({"type": "string", "maxLength": 10**9}, "from 0 to 100,000"),
        ({"type": "string", "maxLength": True}, "from 0 to"),
        ({"anyOf": [{}] * 3000}, "more than 2000 schemas"),
    ],
)
def test_what_is_no_schema_to_send_is_refused(schema: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        bounded(schema, "s", EngineKind.VLLM, Caps())


def test_a_bound_that_llamacpp_refuses_is_refused_here_by_name() -> None:
    with pytest.raises(InvalidInput, match="1,999"):
        bounded({"type": "string", "maxLength": 2000}, "s", EngineKind.LLAMACPP, Caps())


def test_depth_of_a_schema_is_bounded() -> None:
    schema: dict[str, Any] = {}
    for _ in range(40):
        schema = {"items": schema}
    with pytest.raises(InvalidInput, match="32 deep"):
        bounded(schema, "s", EngineKind.VLLM, Caps())
