from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from uuid import UUID

from lionrock.kernel.audit.entries import Entry
from lionrock.kernel.audit.subjects import COLUMNS, as_csv

ENTRY = Entry(
    id=UUID(int=1),
    at=datetime(2026, 3, 4, tzinfo=UTC),
    event="document:version:add",
    actor_kind="member",
    position=7,
    erased=False,
    actor_id=UUID(int=2),
    subject_id=UUID(int=3),
    purpose="=cmd|'/c calc'!A0",
    details={"名": '客戶,"甲"', "bytes": 3},
)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_line_tells_who_what_when_and_where_its_proof_is() -> None:
    (row,) = rows(as_csv([ENTRY]))
    assert tuple(row) == COLUMNS
    assert row["time"] == "2026-03-04T00:00:00.000000Z"
    assert row["proof"] == "proofs/7.tlog-proof"
    assert row["details"] == '{"bytes": 3, "名": "客戶,\\"甲\\""}'


def test_an_erased_event_says_so() -> None:
    erased = ENTRY.model_copy(
        update={
            "erased": True,
            "actor_id": None,
            "purpose": None,
            "details": None,
            "position": None,
        }
    )
    (row,) = rows(as_csv([erased]))
    assert (row["purpose"], row["actor"], row["proof"]) == ("erased", "", "")


def test_no_cell_is_a_formula() -> None:
    (row,) = rows(as_csv([ENTRY]))
    assert row["purpose"] == "'=cmd|'/c calc'!A0"
