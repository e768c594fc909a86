"""Entities in FollowTheMoney's shape, {"id", "schema", "caption", "properties": {name: [values]}}, and back.

The shape is what OpenSanctions publishes and what yente takes and gives; the `followthemoney` package is
not needed for it. What the model has no place for (a name's family part, a range of birth, the country
of a passport) goes into a key of its own, "lionrock", which other readers ignore: `from_ftm` uses it only
as long as the properties say the same as when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from lionrock.errors import InvalidInput
from lionrock.kernel import hkid
from lionrock.screening import births, countries
from lionrock.screening.entities import (
    Address,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
)
from lionrock.screening.ftm_detail import packed, unpacked
from lionrock.screening.ftm_properties import (
    IDENTIFIERS,
    NAMES,
    READ_TOO,
    SCHEMAS,
    WRITTEN_AS,
    countries_of,
)

Properties = dict[str, list[str]]
_DETAIL = "lionrock"


def to_ftm(entity: Entity, *, topics: Iterable[str] = ()) -> dict[str, Any]:
    """The entity as a dict that JSON can hold. `topics` are FollowTheMoney's, such as "sanction"."""
    written = _properties(entity)
    plain = _plain(entity.id, str(entity.schema), written)
    lost = {
        each.name: packed(getattr(entity, each.name))
        for each in fields(Entity)
        if getattr(entity, each.name) != getattr(plain, each.name)
    }
    listed = sorted(set(topics))
    found: dict[str, Any] = {
        "id": entity.id,
        "schema": str(entity.schema),
        "caption": entity.caption,
        "properties": {**written, **({"topics": listed} if listed else {})},
    }
    if lost:
        found[_DETAIL] = lost
    return found


def from_ftm(data: Mapping[str, Any]) -> Entity:
    """The entity of a dict, nested ("addressEntity": [{…}]) or flat.

    Raises `InvalidInput` for what has no id, a schema that cannot be screened, or another shape.
    """
    id, schema, properties = data.get("id"), data.get("schema"), data.get("properties", {})
    if not isinstance(id, str) or not id:
        raise InvalidInput("An entity has no “id”: FollowTheMoney's entities each have one.")
    if not isinstance(schema, str) or schema not in SCHEMAS:
        raise InvalidInput(
            f"Entity {id[:80]} is of the schema {str(schema)[:40]!r}: only"
            f" {', '.join(SCHEMAS)} can be screened."
        )
    if not isinstance(properties, Mapping):
        raise InvalidInput(f"Entity {id[:80]}: “properties” must be an object of lists.")
    plain = _plain(id, schema, properties)
    detail = data.get(_DETAIL)
    if not isinstance(detail, Mapping):
        return plain
    whole = replace(plain, **unpacked(detail))
    return whole if _agrees(_properties(whole), properties) else plain


def _agrees(written: Properties, properties: Mapping[str, Any]) -> bool:
    """Whether the properties are still those written, in whatever order."""
    stated = {name: set(_texts(properties, name)) for name in properties if name != "topics"}
    return stated == {name: set(values) for name, values in written.items()}


def _properties(entity: Entity) -> Properties:
    found: Properties = {}

    def put(name: str, value: str) -> None:
        if value and value not in found.setdefault(name, []):
            found[name].append(value)

    kinds = {kind: name for name, kind in NAMES.items()}
    for each in entity.names:
        put(kinds[each.kind], each.text)
    for birth in entity.births:
        for text in births.written(birth):
            put("birthDate", text)
    for identifier in entity.identifiers:
        put(WRITTEN_AS[identifier.kind], identifier.value)
    for address in entity.addresses:
        put("address", address.text)
    for name, values in (
        (countries_of(entity.schema)[0], entity.countries),
        ("birthPlace", entity.birth_places),
        ("programId", entity.programmes),
        ("position", entity.positions),
        ("gender", (entity.gender,)),
        ("notes", (entity.notes,)),
        ("createdAt", (entity.listed_on.isoformat() if entity.listed_on else "",)),
    ):
        for value in values:
            put(name, value)
    return {name: values for name, values in found.items() if values}


def _plain(id: str, schema: str, properties: Mapping[str, Any]) -> Entity:
    kind = SCHEMAS[schema]
    return Entity(
        id=id,
        schema=kind,
        names=tuple(_names(properties)),
        births=_unique(births.parse(text) for text in _texts(properties, "birthDate")),
        gender=next((g for g in _texts(properties, "gender") if g in ("male", "female")), ""),
        countries=_countries(properties, countries_of(kind)),
        birth_places=_texts(properties, "birthPlace"),
        identifiers=_unique(_identifiers(properties)),
        addresses=_addresses(properties),
        programmes=_texts(properties, "programId", "program") or _sanctions(properties, "program"),
        positions=_texts(properties, "position"),
        listed_on=_listed_on(properties),
        notes="\n".join(_texts(properties, "notes")),
    )


def _names(properties: Mapping[str, Any]) -> Iterable[Name]:
    seen: set[str] = set()
    for field, kind in NAMES.items():
        for text in _texts(properties, field):
            if text not in seen:
                seen.add(text)
                yield Name(text, kind)


def _countries(properties: Mapping[str, Any], names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the first property that has any; a person's nationality and citizenship are one."""
    groups = (names,) if "citizenship" in names else tuple((name,) for name in names)
    for group in groups:
        found = _unique(countries.code(text) for text in _texts(properties, *group))
        if found:
            return found
    return ()


def _identifiers(properties: Mapping[str, Any]) -> Iterable[Identifier]:
    for field, kind in {**IDENTIFIERS, **READ_TOO}.items():
        for text in _texts(properties, field):
            bracketed = kind is IdentifierKind.NATIONAL_ID and "(" in text and hkid.normalised(text)
            yield (
                Identifier(IdentifierKind.HKID, text, "hk") if bracketed else Identifier(kind, text)
            )


def _addresses(properties: Mapping[str, Any]) -> tuple[Address, ...]:
    found = [Address(text) for text in _texts(properties, "address")]
    for inner in _nested(properties, "addressEntity"):
        code = next(iter(_texts(inner, "country")), "")
        found += [Address(text, countries.code(code)) for text in _texts(inner, "full")]
    return _unique(found)


def _sanctions(properties: Mapping[str, Any], field: str) -> tuple[str, ...]:
    inner = (each for each in _nested(properties, "sanctions"))
    return _unique(text for each in inner for text in _texts(each, "programId", field))


def _listed_on(properties: Mapping[str, Any]) -> date | None:
    stated = _texts(properties, "createdAt")
    for each in _nested(properties, "sanctions"):
        stated += _texts(each, "listingDate") or _texts(each, "startDate")
    days = [
        birth for birth in map(births.parse, stated) if birth and birth.earliest == birth.latest
    ]
    return min((birth.earliest for birth in days), default=None)


def _nested(properties: Mapping[str, Any], field: str) -> Iterable[Mapping[str, Any]]:
    for value in _values(properties, field):
        inner = value.get("properties") if isinstance(value, Mapping) else None
        if isinstance(inner, Mapping):
            yield inner


def _texts(properties: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    present = [name for name in names if name in properties]
    values = (value for name in present for value in _values(properties, name))
    return _unique(value for value in values if isinstance(value, str)) if present else ()


def _values(properties: Mapping[str, Any], name: str) -> list[Any]:
    found = properties.get(name, [])
    return found if isinstance(found, list) else [found]


def _unique(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
