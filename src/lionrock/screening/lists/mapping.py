"""Lists of an institution's own, names from the Gazette, any table: by a mapping of its columns.

columns = headers(path)
mapping = guess_mapping(columns)        # shown to the user, who corrects it
preview(path, mapping, 5)               # the entities it gives
reading.read(path, ListKind.TABLE, mapping)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.kernel import hkid
from lionrock.screening import births, countries
from lionrock.screening.entities import Address, Entity, Identifier, Name, NameKind, Schema
from lionrock.screening.lists import building, tables, workbooks
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.fields import IDENTIFIERS, Field, guess_mapping
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source, sources_at

__all__ = ["Field", "entities", "guess_mapping", "headers", "preview", "rows_of"]

Rows = Iterator[tuple[int, list[str]]]
_MOST_PREAMBLE = 10
_SEPARATORS = re.compile(r"[;；\n]")
_TYPES = {
    **building.SCHEMAS,
    "p": Schema.PERSON, "i": Schema.PERSON, "personal": Schema.PERSON, "natural person": Schema.PERSON,
    "個人": Schema.PERSON, "个人": Schema.PERSON, "自然人": Schema.PERSON, "人士": Schema.PERSON,
    "company": Schema.COMPANY, "corporate": Schema.COMPANY, "corporation": Schema.COMPANY, "c": Schema.COMPANY,
    "business": Schema.COMPANY, "公司": Schema.COMPANY, "企業": Schema.COMPANY, "企业": Schema.COMPANY,
    "法人": Schema.COMPANY, "organisation": Schema.ORGANIZATION, "organization": Schema.ORGANIZATION,
    "e": Schema.ORGANIZATION, "實體": Schema.ORGANIZATION, "实体": Schema.ORGANIZATION,
    "機構": Schema.ORGANIZATION, "机构": Schema.ORGANIZATION, "團體": Schema.ORGANIZATION,
    "legalentity": Schema.LEGAL_ENTITY, "船": Schema.VESSEL, "船隻": Schema.VESSEL, "船只": Schema.VESSEL,
    "飛機": Schema.AIRPLANE, "airplane": Schema.AIRPLANE,
}  # fmt: skip


def headers(path: Path) -> list[str]:
    """The headers of a CSV, XLSX or ODS, in order; the second "Name" is "Name (2)"."""
    return _table(path.name, rows_of(path))[0]


def preview(path: Path, mapping: Mapping[str, str], n: int = 5) -> list[Entity]:
    """The first `n` entities that the mapping gives. Raises `InvalidInput` for a mapping that names no name."""
    exact = not is_workbook(sources_at(path)[0])
    return list(islice(entities(path.name, rows_of(path), mapping, Report(), exact=exact), n))


def is_workbook(source: Source) -> bool:
    return source.head(4) == b"PK\3\4"


def rows_of(path: Path, source: Source | None = None, report: Report | None = None) -> Rows:
    """Line number and cells of a CSV or of a workbook's first sheet; `report` is told what was guessed or
    not read."""
    if source is None:
        source = sources_at(path)[0]
        if is_workbook(source):
            return workbooks.rows(path, report)
    encoding = tables.encoding_of(source)
    if report is not None and tables.is_guessed(source, encoding):
        report.notice(
            f"{source.name} is not UTF-8 and names no encoding: by its characters it is read as"
            f" {encoding}. Check the names in it that are not English letters."
        )
    return tables.rows(source, encoding, tables.delimiter_of(source, encoding))


def entities(
    name: str, rows: Rows, mapping: Mapping[str, str] | None, report: Report, *, exact: bool
) -> Iterator[Entity]:
    """An entity a row. Without a column for the id, it is a hash of name, birth and numbers.

    `exact`: every row has as many cells as the headers, as all but a workbook's have.

    Raises `InvalidInput` for a mapping of columns that are not there, to fields that are none, or to no name.
    """
    columns, found = _table(name, rows)
    fields = _checked(name, columns, guess_mapping(columns) if mapping is None else mapping)
    repeats: dict[str, int] = {}
    for line, cells in found:
        if exact and len(cells) != len(columns):
            raise InvalidInput(
                f"{name}, line {line}: {len(cells)} cells where the headers have {len(columns)}. The file"
                " is cut off, or a cell with a delimiter in it stands without quotes."
            )
        values = _values(fields, cells)
        entity = _entity(values, line, report)
        if entity is None:
            report.skip(f"{name}, line {line}", "it has no name")
            continue
        if not values.get(Field.ID):
            repeats[entity.id] = repeats.get(entity.id, 0) + 1
            if repeats[entity.id] > 1:
                report.skip(f"{name}, line {line}", "it repeats an earlier line")
                continue
        yield entity


def _table(name: str, rows: Rows) -> tuple[list[str], Rows]:
    """The headers, which are the row that guesses best among the first ones, and the rows below."""
    start = list(islice(rows, _MOST_PREAMBLE))
    if not start:
        raise InvalidInput(f"{name} has no rows.")
    known = [
        sum(field != Field.IGNORE for field in guess_mapping(cells).values()) for _, cells in start
    ]
    best = known.index(max(known))
    columns: list[str] = []
    for cell in map(clean, start[best][1]):
        count = 2
        header = cell or f"Column {len(columns) + 1}"
        while header in columns:
            header, count = f"{cell} ({count})", count + 1
        columns.append(header)
    return columns, (row for part in (start[best + 1 :], rows) for row in part)


def _checked(name: str, columns: list[str], mapping: Mapping[str, str]) -> list[Field]:
    missing = [header for header in mapping if header not in columns]
    unknown = [field for field in mapping.values() if field not in set(Field)]
    if missing or unknown:
        raise InvalidInput(
            f"{name}: the mapping names {'the column' if missing else 'the field'}"
            f" “{(missing or unknown)[0][:60]}”, which is not there. Columns: {', '.join(columns)[:300]}."
            f" Fields: {', '.join(Field)}."
        )
    fields = [Field(mapping.get(header, Field.IGNORE)) for header in columns]
    if not {Field.NAME, Field.CHINESE_NAME, Field.FAMILY_NAME} & set(fields):
        raise InvalidInput(
            f"{name}: no column is mapped to a name. Map one of {', '.join(columns)[:300]} to “name”."
        )
    return fields


def _values(fields: list[Field], cells: list[str]) -> dict[Field, list[str]]:
    values: dict[Field, list[str]] = {}
    for field, cell in zip(fields, cells, strict=False):
        text = cell.strip()
        if text and field is not Field.IGNORE:
            values.setdefault(field, []).append(text)
    return values


def _entity(values: dict[Field, list[str]], line: int, report: Report) -> Entity | None:
    names = building.names(_names(values))
    if not names:
        return None
    found = [births.parse(text) for text in _split(values, Field.BIRTH)]
    if None in found:
        report.notice(f"Line {line}: a date of birth was not understood and is left out.")
    numbers = unique(_identifiers(values))
    listed = births.parse(next(iter(values.get(Field.LISTED_ON, [])), ""))
    key = "\n".join((*(name.text for name in names), *map(str, found), *(i.value for i in numbers)))
    return Entity(
        id=_first(values, Field.ID) or hashlib.sha256(key.encode()).hexdigest()[:20],
        schema=_schema(values),
        names=names,
        births=unique(found),
        gender=building.gender(_first(values, Field.GENDER)),
        countries=building.codes(re.split(r"[;；,，/\n]", ";".join(values.get(Field.COUNTRY, [])))),
        birth_places=tuple(map(clean, values.get(Field.BIRTH_PLACE, []))),
        identifiers=numbers,
        addresses=unique(
            Address(clean(text), countries.code(text.rpartition(",")[2]))
            for text in values.get(Field.ADDRESS, [])
        ),
        programmes=_split(values, Field.PROGRAMME),
        positions=_split(values, Field.POSITION),
        listed_on=listed.earliest if listed and listed.earliest == listed.latest else None,
        notes="\n".join(values.get(Field.NOTES, [])),
    )


def _schema(values: dict[Field, list[str]]) -> Schema:
    stated = _first(values, Field.TYPE).casefold()
    if stated in _TYPES:
        return _TYPES[stated]
    if {Field.BIRTH, Field.GENDER, Field.HKID, Field.CCC, Field.GIVEN_NAME} & values.keys():
        return Schema.PERSON
    if Field.IMO in values:
        return Schema.VESSEL
    return (
        Schema.COMPANY if {Field.REGISTRATION, Field.LEI} & values.keys() else Schema.LEGAL_ENTITY
    )


def _names(values: dict[Field, list[str]]) -> Iterable[Name]:
    family, given = _first(values, Field.FAMILY_NAME), _first(values, Field.GIVEN_NAME)
    for text in values.get(Field.NAME, []):
        yield from (Name(part) for part in building.by_script(clean(text)))
    if family or given:
        yield Name(clean(f"{family} {given}"), family=clean(family), given=clean(given))
    for text in values.get(Field.CHINESE_NAME, []):
        yield Name(clean(text), language="zh")
    for field, kind in ((Field.ALIAS, NameKind.ALIAS), (Field.FORMER_NAME, NameKind.FORMER)):
        for text in _split(values, field):
            yield from (Name(part, kind) for part in building.by_script(text))


def _identifiers(values: dict[Field, list[str]]) -> Iterable[Identifier | None]:
    for field, kind in IDENTIFIERS.items():
        for text in _split(values, field):
            yield Identifier(kind, hkid.normalised(text) or text if field is Field.HKID else text,
                             "hk" if field is Field.HKID else "")  # fmt: skip


def _first(values: dict[Field, list[str]], field: Field) -> str:
    return next(iter(values.get(field, [])), "")


def _split(values: dict[Field, list[str]], field: Field) -> tuple[str, ...]:
    return unique(clean(part) for text in values.get(field, []) for part in _SEPARATORS.split(text))
