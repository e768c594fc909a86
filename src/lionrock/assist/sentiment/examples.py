"""Texts from a CSV or a workbook: to be read, or as labelled examples to train on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from lionrock.assist.sentiment.classifier import LABELS
from lionrock.assist.sentiment.features import LONGEST
from lionrock.errors import InvalidInput
from lionrock.search.glossary.tables import csv_rows, xlsx_rows

MOST_TEXTS: Final = 20_000
"""In one file."""
LEAST_EACH: Final = 20
"""Examples of each label to train on: fewer measure nothing."""
_MEANING: Final = {
    word: place
    for place, words in enumerate((
        ("negative", "neg", "-1", "負面", "负面"),
        ("neutral", "neu", "0", "中性", "中立"),
        ("positive", "pos", "1", "正面"),
    ))
    for word in words
}  # fmt: skip
_DATES: Final = ("%Y/%m/%d", "%d/%m/%Y", "%d-%m-%Y", "%Y年%m月%d日")


@dataclass(frozen=True, slots=True)
class Row:
    """`number` as the file counts, its head being 1."""

    number: int
    text: str
    dated: date | None = None


def texts(data: bytes, column: str, dates: str = "") -> list[Row]:
    """The texts of a column, with the dates of another. `InvalidInput` where a column is not there, there
    is no text, or there are more than `MOST_TEXTS`."""
    wanted = [column, dates] if dates else [column]
    found = [
        Row(number, cells[0].strip()[:LONGEST], day(cells[1]) if dates else None)
        for number, cells in _columns(data, wanted)
        if cells[0].strip()
    ]
    if not found:
        raise InvalidInput(f"The column {column} holds no text.")
    return found


def examples(data: bytes) -> tuple[list[str], list[int]]:
    """Texts and their labels, as places in `LABELS`; a text that stands twice counts once.
    `InvalidInput` for a label that is none of the three, or too few of one."""
    kept: dict[str, int] = {}
    for number, (text, label) in _columns(data, ["text", "label"]):
        place = _MEANING.get(label.strip().casefold())
        if text.strip() and place is None:
            raise InvalidInput(
                f"Row {number}: a label is one of {', '.join(LABELS)}, and this is none of them."
            )
        if text.strip() and place is not None:
            kept[text.strip()[:LONGEST]] = place
    counts = Counter(kept.values())
    for place, label in enumerate(LABELS):
        if counts[place] < LEAST_EACH:
            raise InvalidInput(
                f"There are {counts[place]} texts labelled {label}; training needs {LEAST_EACH} of each."
            )
    return list(kept), list(kept.values())


def day(cell: str) -> date | None:
    """The day that a cell tells, in a form that can be read one way; else None."""
    try:
        return datetime.fromisoformat(cell.strip()).date()
    except ValueError:
        pass
    for form in _DATES:
        try:
            return datetime.strptime(cell.strip(), form).date()
        except ValueError:
            continue
    return None


def _columns(data: bytes, wanted: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Cells of the columns that are called so, by row. The first row names them."""
    if not data.strip():
        raise InvalidInput("The file is empty.")
    rows = xlsx_rows(data) if data.startswith(b"PK\x03\x04") else csv_rows(data)
    _, heads = next(rows, (0, []))
    known = {head.strip().casefold(): place for place, head in enumerate(heads)}
    missing = [name for name in wanted if name.strip().casefold() not in known]
    if missing:
        there = ", ".join(h.strip()[:40] for h in heads[:20] if h.strip()) or "nothing"
        raise InvalidInput(f"The file has no column {missing[0]}. Its first row names: {there}.")
    places = [known[name.strip().casefold()] for name in wanted]
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_TEXTS:
            raise InvalidInput(f"The file has more than {MOST_TEXTS:,} rows. Read it in parts.")
        yield number, [cells[place] if place < len(cells) else "" for place in places]
