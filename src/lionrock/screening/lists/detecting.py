"""Which format a file is of, by what is in it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.screening.lists import eu, ofac_advanced, ofac_enhanced, tables, un, workbooks, xml
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.lists.ofac_csv import PRIMARY_COLUMNS
from lionrock.screening.lists.ofac_files import is_primary
from lionrock.screening.lists.sources import Source, is_archive, sources_at
from lionrock.screening.lists.uk_columns import Rows, is_header

_ROOTS = {
    un.ROOT: ListKind.UN,
    ofac_advanced.ROOT: ListKind.OFAC_ADVANCED,
    ofac_enhanced.ROOT: ListKind.OFAC_ENHANCED,
    eu.ROOT: ListKind.EU,
}
_MOST_ROWS = 6


def detect(path: Path) -> ListKind:
    """Raises `InvalidInput` for a folder or zip with several lists, and for XML of no format known."""
    found = sources_at(path)
    if path.is_dir() or is_archive(path):
        if any(
            is_primary(source.name) and source.name.casefold().endswith(".csv") for source in found
        ):
            return ListKind.OFAC_CSV
        if len(found) != 1:
            raise InvalidInput(f"{path.name} holds {len(found)} files: name the one to import.")
    elif found[0].head(4) == b"PK\3\4":
        return _uk(workbooks.rows(path)) or ListKind.TABLE
    return _by_head(found[0])


def _by_head(source: Source) -> ListKind:
    start = source.head().lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if start.startswith(b"<"):
        return _xml(source)
    if start.startswith(b"{"):
        return ListKind.FTM
    if not start:
        raise InvalidInput(f"{source.name} is empty.")
    rows = tables.rows(source, tables.encoding_of(source))
    return _uk(rows) or (ListKind.OFAC_CSV if _is_ofac(source) else ListKind.TABLE)


def _xml(source: Source) -> ListKind:
    root = xml.root_of(source)
    kind = _ROOTS.get(xml.local(root))
    if kind is None:
        raise InvalidInput(
            f"{source.name} is XML with the root <{xml.local(root)[:60]}>: known are"
            f" {', '.join(f'<{name}>' for name in _ROOTS)} (UN, OFAC ADVANCED and ENHANCED, EU)."
        )
    return kind


def _uk(rows: Rows) -> ListKind | None:
    for _, cells in islice(rows, _MOST_ROWS):
        key = is_header(cells)
        if key:
            return ListKind.UK_LIST if key == "id" else ListKind.UK_CONLIST
    return None


def _is_ofac(source: Source) -> bool:
    encoding = tables.encoding_of(source)
    _, row = next(tables.rows(source, encoding), (0, []))
    return len(row) == PRIMARY_COLUMNS and row[0].isdecimal() and any("-0-" in cell for cell in row)
