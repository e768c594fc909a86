"""Each format's importer, opened on its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity
from lionrock.screening.lists import (
    eu,
    ftm_lines,
    mapping,
    ofac_advanced,
    ofac_csv,
    ofac_enhanced,
    ofac_files,
    tables,
    uk,
    un,
)
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.lists.mapping import is_workbook
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source, sources_at

Stream = Callable[[Report], Iterator[Entity]]
Opened = tuple[ListKind, tuple[Source, ...], date | None, Stream]

_XML = {
    ListKind.UN: (un.published, un.entities),
    ListKind.OFAC_ADVANCED: (ofac_advanced.published, ofac_advanced.entities),
    ListKind.OFAC_ENHANCED: (ofac_enhanced.published, ofac_enhanced.entities),
    ListKind.EU: (eu.published, eu.entities),
}


def opened(path: Path, kind: ListKind, columns: Mapping[str, str] | None) -> Opened:
    """Kind, files, day of publication (None if the files do not say) and the stream of entities."""
    if kind is ListKind.OFAC_CSV:
        files = ofac_files.files_at(path)
        return kind, files.all, None, lambda report: ofac_csv.entities(files, report)
    source = _only(path)
    if kind in _XML:
        published, entities = _XML[kind]
        return kind, (source,), published(source), lambda report: entities(source, report)
    if kind is ListKind.FTM:
        return kind, (source,), None, lambda report: ftm_lines.entities(source, report)
    if kind is ListKind.TABLE:
        return kind, (source,), None, lambda report: _table(path, source, columns, report)
    return (
        kind,
        (source,),
        uk.published(_rows(path, source)),
        lambda report: _uk(path, source, report),
    )


def _only(path: Path) -> Source:
    found = sources_at(path)
    if len(found) != 1:
        raise InvalidInput(f"{path.name} holds {len(found)} files: name the one to import.")
    return found[0]


def _rows(path: Path, source: Source, report: Report | None = None) -> mapping.Rows:
    return mapping.rows_of(path, None if is_workbook(source) else source, report)


def _table(
    path: Path, source: Source, columns: Mapping[str, str] | None, report: Report
) -> Iterator[Entity]:
    exact = not is_workbook(source)
    if exact and not tables.ends_with_line_break(source):
        report.notice(f"{source.name} does not end with a line break: check that it is whole.")
    rows = _rows(path, source, report)
    return mapping.entities(source.name, rows, columns, report, exact=exact)


def _uk(path: Path, source: Source, report: Report) -> Iterator[Entity]:
    exact = not is_workbook(source)
    if exact and not tables.ends_with_line_break(source):
        raise InvalidInput(
            f"{source.name} does not end with a line break, as the published file does: it is cut off."
            " Download it again."
        )
    return uk.entities(source.name, _rows(path, source, report), report, exact=exact)
