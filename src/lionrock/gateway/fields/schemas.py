"""Bounds in JSON Schemas: an array or string without one may run until the output cap.

Grammar-constrained engines close an array only when the model does (vllm-ascend#13646). Of JSON
Schema 2020-12 (and drafts that have the same words) every place that holds a schema is walked.
"""

from __future__ import annotations

from typing import Any

from lionrock.gateway.fields.kinds import Caps, EngineKind, Json, wrong

_MAPS = frozenset("properties patternProperties $defs definitions dependentSchemas".split())
_LISTS = frozenset("anyOf allOf oneOf prefixItems".split())
_ONES = frozenset(
    "items additionalItems additionalProperties contentSchema unevaluatedItems "
    "unevaluatedProperties contains propertyNames not if then else".split()
)
_DEPTH = 32
_LLAMACPP_CEILING = 1999
"""llama.cpp's grammars refuse a repetition of 2,000 and more."""


def bounded(schema: Any, field: str, kind: EngineKind, caps: Caps) -> Json:
    """A copy of `schema` with `maxItems` on every array and `maxLength` on every string.

    A bound that is there stays. For `openai` nothing is added (it bounds its own, and its strict
    mode refuses some of these words). InvalidInput: not a schema, a reference to another document,
    more than the cap of nodes, nested deeper than 32, a bound beyond the ceiling.
    """
    walk = _Walk(field, kind, caps)
    done = walk.schema(schema, 0)
    if type(done) is not dict:
        raise wrong(field, "must be a JSON Schema object.")
    return done


class _Walk:
    def __init__(self, field: str, kind: EngineKind, caps: Caps) -> None:
        self._field = field
        self._adds = kind is not EngineKind.OPENAI
        llamacpp = kind is EngineKind.LLAMACPP
        self._ceiling = min(caps.schema_ceiling, _LLAMACPP_CEILING if llamacpp else 2**53)
        self._items = min(caps.schema_items, self._ceiling)
        self._string = min(caps.schema_string, self._ceiling)
        self._left = self._most = caps.schema_nodes

    def schema(self, schema: Any, depth: int) -> Any:
        if type(schema) is bool:
            return schema
        if type(schema) is not dict:
            raise wrong(
                self._field, "holds something where JSON Schema has an object or a boolean."
            )
        self._left -= 1
        if self._left < 0:
            raise wrong(self._field, f"has more than {self._most} schemas. Make it smaller.")
        if depth > _DEPTH:
            raise wrong(self._field, f"is nested more than {_DEPTH} deep. Use $defs and $ref.")
        done = {word: self._word(word, value, depth + 1) for word, value in schema.items()}
        self._bound(done)
        return done

    def _word(self, word: str, value: Any, depth: int) -> Any:
        if word in _MAPS:
            if type(value) is not dict:
                raise wrong(self._field, f"`{word}` must be an object of schemas.")
            return {name: self.schema(each, depth) for name, each in value.items()}
        if word == "dependencies" and type(value) is dict:  # names of properties, or a schema
            lists = {n: v if type(v) is list else self.schema(v, depth) for n, v in value.items()}
            return lists
        if word in _LISTS or (word == "items" and type(value) is list):
            if type(value) is not list:
                raise wrong(self._field, f"`{word}` must be a list of schemas.")
            return [self.schema(each, depth) for each in value]
        if word in _ONES:
            return self.schema(value, depth)
        if word in ("$ref", "$dynamicRef") and not (type(value) is str and value.startswith("#")):
            raise wrong(
                self._field, f"`{word}` must point into the same schema, like #/$defs/name."
            )
        return value

    def _bound(self, schema: Json) -> None:
        kinds = schema.get("type")
        kinds = kinds if type(kinds) is list else [kinds]
        if "enum" in schema or "const" in schema:
            return
        untyped = kinds == [None]
        if "array" in kinds or (untyped and ("items" in schema or "prefixItems" in schema)):
            self._put(schema, "maxItems", "minItems", self._items)
        if "string" in kinds or (untyped and ("pattern" in schema or "minLength" in schema)):
            self._put(schema, "maxLength", "minLength", self._string)

    def _put(self, schema: Json, most: str, least: str, bound: int) -> None:
        low, high = schema.get(least, 0), schema.get(most)
        for word, value in ((least, low), (most, high)):
            if value is not None and (type(value) is not int or not 0 <= value <= self._ceiling):
                raise wrong(
                    self._field, f"`{word}` must be a whole number from 0 to {self._ceiling:,}."
                )
        if high is None and self._adds:
            schema[most] = max(bound, low)
