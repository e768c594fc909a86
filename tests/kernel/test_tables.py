from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.tables import as_csv, harmless


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+852", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋1", "\u200b=1"],
)
def test_no_cell_begins_as_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_other_text_stays_as_it_is() -> None:
    assert harmless("核數 2026 = 3") == "核數 2026 = 3"


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_what_is_written_is_read_back_but_for_the_apostrophe(cells: list[str]) -> None:
    data = as_csv(["n"] * len(cells), [cells]).decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(data, newline="")))[1]
    assert [c.removeprefix("'") for c in row] == [c.removeprefix("'") for c in cells]
    assert not any(c.lstrip()[:1] in {"=", "+", "-", "@"} for c in row)


def test_numbers_stay_numbers() -> None:
    assert (harmless(-5), harmless(None), harmless(0.5)) == ("-5", "", "0.5")
