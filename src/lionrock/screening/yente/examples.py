"""A client's example entity as what is screened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity, Name
from lionrock.screening.ftm import from_ftm
from lionrock.screening.yente.shapes import Example

_GIVEN: Final = ("firstName", "secondName", "middleName", "fatherName")
_FAMILY: Final = ("lastName",)
_WIDER: Final = {"Thing": "LegalEntity", "Asset": "LegalEntity", "Vehicle": "Vessel"}
"""Kinds that yente matches and that are screened as another."""


def entity_of(key: str, example: Example) -> Entity:
    """The entity to screen; its id is the example's, or the key it was sent under.

    Names in parts are joined. `InvalidInput` for a schema that cannot be screened or no name.
    """
    schema = _WIDER.get(example.schema_, example.schema_)
    properties = plain(example.properties)
    found = from_ftm({"id": example.id or key or "q", "schema": schema, "properties": properties})
    names = (*found.names, *_joined(properties, {n.text for n in found.names}))
    if not names and not found.identifiers:
        raise InvalidInput(f"Query {key[:80]}: an example needs a name or an identifier.")
    return replace(found, names=names)


def echoed(example: Example) -> dict[str, Any]:
    """The example as it was understood."""
    return {
        "id": example.id,
        "schema": example.schema_,
        "properties": {k: v for k, v in plain(example.properties).items() if v},
    }


def plain(properties: Mapping[str, Any]) -> dict[str, list[str]]:
    """Lists of strings; nested entities and empty values are left out."""
    found = {}
    for name, value in properties.items():
        values = value if isinstance(value, list) else [value]
        found[name] = [str(v) for v in values if isinstance(v, str | int) and str(v).strip()]
    return found


def _joined(properties: Mapping[str, list[str]], known: set[str]) -> tuple[Name, ...]:
    """The name that first, middle and last names make."""
    given = " ".join(part for field in _GIVEN for part in properties.get(field, [])[:1])
    family = " ".join(part for field in _FAMILY for part in properties.get(field, [])[:1])
    text = f"{given} {family}".strip()
    return (Name(text, family=family, given=given),) if text and text not in known else ()
