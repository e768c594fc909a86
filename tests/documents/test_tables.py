"""Tables of a page out of its rows: columns, heads, what belongs to a figure, what parts two tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsed import ParsedPage, Run
from lionrock.documents.tables import MOST_CELLS, Table, is_figure, tables_on

Line = Sequence[tuple[str, float]]
"""Pieces of text and where each begins; a hundredth of the page a letter."""
_HIGH = 0.02


def laid_out(
    lines: Sequence[Line], *, gaps: Sequence[int] = (), large: Sequence[int] = ()
) -> ParsedPage:
    """A page of lines one under the other; before those of `gaps` there is room for ten, those of `large`
    are half as high again."""
    text, runs, top = "", [], 0.0
    for number, line in enumerate(lines):
        text += "\n" if number else ""
        top += _HIGH * (10 if number in gaps else 1)
        for place, (words, x) in enumerate(line):
            text += "  " if place else ""
            xs = tuple(x + i / 100 for i in range(len(words) + 1))
            foot = top + _HIGH * (1.2 if number in large else 0.8)
            runs.append(Run(len(text), len(text) + len(words), top, foot, xs))
            text += words
    return ParsedPage(1, 595, 842, text, runs)


def tables(
    lines: Sequence[Line], *, text: Sequence[int] = (), **more: Sequence[int]
) -> list[Table]:
    """Its tables; the lines of `text` are no rows."""
    page = laid_out(lines, **more)
    at, rows = 0, []
    for number, words in enumerate(page.text.split("\n")):
        if number not in text:
            rows.append((at, at + len(words)))
        at += len(words) + 1
    return tables_on(page, rows)


FEES: Sequence[Line] = (
    [("Card", 0.0), ("Annual fee", 0.3), ("Rate", 0.6)],
    [("Gold", 0.0), ("HK$ 480", 0.33), ("31%", 0.6)],
    [("Platinum", 0.0), ("30%", 0.6)],
)


def test_a_cell_stands_in_the_column_it_stands_under() -> None:
    (table,) = tables(FEES)
    assert table.grid() == [
        ["Card", "Annual fee", "Rate"], ["Gold", "HK$ 480", "31%"], ["Platinum", "", "30%"],
    ]  # fmt: skip


def test_a_cell_knows_its_heading_and_its_place() -> None:
    page = laid_out(FEES)
    (table,) = tables(FEES)
    rate = table.row(2)[-1]
    assert rate.heading == "Rate" and page.text[rate.start : rate.end] == "30%"
    assert (rate.box.x0, rate.box.y0) == (0.6, 0.06)
    assert [cell.heading for cell in table.row(0)] == ["", "", ""]


def test_a_heading_over_two_columns_spans_them() -> None:
    lines = ([("Year ended", 0.42)], [("HK$m", 0.0), ("2025", 0.4), ("2024", 0.5)],
             [("Cash", 0.0), ("12", 0.4), ("9", 0.5)])  # fmt: skip
    (table,) = tables(lines)
    over = table.row(0)[0]
    assert (over.column, over.across, table.head) == (1, 2, 2)
    assert [cell.heading for cell in table.row(2)] == ["HK$m", "Year ended 2025", "Year ended 2024"]


def test_a_currency_or_a_bracket_set_apart_goes_with_its_figure() -> None:
    lines = ([("Sales", 0.0), ("$", 0.3), ("1,234", 0.35), ("$", 0.5), ("99", 0.55)],
             [("Costs", 0.0), ("(", 0.3), ("637 ) (", 0.35), ("12 )", 0.55)])  # fmt: skip
    (table,) = tables(lines)
    assert table.grid() == [["Sales", "$ 1,234", "$ 99"], ["Costs", "( 637 )", "( 12 )"]]


def test_a_short_line_between_rows_heads_those_below_it() -> None:
    lines = (*FEES, [("Business cards", 0.0)], [("Corporate", 0.0), ("HK$ 900", 0.33)])
    (table,) = tables(lines, text=[3])
    assert table.rows == 5 and table.grid()[3] == ["Business cards", "", ""]


def test_text_or_a_caption_parts_two_tables() -> None:
    sentence = "The following fees apply to accounts that were opened before the first of January and kept."
    for between in (sentence, "Table 2: Loans", "表二"):
        lines = (*FEES, [(between, 0.0)], *FEES)
        assert [t.number for t in tables(lines, text=[3])] == [1, 2], between


def test_a_heading_in_larger_type_parts_two_tables() -> None:
    lines = [
        *FEES,
        [("Schedule 2", 0.0)],
        [("Load", 0.0), ("Error", 0.4)],
        [("5 kg", 0.0), ("30", 0.4)],
    ]
    first, second = tables(lines, text=[3], large=[3])
    assert (first.rows, second.rows) == (3, 2)
    assert [cell.heading for cell in second.row(1)] == ["Load", "Error"]


def test_room_on_the_page_parts_two_tables() -> None:
    assert len(tables((*FEES, *FEES), gaps=[3])) == 2


def test_one_row_or_one_column_is_no_table() -> None:
    assert tables(FEES[:1]) == []
    assert tables(([("a", 0.0)], [("b", 0.0)])) == []


def test_figures_are_told_from_years_days_and_codes() -> None:
    for figure in ("1,234", "(5.6%)", "HK$ 1,800", "-3", "<=1%", ">1% - 4%", "€ 12.50"):
        assert is_figure(figure), figure
    for other in ("2025", "2024/25", "31.12.2025", "Note 3", "-", "CR-G-5", ""):
        assert not is_figure(other), other


words = st.text("ab 12$(%,.)-–年", min_size=1, max_size=12).filter(
    lambda w: w.strip() == w and "  " not in w
)
pieces = st.lists(st.tuples(words, st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.8])), min_size=1, max_size=5,
                  unique_by=lambda piece: piece[1]).map(lambda line: sorted(line, key=lambda p: p[1]))  # fmt: skip


@given(st.lists(pieces, min_size=1, max_size=6))
def test_whatever_the_rows_no_word_is_lost_and_no_two_cells_share_one(lines: list[Line]) -> None:
    page = laid_out(lines)
    for table in tables(lines):
        spans = sorted((cell.start, cell.end) for cell in table.cells)
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        between = [page.text[a[1] : b[0]] for a, b in pairwise(spans)]
        assert all(not gap.strip() for gap in between)
        assert all(cell.column + cell.across <= table.columns for cell in table.cells)


def test_a_table_without_end_is_cut_into_tables_of_a_bounded_size() -> None:
    rows = [[(str(7 * n + i), 0.1 * i + n / 10_000) for i in range(6)] for n in range(500)]
    found = tables(rows)
    assert all(len(t.cells) <= MOST_CELLS for t in found)
    assert sum(len(t.cells) for t in found) == 3000
