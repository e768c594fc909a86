"""Attack 29: a cell that a spreadsheet computes when an export is opened."""

from __future__ import annotations

import csv
import io

import pytest
from aiohttp import ClientSession

from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.subjects import CSV
from lionrock.kernel.tables import harmless
from tests.attacks.taken_apart import missing
from tests.matrix.world import World

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "=HYPERLINK(\"http://evil.example\",\"x\")",
    "\t=1", "\r=1", "\n=1", "＝1+1", "=IMPORTXML(\"http://evil.example\",\"//a\")",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_never_begins_as_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"


async def test_an_examiners_export_computes_nothing(world: World, client: ClientSession) -> None:
    address = f"/v1/audit/subjects/{world.ours.document}/export"
    async with client.get(address) as response:
        assert response.headers["Content-Disposition"].startswith("attachment;")
        tar = Tar(io.BytesIO(await response.read()))
    rows = list(csv.reader(io.StringIO(tar.read(CSV).decode("utf-8-sig"))))
    assert len(rows) > 1
    assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_cells_are_taken_apart_in_their_room() -> None:
    assert missing("kernel/test_tables", "no_cell_begins_as_a_formula") == []
    assert missing("kernel/audit/test_subjects", "no_cell_is_a_formula") == []
