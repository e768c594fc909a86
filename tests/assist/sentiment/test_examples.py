from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.sentiment.examples import day, examples, texts
from lionrock.errors import InvalidInput
from lionrock.kernel.tables import as_xlsx
from tests.assist.sentiment.material import labelled, sheet


def test_texts_are_read_with_their_rows_and_dates_and_blank_ones_left_out() -> None:
    data = sheet(("one", "2026-01-02"), ("", "2026-01-03"), ("兩", "soon"), heads=("Said", "When"))
    assert [(r.number, r.text, r.dated) for r in texts(data, "said", "when")] == [
        (2, "one", date(2026, 1, 2)), (4, "兩", None),
    ]  # fmt: skip


def test_a_workbook_is_read_as_a_csv_is() -> None:
    book = as_xlsx([("texts", [("text", "n"), ("很好", 1), ("=bad", 2)])])
    assert [r.text for r in texts(book, "text")] == ["很好", "'=bad"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "no column text. Its first row names: a, b"),
        (b"text,b\n,2\n", "holds no text"),
        (b"PK\x03\x04 no workbook", "damaged"),
    ],
)
def test_a_file_that_is_none_is_refused_and_told_why(data: bytes, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        texts(data, "text")


def test_examples_take_labels_in_either_language_and_a_text_once() -> None:
    more = sheet(("The vault is large.", "中性"), ("The vault is large.", "0"))
    read, labels = examples(labelled() + more.partition(b"\n")[2])
    assert read.count("The vault is large.") == 1 and labels[-1] == 1


def test_an_unknown_label_and_too_few_of_one_are_refused() -> None:
    with pytest.raises(InvalidInput, match="Row 2: a label is one of negative, neutral, positive"):
        examples(sheet(("a text", "angry")))
    with pytest.raises(InvalidInput, match="There are 0 texts labelled negative"):
        examples(sheet(("a text", "positive")))


@given(st.dates())
def test_days_are_read_in_the_forms_that_have_one_meaning(one: date) -> None:
    for form in (
        one.isoformat(),
        f"{one.isoformat()} 10:11:12",
        f"{one.year:04}年{one.month}月{one.day}日",
    ):
        assert day(form) == one


@given(st.text())
def test_any_cell_is_a_day_or_none(cell: str) -> None:
    assert day(cell) is None or isinstance(day(cell), date)
