"""Results of a search as a file: CSV, XLSX or JSON, headed by what was asked, when, by whom, of what.

Cells that a spreadsheet would take for a formula are told apart by `kernel.tables`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

from lionrock.kernel.privacy.clock import HONG_KONG
from lionrock.kernel.tables import XLSX, as_csv, as_xlsx
from lionrock.search.service import Hit

Format = Literal["csv", "xlsx", "json"]
MEDIA: Final[dict[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "json": "application/json",
}
_COLUMNS: Final = (
    "place", "document", "page", "heading", "number", "language", "passage", "score", "words share",
    "meaning", "words", "figures", "reranker", "in force", "document id", "version id", "passage id",
)  # fmt: skip


def written(format: Format, head: Sequence[tuple[str, str]], hits: Sequence[Hit]) -> bytes:
    """`head`: what the file says of itself, as names and values."""
    if format == "json":
        return _json(head, hits)
    rows: list[Sequence[object]] = [*head, (), _COLUMNS, *_rows(hits)]
    return as_csv(rows[0], rows[1:]) if format == "csv" else as_xlsx([("Results", rows)])


def moment(at: datetime) -> str:
    return at.astimezone(HONG_KONG).isoformat(timespec="seconds")


def first_page(hit: Hit) -> int | None:
    return hit.passage.slices[0][0] if hit.passage.slices else None


def _rows(hits: Sequence[Hit]) -> Iterator[list[object]]:
    for place, hit in enumerate(hits, 1):
        p = hit.passage
        yield [
            place, p.document, first_page(hit), p.heading, p.number, p.language, p.text, hit.score,
            hit.lexical, hit.meaning, " ".join(hit.words), " ".join(hit.figures), hit.reranked,
            p.held.notice or "in force", str(p.document_id), str(p.version_id), str(p.id),
        ]  # fmt: skip


def _json(head: Sequence[tuple[str, str]], hits: Sequence[Hit]) -> bytes:
    told = {"about": dict(head), "hits": [hit.model_dump(mode="json") for hit in hits]}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
