"""Rows of a file as who is to be screened: which column says what.

Columns, of which a name or a Chinese name must be there: reference (or id, customer_id), type,
schema, name, chinese_name, aliases, family_name, given_name, birth_date, gender, countries
(nationality), address, and one for each kind of identifier (passport, hkid, ccc …). Several values
in a cell stand apart by ";". JSON may have lists. Of columns for one field all are read; of a
reference, type, schema or gender the first that has one, as `CALLED` has them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, BinaryIO, Final

from lionrock.errors import InvalidInput
from lionrock.screening import countries
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
from lionrock.screening.registry.coding import encoded
from lionrock.screening.registry.lists import TYPE
from lionrock.screening.registry.tabular import Cells, Format, rows

CALLED: Final = {
    "reference": ("reference", "customer_id", "id"),
    "type": ("type", "customer_type"),
    "schema": ("schema", "kind"),
    "name": ("name", "full_name", "english_name", "name_en"),
    "chinese_name": ("chinese_name", "name_zh", "name_chinese", "中文姓名", "中文名稱"),
    "aliases": ("aliases", "alias", "other_names"),
    "birth_date": ("birth_date", "date_of_birth", "dob", "birthdate"),
    "gender": ("gender", "sex"),
    "countries": ("countries", "country", "nationality", "nationalities", "jurisdiction"),
    "address": ("address", "addresses"),
}
_PARTS: Final = ("family_name", "given_name", *(k.value for k in IdentifierKind))
_COLUMNS: Final = {c: f for f, called in CALLED.items() for c in called} | {p: p for p in _PARTS}
"""Column to field, without a mapping."""
_GENDERS: Final = {"m": "male", "male": "male", "男": "male",
                   "f": "female", "female": "female", "女": "female"}  # fmt: skip
_MOST: Final = 2000
"""Characters of one value."""
_YMD: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DMY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Row:
    """A row, counted from 1 after the header. `fault` says why there is no entity."""

    number: int
    type: str = ""
    entity: Entity | None = None
    fault: str = ""


def read(
    file: BinaryIO, format: Format, *, referenced: bool = False,
    mapping: Mapping[str, str] | None = None,
) -> Iterator[Row]:  # fmt: skip
    """Rows of a file, a faulty one with what is wrong; `InvalidInput` where reading cannot go on.

    With `referenced` a row without a reference is faulty. `mapping` says of each column which field
    it holds; without it the columns are called as `CALLED` has them.
    """
    for number, given in enumerate(rows(file, format), 1):
        found = (
            mapping if mapping is not None else {c: f for c, f in _COLUMNS.items() if c in given}
        )
        cells = renamed(given, found)
        try:
            type = _one(cells, "type").lower()
            if not TYPE.fullmatch(type):
                raise InvalidInput("The type is not up to 40 of a-z, 0-9 and hyphen.")
            if referenced and not 0 < len(_one(cells, "reference")) <= 200:
                raise InvalidInput("There is no reference of 1 to 200 characters.")
            yield Row(number, type, entity_of(cells, number))
        except InvalidInput as error:
            yield Row(number, fault=error.detail)


def renamed(cells: Cells, mapping: Mapping[str, str]) -> dict[str, list[Any]]:
    """A row by field instead of by column; columns of one field after each other, as in `mapping`."""
    found: dict[str, list[Any]] = {}
    for column, field in mapping.items():
        if column in cells:
            value = cells[column]
            found.setdefault(field, []).extend(value if isinstance(value, list) else [value])
    return found


def entity_of(cells: Cells, number: int) -> Entity:
    """Who a row, by field, names; without a reference its id is the row's number."""
    names = tuple(_names(cells))
    if not names:
        raise InvalidInput("There is no name in it.")
    return Entity(
        id=_one(cells, "reference") or str(number),
        schema=_schema(_one(cells, "schema")),
        names=names,
        births=tuple(birth_of(b) for b in _all(cells, "birth_date")),
        gender=_gender(_one(cells, "gender")),
        countries=tuple(_country(c) for c in _all(cells, "countries")),
        identifiers=tuple(_identifiers(cells)),
        addresses=tuple(Address(a) for a in _all(cells, "address")),
    )


