"""The fragments of a comparison, rendered from their updates."""

from __future__ import annotations

from lionrock.assist.checks import CheckName
from lionrock.assist.comparing.schemas import (
    Clause,
    Difference,
    Pair,
    TextComparison,
    Verdict,
    Weighed,
)
from lionrock.documents.comparing import Span
from tests.web.conftest import FOREIGN, quoted
from tests.web.test_assist_pages import RUN, shown

FIRST = Clause(number="2", heading="Fees › 2", text="Pay HK$5.", page=3, cite=0)
PAIR = Pair(
    verdict=Verdict.DIFFERS, moved=True, first=FIRST, second=Clause(text=FOREIGN),
    before=[Span(text="Pay "), Span(text="HK$5", marked=True), Span(text=".")],
    after=[Span(text=FOREIGN, marked=True)],
    differences=[Difference(name=CheckName.FIGURES, first=["HK$5"], second=[])],
)  # fmt: skip


def made(pairs: list[Pair]) -> TextComparison:
    return TextComparison(
        names=("a.pdf", ""), languages=("en", "en"), pairs=pairs, citations=[quoted("Pay HK$5.")],
        counts={"same": 4, "differs": 1, "reworded": 0, "first_only": 0, "second_only": 0, "moved": 1},
        notes=["A note."],
    )  # fmt: skip


def test_a_pair_shows_both_sides_with_what_differs_and_its_page() -> None:
    text = shown(made([PAIR]))
    assert "<del>HK$5</del>" in text and "Figures: <b" in text and "≠ <b" in text
    assert f"?run={RUN}&amp;cite=" in text and "p. 3" in text and "moved" in text
    assert "a.pdf</span>" in text and "Second text" in text and "A note." in text
    assert "<strong>4</strong> the same" in text and "other words" not in text


def test_text_of_a_document_is_never_markup() -> None:
    for update in (made([PAIR]), Weighed(pair=PAIR)):
        assert "<script" not in shown(update) and "&lt;script&gt;" in shown(update)


def test_a_pair_is_shown_before_its_citation_is_known() -> None:
    assert 'class="cite"' not in shown(Weighed(pair=PAIR))


def test_where_nothing_differs_it_says_so() -> None:
    assert "The two say the same." in shown(made([]))
