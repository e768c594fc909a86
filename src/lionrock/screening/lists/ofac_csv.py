"""OFAC's legacy CSV files: primary entries, aliases, addresses and the spill-over of remarks.

Layout: OFAC, "SDN List data specification", sdn.csv / alt.csv / add.csv / sdn_comments.csv, and the same
for the consolidated list, cons_prim.csv and so on. No header row; "-0-" is null; the last byte is 0x1A.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lionrock.errors import InvalidInput
from lionrock.screening import countries
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
from lionrock.screening.lists import building, ofac_remarks, tables
from lionrock.screening.lists.ofac_terms import is_no_country
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source

END_MARK = b"\x1a"
PRIMARY_COLUMNS = 12
_REMARKS = 1000
"""Characters of the field of remarks; what is longer goes on in the file of comments."""
_COLUMNS = {"aliases": 5, "addresses": 6, "comments": 2}
_MOST_BYTES = 256 * 2**20
"""Of the files that are held in memory while the primary one is read; they are 2 MB today."""
_KINDS = {"aka": NameKind.ALIAS, "fka": NameKind.FORMER, "nka": NameKind.ALIAS}

Rows = dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Files:
    primary: Source
    aliases: Source
    addresses: Source | None = None
    comments: Source | None = None

    @property
    def all(self) -> tuple[Source, ...]:
        found = (self.primary, self.aliases, self.addresses, self.comments)
        return tuple(source for source in found if source is not None)


def entities(files: Files, report: Report) -> Iterator[Entity]:
    """Each primary entry with its aliases and addresses; the id is OFAC's number.

    Raises `InvalidInput` for a file without its end mark, a row with the wrong number of cells, an alias,
    address or comment whose primary entry is missing: each means that a part is cut off.
    """
    if files.addresses is None:
        report.notice(f"{files.primary.name} came without its file of addresses.")
    aliases = _grouped(files.aliases, _COLUMNS["aliases"])
    addresses = _grouped(files.addresses, _COLUMNS["addresses"])
    comments = _grouped(files.comments, _COLUMNS["comments"])
    cut = 0
    for line, row in _rows(files.primary, PRIMARY_COLUMNS):
        number = row[0]
        cut += len(row[-1]) >= _REMARKS and number not in comments
        entity = _entity(
            row, aliases.pop(number, []), addresses.pop(number, []), comments.pop(number, [])
        )
        if number and entity.names:
            yield entity
        else:
            report.skip(f"{files.primary.name}, line {line}", "it has no number or no name")
    if cut:
        report.notice(
            f"{files.primary.name}: the remarks of {cut:,} {'entry fill' if cut == 1 else 'entries fill'}"
            " the field to its end, and no file of comments (sdn_comments.csv) has more of them: numbers"
            " and names may be missing."
        )
    for orphans, source in (
        (aliases, files.aliases), (addresses, files.addresses), (comments, files.comments)
    ):  # fmt: skip
        if orphans and source is not None:
            raise InvalidInput(
                f"{source.name} has rows for entry {next(iter(orphans))[:20]}, which is not in"
                f" {files.primary.name}: the files are not of one day, or one is cut off."
            )


def _rows(source: Source, columns: int) -> Iterator[tuple[int, list[str]]]:
    """Rows with nulls as empty text, checked to be whole."""
    if not source.tail(16).rstrip(b"\r\n").endswith(END_MARK):
        raise InvalidInput(
            f"{source.name} does not end with the mark (0x1A) that OFAC's files end with: it is cut off"
            " or was saved by another program. Download it again."
        )
    encoding, ended = tables.encoding_of(source), False
    for line, row in tables.rows(source, "utf-8" if encoding.startswith("utf-8") else "cp1252"):
        if ended:
            raise InvalidInput(
                f"{source.name}, line {line}: a row stands after the mark (0x1A) that ends OFAC's files."
                " The file is damaged or joined of several; nothing of it is used."
            )
        if row == [END_MARK.decode()]:
            ended = True
            continue
        if len(row) != columns:
            raise InvalidInput(
                f"{source.name}, line {line}: {len(row)} cells where OFAC's layout has {columns}."
                " The file is damaged; nothing of it is used."
            )
        yield (
            line,
            ["" if cell.strip() == "-0-" else cell.strip() for cell in row[:-1]]
            + [
                "" if row[-1].strip() == "-0-" else row[-1]  # text, which may go on where it ends
            ],
        )


def _grouped(source: Source | None, columns: int) -> Rows:
    grouped: Rows = defaultdict(list)
    size = 0
    for _, row in _rows(source, columns) if source is not None else ():
        size += sum(map(len, row))
        if size > _MOST_BYTES:
            raise InvalidInput(f"{source and source.name}: more than {_MOST_BYTES // 2**20} MB.")
        grouped[row[0]].append(row)
    return grouped


def _entity(
    row: list[str], aliases: list[list[str]], addresses: list[list[str]], comments: list[list[str]]
) -> Entity:
    number, name, kind, programmes, title, call_sign, vessel, _, _, flag, owner, text = row
    # The spill-over goes on in the middle of a word.
    text = (text + "".join(comment[1] for comment in comments)).strip()
    schema = building.SCHEMAS.get(kind.casefold(), Schema.ORGANIZATION)
    person = schema is Schema.PERSON
    remarks = ofac_remarks.parse(text)
    found = [named(name, NameKind.PRIMARY, person)]
    found += [named(each[3], _KINDS.get(each[2], NameKind.ALIAS), person) for each in aliases]
    found += [named(each, kind, person) for kind, each in remarks.names]
    sign = Identifier(IdentifierKind.CALL_SIGN, call_sign) if call_sign else None
    return Entity(
        id=number,
        schema=schema,
        names=building.names(found),
        births=building.unique(remarks.births),
        gender=remarks.gender,
        countries=building.unique((country(flag), *remarks.countries)),
        birth_places=building.unique(remarks.birth_places),
        identifiers=building.unique((sign, *remarks.identifiers)),
        addresses=building.unique(map(_address, addresses)),
        programmes=building.unique(part.strip(" []") for part in programmes.split("] [")),
        positions=building.unique(
            (*map(building.clean, title.split(";")), *(remarks.positions if person else ()))
        ),
        relations=building.unique(
            (Relation("Vessel owner", owner) if owner else None, *remarks.relations)
        ),
        notes="\n".join(filter(None, (f"Vessel type: {vessel}" if vessel else "", text))),
    )


def named(text: str, kind: NameKind, person: bool) -> Name:
    """ "FAMILY, Given" of a person is taken apart; the text stays as OFAC wrote it."""
    text = building.clean(text)
    family, comma, given = text.partition(",")
    if not (person and comma and given.strip()):
        return Name(text, kind)
    return Name(text, kind, family=family.strip(), given=given.strip())


def country(text: str) -> str:
    return "" if is_no_country(text) else countries.code(text)


def _address(row: list[str]) -> Address | None:
    _, _, street, city, where, remarks = row
    text = ", ".join(filter(None, (street, city, "" if is_no_country(where) else where)))
    text = f"{text} ({remarks.strip()})" if text and remarks else text
    return Address(text, country(where)) if text else None
