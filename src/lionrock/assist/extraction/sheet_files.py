"""What was extracted as a workbook or CSV: a row a document, and the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lionrock.assist.extraction.asked import Field
from lionrock.assist.extraction.kinds import Kind
from lionrock.assist.extraction.schemas import Extracted, Filled, Read
from lionrock.kernel.tables import as_csv, as_xlsx

_MORE = {
    Kind.AMOUNT: ("currency",), Kind.NAME: ("Latin", "Chinese"), Kind.HKID: ("check digit",),
}  # fmt: skip
_EXACT: Final = 15
"""Figures that a floating-point number keeps."""


def written(result: Extracted, format: str) -> bytes:
    """XLSX with a sheet of values and one of findings; CSV with the values alone."""
    header = ["document", *(name for field in result.fields for name in _columns(field))]
    rows = [[read.document, *_cells(result.fields, read)] for read in result.documents]
    if format == "csv":
        return as_csv(header, rows)
    return as_xlsx([("Values", [header, *rows]), ("Findings", _findings(result))])


def _columns(field: Field) -> list[str]:
    more = ("value", "normalised", *_MORE.get(field.kind, ()), "page", "confidence", "found")
    return [f"{field.name}: {name}" for name in more]


def _cells(fields: Sequence[Field], read: Read) -> Iterator[object]:
    for field, filled in zip(fields, read.filled, strict=True):
        yield from _of(field, filled)


def _of(field: Field, filled: Filled) -> list[object]:
    best = filled.best
    if best is None:
        return [""] * len(_columns(field))
    normal = best.normal
    more: dict[Kind, tuple[object, ...]] = {}
    if normal is not None:
        valid = (
            {True: "right", False: "wrong"}.get(normal.valid, "")
            if normal.valid is not None
            else ""
        )
        more = {
            Kind.AMOUNT: (normal.unit,),
            Kind.NAME: (normal.latin, normal.han),
            Kind.HKID: (valid,),
        }
    blank = ("",) * len(_MORE.get(field.kind, ()))
    told = _figure(field.kind, normal.text) if normal else ""
    kept = more.get(field.kind, blank)
    return [best.written, told, *kept, best.citation.page, best.sure.value, best.how.value]


def _figure(kind: Kind, text: str) -> object:
    """A number for a spreadsheet to reckon with, where it holds it to the last figure."""
    if kind in (Kind.AMOUNT, Kind.NUMBER, Kind.INTEGER) and len(text) <= _EXACT:
        return float(text) if "." in text else int(text)
    return text


def _findings(result: Extracted) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [("finding", "field", "value", "document", "page")]
    for finding in result.findings:
        for claim in finding.claims:
            cited = claim.citation
            rows.append((finding.fault.told, finding.field, claim.told, cited.document, cited.page))
    return rows
