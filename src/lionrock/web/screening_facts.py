"""What is known of an entity, as lines by field: for a page of it, two sides aligned, and differences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lionrock.screening import births, countries
from lionrock.screening.entities import Address, Birth, Entity, Identifier, Name
from lionrock.screening.matching.results import Evidence
from lionrock.web.i18n import Translator

FIELDS: Final = (
    "names", "schema", "births", "gender", "countries", "identifiers", "birth_places", "addresses",
    "positions", "programmes", "relations", "listed_on", "notes", "id",
)  # fmt: skip
"""In the order they are shown; catalogues call them by these under `fact`."""
_ALIKE: Final = {
    "births": "birth_", "gender": "gender_", "countries": "country_", "identifiers": "identifier_",
    "schema": "other_schema",
}  # fmt: skip
_LOCALES: Final = {"en": "en", "zh-Hant": "zh_Hant_HK", "zh-Hans": "zh_Hans_CN"}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of both sides. `tone`: agrees, differs, or nothing that the engine weighed."""

    field: str
    subject: list[str]
    listed: list[str]
    tone: str


def rows_of(entity: Entity, speak: Translator) -> list[tuple[str, list[str]]]:
    """The fields that hold something, each as lines."""
    lines = {
        "names": [_name(n, speak) for n in entity.names],
        "schema": [speak.pgettext("thing", entity.schema.value)],
        "births": [_birth(b, speak) for b in entity.births],
        "gender": [speak.pgettext("gender", entity.gender)] if entity.gender else [],
        "countries": [country(c, speak) for c in entity.countries],
        "identifiers": [_number(i, speak) for i in entity.identifiers],
        "birth_places": list(entity.birth_places),
        "addresses": [_address(a, speak) for a in entity.addresses],
        "positions": list(entity.positions),
        "programmes": list(entity.programmes),
        "relations": [f"{r.kind}: {r.to}" for r in entity.relations],
        "listed_on": [speak.day(entity.listed_on)] if entity.listed_on else [],
        "notes": [entity.notes] if entity.notes else [],
        "id": [entity.id] if entity.id else [],
    }
    return [(name, lines[name]) for name in FIELDS if lines[name]]


def aligned(
    subject: Entity, listed: Entity, evidence: Iterable[Evidence], speak: Translator
) -> list[Row]:
    """Both sides, field by field; what neither has is left out."""
    mine, theirs = dict(rows_of(subject, speak)), dict(rows_of(listed, speak))
    weighed = list(evidence)
    return [
        Row(name, mine.get(name, []), theirs.get(name, []), _tone(name, weighed))
        for name in FIELDS
        if name in mine or name in theirs
    ]


def _tone(field: str, evidence: list[Evidence]) -> str:
    prefix = _ALIKE.get(field)
    weights = [e.weight for e in evidence if prefix and e.feature.startswith(prefix)]
    if not any(weights):
        return ""
    return "agrees" if sum(weights) > 0 else "differs"


def _name(name: Name, speak: Translator) -> str:
    if name.kind == "primary":
        return name.text
    return speak.gettext(
        "%(name)s (%(kind)s)", name=name.text, kind=speak.name("name-kind", name.kind)
    )


def _birth(birth: Birth, speak: Translator) -> str:
    first, *later = births.written(birth)
    written = f"{first}–{later[-1]}" if later else first
    return speak.gettext("about %(date)s", date=written) if birth.approximate else written


def country(code: str, speak: Translator) -> str:
    """What a country of ISO 3166-1 alpha-2 is called."""
    return countries.name(code, _LOCALES[speak.language]) or code.upper()


def _number(identifier: Identifier, speak: Translator) -> str:
    where = f" ({country(identifier.country, speak)})" if identifier.country else ""
    return f"{speak.pgettext('number', identifier.kind)} {identifier.value}{where}"


def _address(address: Address, speak: Translator) -> str:
    if not address.country or address.country in address.text.casefold().split():
        return address.text
    called = country(address.country, speak)
    return address.text if called in address.text else f"{address.text}, {called}"
