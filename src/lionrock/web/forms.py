"""Form fields from a capability's request model, and the model from what a form sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData

from lionrock.errors import InvalidInput
from lionrock.kernel.capabilities import Capability
from lionrock.web.i18n import Translator

_LINE = 100
"""Longest text that one line is made for; what may be longer gets an area."""


@dataclass(frozen=True, slots=True)
class Field:
    """One form control. `widget` is the template's name for it."""

    name: str
    widget: str
    required: bool
    default: Any
    description: str
    schema: Mapping[str, Any]

    @property
    def choices(self) -> Sequence[Any]:
        chosen: Sequence[Any] = self.schema.get("enum", ())
        return chosen

    def limit(self, keyword: str) -> int | float | None:
        """A bound that the schema sets (`maxLength`, `minimum` …); None where it sets none."""
        bound: int | float | None = self.schema.get(keyword)
        return bound


@cache
def fields(model: type[BaseModel]) -> tuple[Field, ...]:
    """The model's fields in order; `TypeError` for one that no control can hold."""
    whole = model.model_json_schema()
    required = set(whole.get("required", ()))
    return tuple(
        _field(name, _plain(schema, whole), name in required)
        for name, schema in whole.get("properties", {}).items()
    )


def _field(name: str, schema: Mapping[str, Any], required: bool) -> Field:
    return Field(
        name, _widget(name, schema), required, schema.get("default"),
        str(schema.get("description", "")), schema,
    )  # fmt: skip


def _plain(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """`schema` with a reference followed and an optional type taken as the type."""
    for variant in schema.get("anyOf", ()):
        if variant.get("type") != "null":
            return {**_plain(variant, whole), **{k: v for k, v in schema.items() if k != "anyOf"}}
    if "$ref" in schema:
        target = whole["$defs"][schema["$ref"].rpartition("/")[2]]
        return {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def _widget(name: str, schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if "enum" in schema:
        return "choice"
    if kind == "boolean":
        return "tick"
    if kind in ("integer", "number"):
        return "number"
    if kind == "string" and schema.get("format") == "date":
        return "date"
    if kind == "string":
        return "line" if schema.get("maxLength", _LINE + 1) <= _LINE else "area"
    if kind == "array" and schema.get("items", {}).get("type") == "string":
        return "lines"
    raise TypeError(f"no form control holds the field {name} of type {kind}")


def filled(model: type[BaseModel], form: FormData, speak: Translator) -> BaseModel:
    """The request that a form sent; `InvalidInput`, in the reader's words, when it is not one."""
    values: dict[str, Any] = {}
    for field in fields(model):
        sent = form.get(field.name)
        text = sent if isinstance(sent, str) else ""
        if field.widget == "tick":
            values[field.name] = sent is not None
        elif field.widget == "lines":
            values[field.name] = [line.strip() for line in text.splitlines() if line.strip()]
        elif text.strip():
            values[field.name] = text.replace("\r\n", "\n")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidInput("; ".join(_fault(e, speak) for e in error.errors())) from error


def _fault(error: ErrorDetails, speak: Translator) -> str:
    label = speak.name("field", str(error["loc"][0]) if error["loc"] else "form")
    return speak.gettext("%(field)s: %(fault)s", field=label, fault=_why(error, speak))


def _why(error: ErrorDetails, speak: Translator) -> str:
    limits = error.get("ctx", {})
    if error["type"] in ("missing", "string_too_short", "too_short"):
        return speak.gettext("fill this in")
    if error["type"] == "string_too_long":
        return speak.gettext("at most %(most)s characters", most=speak.number(limits["max_length"]))
    return speak.gettext("this is not valid")


def title(declared: Capability, request: Mapping[str, Any]) -> str:
    """What a kept run was about: its first required field."""
    for field in fields(declared.request):
        if field.required and isinstance(request.get(field.name), str):
            return str(request[field.name])
    return declared.summary
