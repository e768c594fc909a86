"""The fields that are asked for, from short lines or from a JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from lionrock.assist.extraction.kinds import NAMED, Kind
from lionrock.assist.extraction.labels import group_of
from lionrock.errors import InvalidInput

MOST_FIELDS: Final = 50
_LONGEST_NAME: Final = 80
_FORMATS: Final = {
    "date": Kind.DATE, "email": Kind.EMAIL, "hkid": Kind.HKID, "phone": Kind.PHONE, "amount": Kind.AMOUNT,
    "address": Kind.ADDRESS, "name": Kind.NAME, "br": Kind.BR,
}  # fmt: skip
_TYPES: Final = {
    "string": Kind.TEXT, "number": Kind.NUMBER, "integer": Kind.INTEGER, "boolean": Kind.BOOLEAN,
}  # fmt: skip
_HANDLED: Final = frozenset(
    {"type", "format", "enum", "title", "description", "examples", "default", "x-labels"}
)
_SUBSET: Final = (
    "What is understood is one flat object: properties of type string, number, integer or boolean, "
    "strings with a format (date, email, hkid, phone, amount, address, name, br) or an enum."
)


class Field(BaseModel):
    """A field to fill. `labels`: what it may be called on the page; `choices`: of a choice, all values."""

    model_config = ConfigDict(frozen=True)
    name: str
    kind: Kind
    labels: list[str]
    choices: list[str] = []


def asked(lines: Sequence[str], schema: str) -> list[Field]:
    """The fields of one or the other; `InvalidInput` for none, both, too many or two of one name."""
    if bool(lines) == bool(schema.strip()):
        raise InvalidInput("Say which fields to find: either a list of fields or a JSON Schema.")
    found = [_of_line(line) for line in lines] if lines else _of_schema(schema)
    if not 0 < len(found) <= MOST_FIELDS:
        raise InvalidInput(f"There are {len(found)} fields; 1 to {MOST_FIELDS} can be asked for.")
    names = [field.name for field in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise InvalidInput(f"The field {twice} is asked for twice: give each its own name.")
    return found


def _of_line(line: str) -> Field:
    """ "total: amount"; "risk rating: low | medium | high"; "name in English / 英文姓名: name"."""
    name, _, said = re.sub("：", ":", line).strip().partition(":")
    name, said = name.strip(), said.strip()
    labels = [label for label in re.split(r"\s+/\s+", name) if label.strip()]
    if not labels or len(name) > _LONGEST_NAME:
        raise InvalidInput(
            f"“{line[:60]}” is no field: write its label, then a colon and its type if you like."
        )
    if "|" in said:
        choices = [choice.strip() for choice in said.split("|") if choice.strip()]
        return Field(name=name, kind=Kind.CHOICE, labels=labels, choices=choices)
    if not said:
        known = next(filter(None, map(group_of, labels)), None)
        return Field(name=name, kind=known.kind if known else Kind.TEXT, labels=labels)
    kind = NAMED.get(said.lower())
    if kind is None:
        types = ", ".join(sorted(k for k in NAMED if k.isascii()))
        raise InvalidInput(
            f"{said[:40]} is no type of field. There are: {types}; or choices, a | b | c."
        )
    return Field(name=name, kind=kind, labels=labels)


def _of_schema(text: str) -> list[Field]:
    try:
        schema = json.loads(text)
    except ValueError as error:
        raise InvalidInput(f"The JSON Schema is no JSON: {error}.") from error
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or schema.get("type", "object") != "object":
        raise InvalidInput(f"The JSON Schema names no properties. {_SUBSET}")
    return [_of_property(name, said) for name, said in properties.items()]


def _of_property(name: str, said: object) -> Field:
    if not isinstance(said, dict) or not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise InvalidInput(f"The property {name[:60]} cannot be read. {_SUBSET}")
    beyond = sorted(set(said) - _HANDLED)
    if beyond:
        raise InvalidInput(f"The property {name} uses {', '.join(beyond)}. {_SUBSET}")
    labels = [
        spoken
        for spoken in (said.get("title"), *_strings(said.get("x-labels")), _spaced(name))
        if spoken
    ]
    choices = _strings(said.get("enum"))
    kind = Kind.CHOICE if "enum" in said else _kind(name, said)
    if kind is Kind.CHOICE and not choices:
        raise InvalidInput(f"The choices of the property {name} are not words. {_SUBSET}")
    return Field(
        name=name, kind=kind, labels=list(dict.fromkeys(map(str, labels))), choices=choices
    )


def _kind(name: str, said: Mapping[str, Any]) -> Kind:
    kind, format = said.get("type", "string"), said.get("format")
    if kind == "string" and format is not None:
        if format not in _FORMATS:
            raise InvalidInput(f"The property {name} has the format {format}. {_SUBSET}")
        return _FORMATS[format]
    if kind not in _TYPES:
        raise InvalidInput(f"The property {name} has the type {kind}. {_SUBSET}")
    return _TYPES[kind]


def _strings(given: object) -> list[str]:
    return (
        [one for one in given if isinstance(one, str) and one.strip()]
        if isinstance(given, list)
        else []
    )


def _spaced(name: str) -> str:
    """ "invoiceNumber" and "invoice_number" as a label: "invoice number"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", name).strip()