def _names(cells: Cells) -> Iterator[Name]:
    """Each once; the first is the name, the others are aliases unless they are its Chinese form."""
    given = [Name(n) for n in _all(cells, "name")]
    known = {_words(n.text) for n in given}
    given += [n for n in _joined(cells) if _words(n.text) not in known]
    given += [Name(n, language="zh") for n in _all(cells, "chinese_name")]
    given += [Name(n, NameKind.ALIAS) for n in _all(cells, "aliases")]
    seen: set[str] = set()
    for name in given:
        if name.text not in seen:
            yield replace(name, kind=NameKind.ALIAS) if seen and not name.language else name
        seen.add(name.text)


def _joined(cells: Cells) -> Iterator[Name]:
    """What family and given names make: of as many of either a name each, too."""
    families, givens = (_all(cells, k) for k in ("family_name", "given_name"))
    if len(families) == len(givens) > 1:
        for family, given in zip(families, givens, strict=True):
            yield Name(f"{family} {given}", family=family, given=given)
    family, given = " ".join(families), " ".join(givens)
    if family or given:
        yield Name(f"{family} {given}".strip(), family=family, given=given)


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(name.casefold().replace(",", " ").split()))


def _identifiers(cells: Cells) -> Iterator[Identifier]:
    for kind in IdentifierKind:
        for value in _all(cells, kind.value):
            yield Identifier(kind, value)


def birth_of(text: str) -> Birth:
    """YYYY, YYYY-MM, YYYY-MM-DD or, as in Hong Kong, DD/MM/YYYY."""
    parts: tuple[str | None, ...] = ()
    if found := _YMD.fullmatch(text):
        parts = found.groups()
    elif found := _DMY.fullmatch(text):
        parts = found.groups()[::-1]
    try:
        year, month, day = (int(p) if p else None for p in parts)
        assert year is not None
        first = date(year, month or 1, day or 1)
        if day:
            return Birth(first, first)
        end = month or 12
        return Birth(first, date(year, end, calendar.monthrange(year, end)[1]))
    except ValueError as error:
        raise InvalidInput(
            "The date of birth is none of YYYY, YYYY-MM, YYYY-MM-DD and DD/MM/YYYY."
        ) from error


def _schema(text: str) -> Schema:
    """Whoever is not said to be a person is not held against a company, nor the other way round."""
    if not text:
        return Schema.LEGAL_ENTITY
    by_name = {s.value.lower(): s for s in Schema}
    if text.lower() not in by_name:
        raise InvalidInput(f"The schema is none of {', '.join(s.value for s in Schema)}.")
    return by_name[text.lower()]


def _country(text: str) -> str:
    """What is no country must not stand against a match as another country would."""
    found = countries.given(text)
    if not found:
        raise InvalidInput("A country is none that is known: say its name or code (ISO 3166-1).")
    return found


def _gender(text: str) -> str:
    return _GENDERS.get(text.lower(), "")


def _one(cells: Cells, field: str) -> str:
    return next(iter(_all(cells, field)), "")


def _all(cells: Cells, field: str) -> list[str]:
    return _values(cells.get(field), split=field not in ("name", "reference", "address"))


def _values(value: Any, *, split: bool = True) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    if any(isinstance(p, Mapping | list) for p in parts):
        raise InvalidInput("A value is neither a text nor a list of texts.")
    texts = ["" if p is None else str(p) for p in parts]
    if split:
        texts = [t for text in texts for t in text.replace("；", ";").split(";")]
    found = [" ".join(t.split()) for t in texts if t.strip()]
    for text in found:
        encoded(text)
    if any(len(t) > _MOST for t in found):
        raise InvalidInput(f"A value is longer than {_MOST} characters.")
    return found
