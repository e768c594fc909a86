"""The United Kingdom's lists, as CSV or ODS.

The UK Sanctions List (FCDO: https://www.gov.uk/government/publications/the-uk-sanctions-list) and OFSI's
consolidated list of targets, which was published beside it until January 2026. Both have a row for each
name or address of an entry, a first row with the date, and headers in the second. Name 1 to Name 5 are
given names, Name 6 is the family name or the whole name of a thing that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lionrock.errors import InvalidInput
from lionrock.screening import births, countries
from lionrock.screening.entities import (
    Address,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Relation,
    Schema,
)
from lionrock.screening.lists import building
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.uk_columns import Row, Rows, table

_MOST_ENTRIES = 200_000
_NUMBERED = re.compile(r"(?:^|\s)\(\d{1,2}\)\s+|;")
_LABELLED = re.compile(r"\(([^():]{2,60})\)\s*:")
_LANGUAGES = {
    "arabic": "ar", "chinese": "zh", "russian": "ru", "belarusian": "be", "ukrainian": "uk", "korean": "ko",
    "persian": "fa", "farsi": "fa", "burmese": "my", "serbian": "sr", "dari": "prs", "pashto": "ps",
    "hebrew": "he", "urdu": "ur", "japanese": "ja", "bengali": "bn", "georgian": "ka",
}  # fmt: skip


def published(rows: Rows) -> date | None:
    """From the row before the headers: "Last Updated,03/06/2026" or "Report Date: 24-Jun-2026"."""
    for _, row in rows:
        for cell in row:
            birth = births.parse(cell.removeprefix("Report Date:"))
            if birth is not None and birth.earliest == birth.latest:
                return birth.earliest
        break
    return None


def entities(name: str, rows: Rows, report: Report, *, exact: bool) -> Iterator[Entity]:
    """Rows with the same id make one entity; in the order in which the ids first stand.

    Raises `InvalidInput` for other headers, and, if `exact`, for a row of another width than theirs.
    """
    groups: dict[str, list[Row]] = {}
    for line, row in table(name, rows, exact=exact):
        key = row["id"] or row["group"]
        if not key:
            report.skip(f"{name}, row {line}", "it has no group id")
            continue
        groups.setdefault(key, []).append(row)
        if len(groups) > _MOST_ENTRIES:
            raise InvalidInput(f"{name} holds more than {_MOST_ENTRIES:,} entries.")
    for key, group in groups.items():
        found = _names(group)
        if found:
            yield _entity(key, found, group)
        else:
            report.skip(f"{name}, entry {key}", "it has no name")


def _entity(key: str, found: tuple[Name, ...], group: list[Row]) -> Entity:
    schema = _schema(group)
    details = [_details(row["other"]) for row in group]
    return Entity(
        id=key,
        schema=schema,
        names=found,
        births=unique(births.parse(text) for text in _values(group, "birth")),
        gender=next(
            filter(None, (building.gender(text) for text in _said(group, details, "gender"))), ""
        ),
        countries=building.codes(
            _values(group, "nationality")
            if schema is Schema.PERSON
            else _said(group, details, "flag", "current believed flag of ship")
        ),
        birth_places=unique(_birth_place(row) for row in group),
        identifiers=unique(_identifiers(group, details)),
        addresses=unique(_address(row) for row in group),
        programmes=unique(_values(group, "programme")),
        positions=unique(_values(group, "position")),
        relations=unique(
            Relation(kind, text)
            for kind, field, label in (
                ("Owner or operator", "owner", "current owner/operator"),
                ("Parent company", "parent", "parent company"),
                ("Subsidiary", "subsidiaries", "subsidiaries"),
            )
            for text in _said(group, details, field, label)
        ),
        listed_on=next(filter(None, (_day(row["listed"]) for row in group)), None),
        notes="\n".join(
            unique(clean(row[field]) for row in group for field in ("other", "reasons"))
        ),
    )


def _schema(group: list[Row]) -> Schema:
    kind = group[0]["type"].casefold()
    return building.SCHEMAS.get(kind, Schema.LEGAL_ENTITY)


def _names(group: list[Row]) -> tuple[Name, ...]:
    person = _schema(group) is Schema.PERSON
    found = [name for row in group for name in _row_names(row, person)]
    found.sort(key=lambda name: name.kind is not NameKind.PRIMARY)
    return building.names(found)


def _row_names(row: Row, person: bool) -> Iterator[Name]:
    given = clean(" ".join(row[f"name{n}"] for n in range(1, 6)))
    family = clean(row["name6"])
    kind = _kind(row)
    parts = (family, given) if person and given and family else ("", "")
    for text in building.by_script(clean(f"{given} {family}")):
        yield Name(text, kind, *(parts if text.endswith(family) else ("", "")))
    for text in _split(row["nonlatin"]):
        yield Name(text, kind, language=_LANGUAGES.get(row["language"].casefold(), ""))


def _kind(row: Row) -> NameKind:
    kind, quality = row["nametype"].casefold(), row["quality"].casefold()
    if quality.startswith("low"):
        return NameKind.WEAK
    if kind.startswith(("fka", "f.k.a", "formerly")):
        return NameKind.FORMER
    return NameKind.PRIMARY if kind in ("primary name", "") else NameKind.ALIAS


def _birth_place(row: Row) -> str:
    return ", ".join(filter(None, (clean(row["town"]), clean(row["birthcountry"]))))


def _identifiers(group: list[Row], details: list[dict[str, str]]) -> Iterator[Identifier | None]:
    for row in group:
        for text in _split(row["passport"]):
            yield building.identifier("Passport", text)
        for text in _split(row["national"]):
            details_of = row["nationaldetails"]
            where = countries.code(details_of)
            yield building.identifier(f"National identification {details_of}", text, where)
    for text in _said(group, details, "registration", "business registration number"):
        yield Identifier(IdentifierKind.REGISTRATION, text)
    for text in _said(group, details, "imo", "imo number"):
        yield building.identifier("IMO", text)


def _address(row: Row) -> Address | None:
    parts = (*(row[f"address{n}"] for n in range(1, 7)), row["postcode"], row["country"])
    text = ", ".join(filter(None, map(clean, parts)))
    return Address(text, countries.code(row["country"])) if text else None


def _details(text: str) -> dict[str, str]:
    """OFSI's other information: "(IMO number):9000001 (Gender):Male" by label in lower case."""
    parts = _LABELLED.split(text)
    return {
        label.casefold(): clean(value)
        for label, value in zip(parts[1::2], parts[2::2], strict=True)
    }


def _said(
    group: list[Row], details: list[dict[str, str]], field: str, label: str = ""
) -> tuple[str, ...]:
    texts = [each.get(label or field, "") for each in details]
    return unique((*_values(group, field), *(part for text in texts for part in _split(text))))


def _values(group: list[Row], field: str) -> tuple[str, ...]:
    return unique(part for row in group for part in _split(row[field]))


def _split(text: str) -> list[str]:
    """ "(1) A (2) B" and "A; B" are two."""
    return [part for part in map(clean, _NUMBERED.split(text)) if part]


def _day(text: str) -> date | None:
    birth = births.parse(text)
    return birth.earliest if birth is not None else None
