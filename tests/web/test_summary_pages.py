"""The fragments of a summary and of a rewriting, rendered from their updates."""

from __future__ import annotations

from typing import Any

import pytest

from lionrock.assist.checks import Check, CheckName
from lionrock.assist.rewriting.schemas import Rewriting, Rewritten, Style, Unit
from lionrock.assist.schemas import Origin
from lionrock.assist.summaries.choices import Shape
from lionrock.assist.summaries.schemas import Chosen, Line, Summary, Written
from tests.web.conftest import FOREIGN, quoted
from tests.web.test_assist_pages import RUN, shown

ONE, TWO = quoted("Records are kept for seven years."), quoted(FOREIGN)
WRONG = Check(name=CheckName.FIGURES, faults=["31 days"])
WORDED = Line(text="Records stay seven years.", origin=Origin.WORDED, cites=[0], date="2026-11")
QUOTED = Line(text=FOREIGN, origin=Origin.QUOTED, cites=[1], checks=[WRONG], date="2026-11-23")


def summary(shape: Shape, **changes: Any) -> Summary:
    facts: dict[str, Any] = {
        "documents": ["a.pdf"], "shape": shape, "language": "en", "lines": [WORDED, QUOTED],
        "citations": [ONE, TWO], "model": "some-model", "notes": ["A note."],
        "uncovered": ["2 Costs"], "kept_out": [TWO],
    }  # fmt: skip
    return Summary(**facts | changes)


@pytest.mark.parametrize("shape", list(Shape))
def test_every_shape_cites_its_pages_and_tells_what_failed(shape: Shape) -> None:
    text = shown(summary(shape))
    assert text.count('class="cite"') == 2 and f"?run={RUN}&amp;cite=" in text
    assert "figures: <span" in text.lower() and "31 days" in text
    assert "A note." in text and "2 Costs" in text and "addressed to a language model" in text
    assert "<script" not in text and "&lt;script&gt;" in text


def test_dates_are_written_as_the_reader_writes_them() -> None:
    assert "2026-11<" in shown(summary(Shape.CHRONOLOGY))
    chinese = shown(summary(Shape.CHRONOLOGY), language="zh-Hant")
    assert "2026年11月<" in chinese and "2026年11月23日<" in chinese


def test_the_words_of_a_source_stand_beside_what_was_worded_alone() -> None:
    text = shown(summary(Shape.TABLE))
    assert text.partition("<tbody>")[2].partition("</tbody>")[0].count("<q ") == 1
    assert '<td class="words">' not in shown(summary(Shape.TABLE, model=None))


def test_a_line_is_numbered_as_the_summary_will_number_it() -> None:
    first = Written(shape=Shape.BRIEF, number=1, line=WORDED, citations=[ONE])
    again = Written(
        shape=Shape.BRIEF, number=2, line=QUOTED.model_copy(update={"cites": [0, 1]}),
        citations=[ONE, TWO],
    )  # fmt: skip
    text = shown(again, earlier=(Chosen(quotes=[ONE]), first))
    assert ">1</a>" in text and ">2</a>" in text and "<script" not in text


def test_the_choice_is_shown_with_its_places() -> None:
    assert "a.pdf · p. 1" in shown(Chosen(quotes=[ONE]))


def test_a_rewriting_stands_beside_its_original() -> None:
    unit = Unit(text=FOREIGN, original=FOREIGN, checks=[WRONG], first=True)
    made = Rewriting(language="en", style=Style.PLAIN, units=[unit], model=None, notes=["A note."])
    for text in (shown(made), shown(Rewritten(unit=unit))):
        assert "31 days" in text and text.count("&lt;script&gt;") >= 2 and "<script" not in text
