"""Which column of a file of customers holds what: guessed, shown to whoever imports, put right.

A column is called as `tabular` reads it: lower case, words joined by _.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from lionrock.errors import InvalidInput
from lionrock.screening.entities import IdentifierKind
from lionrock.screening.lists import fields
from lionrock.screening.registry.rows import CALLED, Row, read
from lionrock.screening.registry.tabular import Format, rows

IGNORE: Final = "ignore"
FIELDS: Final = (
    IGNORE, "reference", "type", "schema", "name", "chinese_name", "family_name", "given_name",
    "aliases", "birth_date", "gender", "countries", "address", *(k.value for k in IdentifierKind),
)  # fmt: skip
"""What a column may hold, as `rows` calls it."""
_NAMES: Final = frozenset({"name", "chinese_name", "family_name", "given_name"})
_AS_IN_LISTS: Final = {
    "id": "reference", "type": "schema", "alias": "aliases", "former_name": "aliases",
    "birth": "birth_date", "country": "countries",
}  # fmt: skip
"""Fields of a list's table that are called otherwise here."""
_HEADED: Final = 20
"""Rows that are looked at for columns: JSON has no header."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A file before it is taken: what each column is said to hold, and the first rows that this gives."""

    mapping: Mapping[str, str]
    rows: tuple[Row, ...]
    fault: str = ""
    """Why the mapping gives nobody."""


def look(
    file: BinaryIO, format: Format, chosen: Mapping[str, str] | None = None, most: int = 5
) -> Looked:
    """The file's columns as guessed, with what was `chosen` instead, and its first `most` rows.

    `file` is read from its beginning and left somewhere in it. `InvalidInput` for one that cannot be read.
    """
    file.seek(0)
    columns = dict.fromkeys(c for cells in islice(rows(file, format), _HEADED) for c in cells if c)
    guessed = guess(columns)
    mapping = {c: (chosen or {}).get(c, f) for c, f in guessed.items()}
    try:
        check(mapping)
    except InvalidInput as error:
        return Looked(mapping, (), error.detail)
    file.seek(0)
    found = islice(read(file, format, referenced=True, mapping=mapping), most)
    return Looked(mapping, tuple(found))


def guess(columns: Iterable[str]) -> dict[str, str]:
    """Each column with the field it seems to hold; of two for a reference or a kind the one that `rows`
    would take, or the first."""
    given = list(columns)
    known = {called: field for field, all_of in CALLED.items() for called in all_of}
    known |= {f: f for f in FIELDS}
    listed = fields.guess_mapping([c.replace("_", " ") for c in given])
    found: dict[str, str] = {}
    rank = {called: place for place, called in enumerate(known)}
    for column in sorted(given, key=lambda c: rank.get(c, len(rank))):
        said = listed[column.replace("_", " ")]
        field = known.get(column) or _AS_IN_LISTS.get(said, said)
        single = field in ("reference", "type", "schema") and field in found.values()
        found[column] = field if field in FIELDS and not single else IGNORE
    return {c: found[c] for c in given}


def check(mapping: Mapping[str, str]) -> None:
    """`InvalidInput` for a field that is none, and for a mapping to no reference or no name."""
    said = set(mapping.values())
    if not mapping:
        raise InvalidInput("There is no row in the file.")
    if not said <= set(FIELDS):
        raise InvalidInput("A column is said to hold something that a customer does not have.")
    if "reference" not in said:
        raise InvalidInput(
            "Say which column holds the reference: your own number for the customer."
        )
    if not said & _NAMES:
        raise InvalidInput("Say which column holds the name.")
