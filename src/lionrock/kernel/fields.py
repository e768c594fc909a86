"""The fields of a capability's request, as forms and commands show them: each with the control for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, WithJsonSchema

_LINE = 100
"""Longest text that one line is made for; what may be longer gets an area."""

DocumentId = Annotated[UUID, WithJsonSchema({"type": "string", "format": "uuid", "of": "document"})]
"""A document of the library; a page lets the reader choose it, a command takes its name too."""

FileBytes = Annotated[
    Base64Bytes, WithJsonSchema({"type": "string", "contentEncoding": "base64", "of": "file"})
]
"""A file's content, base64 over HTTP: a page lets the reader choose the file, a command takes its path.
Exclude the field where the request that is kept need not hold the file again."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RequestField:
    """One control. `widget`: tick, number, date, choice, line, area, lines, document,
    documents or file."""

    name: str
    widget: str
    required: bool
    default: Any
    description: str
    schema: Schema

    @property
    def choices(self) -> Sequence[Any]:
        chosen: Sequence[Any] = self.schema.get("enum", ())
        return chosen

    def limit(self, keyword: str) -> int | float | None:
        """A bound that the schema sets (`maxLength`, `minimum` …); None where it sets none."""
        bound: int | float | None = self.schema.get(keyword)
        return bound


@cache
def fields(model: type[BaseModel]) -> tuple[RequestField, ...]:
    """The model's fields in order; `TypeError` for one that no control can hold."""
    whole = model.model_json_schema()
    required = set(whole.get("required", ()))
    return tuple(
        _field(name, _plain(schema, whole), name in required)
        for name, schema in whole.get("properties", {}).items()
    )


def document_ids(request: BaseModel) -> list[UUID]:
    """The documents that a request names in its fields."""
    found: list[UUID] = []
    for field in fields(type(request)):
        given = getattr(request, field.name)
        if field.widget == "documents":
            found += given
        elif field.widget == "document" and given is not None:
            found.append(given)
    return found


def _field(name: str, schema: Schema, required: bool) -> RequestField:
    return RequestField(
        name, _widget(name, schema), required, schema.get("default"),
        str(schema.get("description", "")), schema,
    )  # fmt: skip


def _plain(schema: Schema, whole: Schema) -> Schema:
    """`schema` with a reference followed and an optional type taken as the type."""
    for variant in schema.get("anyOf", ()):
        if variant.get("type") != "null":
            return {**_plain(variant, whole), **{k: v for k, v in schema.items() if k != "anyOf"}}
    if "$ref" in schema:
        target = whole["$defs"][schema["$ref"].rpartition("/")[2]]
        return {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def _widget(name: str, schema: Schema) -> str:
    kind, items = schema.get("type"), schema.get("items", {})
    if schema.get("of") in ("document", "file"):
        return str(schema["of"])
    if kind == "array" and items.get("of") == "document":
        return "documents"
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
    if kind == "array" and items.get("type") == "string":
        return "lines"
    raise TypeError(f"no control holds the field {name} of type {kind}")
