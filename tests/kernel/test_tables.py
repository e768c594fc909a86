from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.tables import as_csv, as_xlsx, harmless

SIGNS = {"=", "+", "-", "@"}


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+852", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "\u200b=1"],
)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_a_sign_alone_begins_nothing() -> None:
    assert [harmless(sign) for sign in sorted(SIGNS)] == sorted(SIGNS)


def test_a_workbook_holds_numbers_and_texts_and_no_formula() -> None:
    rows = [["=1+1", 5, "-", None], ["\x01a", -0.5]]
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx([("p1 t1", rows), ("p2 t1", [])])))
    assert book.sheetnames == ["p1 t1", "p2 t1"]
    cells = [[(c.value, c.data_type) for c in line] for line in book["p1 t1"].iter_rows()]
    assert cells[0][:3] == [("'=1+1", "s"), (5, "n"), ("-", "s")]
    assert cells[1][:2] == [("a", "s"), (-0.5, "n")]


def test_other_text_stays_as_it_is() -> None:
    assert harmless("核數 2026 = 3") == "核數 2026 = 3"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_what_is_written_is_read_back_but_for_the_apostrophe(cells: list[str]) -> None:
    data = as_csv(["n"] * len(cells), [cells]).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(data, newline="")))[1]
    assert [c.removeprefix("'") for c in row] == [c.removeprefix("'") for c in cells]
    assert not any(c.lstrip()[:1] in SIGNS and c not in SIGNS for c in row)


def test_numbers_stay_numbers() -> None:
    assert (harmless(-5), harmless(None), harmless(0.5)) == ("-5", "", "0.5")
