"""The form of a customer: their fields as lines, and back; what no field shows is kept as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.screening import births, countries
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.screening.registry.lists import TYPE
from lionrock.web.faults import Filled
from lionrock.web.i18n import Translator
from lionrock.web.screening_facts import country

NAMES: Final[dict[str, NameKind]] = {
    "names": NameKind.PRIMARY, "aliases": NameKind.ALIAS, "weak": NameKind.WEAK,
    "former": NameKind.FORMER,
}  # fmt: skip
"""Fields of names, and the kind that each holds."""
MOST_ROWS: Final = 50
EMPTY_ROWS: Final = 2
_MOST_LINES: Final = 100
_MOST: Final = 500


def values_of(entity: Entity, type: str, speak: Translator) -> dict[str, str]:
    """The fields of the form, as the customer has them."""
    values = {
        field: "\n".join(n.text for n in entity.names if n.kind is kind)
        for field, kind in NAMES.items()
    }
    for row, one in enumerate(entity.identifiers):
        where = country(one.country, speak) if one.country else ""
        values |= {f"kind-{row}": one.kind, f"number-{row}": one.value, f"where-{row}": where}
    return values | {
        "reference": entity.id, "type": type, "schema": entity.schema, "gender": entity.gender,
        "births": "\n".join(_born(b) for b in entity.births),
        "countries": "\n".join(country(c, speak) for c in entity.countries),
        "addresses": "\n".join(a.text for a in entity.addresses),
    }  # fmt: skip


def rows(sent: Filled) -> range:
    """The rows of numbers that the form shows: up to the last that holds one, and some more."""
    held = [n for n in range(MOST_ROWS) if sent.text(f"number-{n}")]
    return range(max(held, default=-1) + 1 + EMPTY_ROWS)


def entity_of(sent: Filled, was: Entity | None, speak: Translator) -> Entity:
    """Who the form says; where there are faults, someone who is not to be kept.

    Of `was`, what stands in the form as it stood keeps what the form does not show: the parts of a
    name, the country of an address, how sure a birth is; and so do fields that have no place in it.
    """
    base = was or Entity(sent.at_most("reference", speak, 200), Schema.PERSON, ())
    if not base.id:
        sent.wrong("reference", speak.gettext("Fill this in."))
    names = tuple(_names(sent, base, speak))
    if not any(n.kind is NameKind.PRIMARY for n in names):
        sent.wrong("names", speak.gettext("Fill this in."))
    gender = sent.text("gender")
    return replace(
        base, schema=_schema(sent, speak), names=names, births=tuple(_births(sent, base, speak)),
        gender=gender if gender in ("male", "female") else "",
        countries=tuple(_countries(sent, base, speak)),
        identifiers=tuple(_numbers(sent, base, speak)),
        addresses=tuple(_addresses(sent, base, speak)),
    )  # fmt: skip


def type_of(sent: Filled, speak: Translator) -> str:
    given = sent.text("type")
    if not TYPE.fullmatch(given):
        fault = speak.gettext("Small letters, digits and hyphens, at most 40, as in pep.")
        sent.wrong("type", fault)
    return given


def _schema(sent: Filled, speak: Translator) -> Schema:
    given = sent.text("schema") or Schema.LEGAL_ENTITY.value
    if given not in set(Schema):
        sent.wrong("schema", speak.gettext("this is not valid"))
        return Schema.PERSON
    return Schema(given)


def _lines(sent: Filled, field: str, speak: Translator) -> Iterator[tuple[int, str]]:
    """Lines of a field, each once; a fault for one too long, and for too many."""
    known: set[str] = set()
    for line, text in sent.lines(field):
        if len(text) > _MOST:
            most = speak.number(_MOST)
            fault = speak.gettext(
                "Line %(line)s: at most %(most)s characters", line=line, most=most
            )
            sent.wrong(field, fault)
        elif len(known) == _MOST_LINES:
            sent.wrong(field, speak.gettext("At most %(most)s lines.", most=_MOST_LINES))
            return
        elif text not in known:
            known.add(text)
            yield line, text


def _names(sent: Filled, was: Entity, speak: Translator) -> Iterator[Name]:
    kept = {(n.kind, " ".join(n.text.split())): n for n in was.names}
    for field, kind in NAMES.items():
        for _, text in _lines(sent, field, speak):
            language = "zh" if any("\u3400" <= letter <= "\u9fff" for letter in text) else ""
            yield kept.get((kind, text)) or Name(text, kind, language=language)


def _births(sent: Filled, was: Entity, speak: Translator) -> Iterator[Birth]:
    for line, text in _lines(sent, "births", speak):
        kept, found = [b for b in was.births if _born(b) == text], births.parse(text)
        if kept:
            yield from kept
        elif found is not None:
            yield found
        else:
            fault = speak.gettext(
                "Line %(line)s: “%(text)s” is no date that can be read. "
                "Write 1962, 1962-03 or 1962-03-04.",
                line=line, text=text[:40],
            )  # fmt: skip
            sent.wrong("births", fault)


def _born(birth: Birth) -> str:
    """As `births.parse` reads it again, where it is of a day, a month, a year or whole years."""
    first, *later = births.written(birth)
    written = f"{first} to {later[-1]}" if later else first
    return f"circa {written}" if birth.approximate else written


def _countries(sent: Filled, was: Entity, speak: Translator) -> Iterator[str]:
    kept = {country(c, speak): c for c in was.countries}
    for line, text in _lines(sent, "countries", speak):
        found = kept.get(text) or countries.code(text)
        if found:
            yield found
        else:
            fault = speak.gettext(
                "Line %(line)s: the country “%(text)s” is not known. Write its name or its two letters.",
                line=line, text=text[:40],
            )  # fmt: skip
            sent.wrong("countries", fault)


def _addresses(sent: Filled, was: Entity, speak: Translator) -> Iterator[Address]:
    kept = {" ".join(a.text.split()): a for a in was.addresses}
    for _, text in _lines(sent, "addresses", speak):
        yield kept.get(text) or Address(text)


def _numbers(sent: Filled, was: Entity, speak: Translator) -> Iterator[Identifier]:
    kept = {country(i.country, speak): i.country for i in was.identifiers if i.country}
    for row in rows(sent):
        value, kind = sent.at_most(f"number-{row}", speak, 200), sent.text(f"kind-{row}")
        where = sent.text(f"where-{row}")
        if not value:
            continue
        code = kept.get(where) or (countries.code(where) if where else "")
        if where and not code:
            fault = speak.gettext("The country is not known. Write its name or its two letters.")
            sent.wrong(f"where-{row}", fault)
        elif kind not in set(IdentifierKind):
            sent.wrong(f"number-{row}", speak.gettext("Say what kind of number it is."))
        else:
            yield Identifier(IdentifierKind(kind), value, code)
