"""An examiner's export: who saw and decided what about one subject, each line with its proof."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from lionrock.kernel import tables
from lionrock.kernel.audit.archive import Source
from lionrock.kernel.audit.entries import Entry
from lionrock.kernel.audit.leaves import rfc3339

COLUMNS = (
    "time", "event", "actor kind", "actor", "subject", "purpose", "details", "event id", "position",
    "proof",
)  # fmt: skip
CSV, PDF = "subject.csv", "subject.pdf"
_WIDTHS = (10, 12, 6, 14, 14, 8, 22, 14, 5, 9)

Printer = Callable[
    [str, Sequence[str], Sequence[str], Sequence[int], Sequence[Sequence[str]]], bytes
]
"""Title, lines above the table, columns, their shares of the width, rows → PDF."""


def table(entries: Sequence[Entry]) -> list[list[str]]:
    """A row an event under `COLUMNS`; `proof` names the file that proves it."""
    return [
        [
            rfc3339(e.at), e.event, e.actor_kind, _text(e.actor_id), _text(e.subject_id),
            _text(e.purpose) if not e.erased else "erased",
            json.dumps(e.details, ensure_ascii=False, sort_keys=True) if e.details else "",
            str(e.id), _text(e.position), proof_name(e) if e.position is not None else "",
        ]
        for e in entries
    ]  # fmt: skip


def proof_name(entry: Entry) -> str:
    return f"proofs/{entry.position}.tlog-proof"


def as_csv(entries: Sequence[Entry]) -> bytes:
    """The same table for a spreadsheet."""
    return tables.as_csv(COLUMNS, table(entries))


def as_pdf(entries: Sequence[Entry], printer: Printer, subject: UUID, origin: str) -> bytes:
    """The same table to read on paper."""
    lines = [
        f"Subject {subject}",
        f"Log {origin}",
        f"{len(entries)} events. Times are UTC. The file named under proof shows that the line is in the log.",
    ]
    return printer(
        "Who saw and decided what · 誰看過，誰決定", lines, COLUMNS, _WIDTHS, table(entries)
    )


def unpack(source: Source, target: Path) -> int:
    """Keep an examiner's export: the CSV file as `target`, the PDF, proofs and keys beside it."""
    names = sorted(source.names())
    for name in names:
        path = target if name == CSV else target.parent / name
        path = target.with_suffix(".pdf") if name == PDF else path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.read(name))
    return sum(name.startswith("proofs/") for name in names)


def _text(value: object) -> str:
    return "" if value is None else str(value)
