"""Entities as JSON values and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final

from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Relation,
    Schema,
)

_PARTS: Final = {
    "names": Name, "births": Birth, "identifiers": Identifier, "addresses": Address,
    "relations": Relation,
}  # fmt: skip


def told(entity: Entity) -> dict[str, Any]:
    """`entity` as JSON values: fields that hold something, dates as YYYY-MM-DD."""
    return _told(entity)


def _told(value: Any) -> dict[str, Any]:
    # What has no default is always there: an empty id comes back as one.
    return {f.name: _plain(v) for f in fields(value) if (v := getattr(value, f.name)) != f.default}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, str) else _told(value)


def understood(told: Mapping[str, Any]) -> Entity:
    """The inverse of `told`."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in told.items()}
    values["schema"] = Schema(values["schema"])
    values.setdefault("names", ())
    for field in _PARTS.keys() & values.keys():
        values[field] = tuple(_part(field, v) for v in values[field])
    if "listed_on" in values:
        values["listed_on"] = date.fromisoformat(values["listed_on"])
    return Entity(**values)


def _part(field: str, told: Mapping[str, Any]) -> Any:
    values: dict[str, Any] = dict(told)
    if field == "names" and "kind" in values:
        values["kind"] = NameKind(values["kind"])
    elif field == "identifiers":
        values["kind"] = IdentifierKind(values["kind"])
    elif field == "births":
        for end in ("earliest", "latest"):
            values[end] = date.fromisoformat(values[end])
    return _PARTS[field](**values)
