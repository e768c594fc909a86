"""A question's words, its translation's and the glossary's, looked up together; and the fusion."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.search.dense import Near
from lionrock.search.glossary.expansion import Lexicon
from lionrock.search.glossary.schemas import Entry as Terms
from lionrock.search.lexical import Entry, LexicalIndex
from lionrock.search.ranking import cited_first, combine
from lionrock.search.wording import look_up


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    return LexicalIndex(tmp_path / "index")


def put(index: LexicalIndex, *texts: str) -> list[UUID]:
    made = [Entry(uuid4(), uuid4(), uuid4(), "", text) for text in texts]
    for one in made:
        index.add(one.version_id, [one])
    return [one.passage_id for one in made]


def test_words_that_stand_together_as_in_the_question_come_first(index: LexicalIndex) -> None:
    apart, together = put(
        index, "the facility has an exit for fire", "the exit facility is for fire"
    )
    found = look_up(index, ["exit facility"], None, chinese=False)
    assert found.readings == [[together, apart]]


def test_the_glossary_is_a_reading_of_its_own(index: LexicalIndex) -> None:
    chinese, english = put(index, "實益擁有人的身分", "the identity of an owner")
    entry = Terms(id=uuid4(), terms={"en": ["beneficial owner"], "zh-Hant": ["實益擁有人"]})
    expansion = Lexicon([entry]).expand("identity of the beneficial owner")
    found = look_up(
        index, ["identity of the beneficial owner"], None, chinese=False, expansion=expansion
    )
    assert found.readings == [[english], [chinese]]
    assert found.shares[chinese] > 0 and "实益" in found.chinese and "实益" not in found.english


def test_a_term_of_the_glossary_counts_for_the_part_of_the_question_that_it_tells(
    index: LexicalIndex,
) -> None:
    chinese, english = put(index, "金管局年報", "the complaint record is kept for six years")
    entry = Terms(id=uuid4(), terms={"en": ["HKMA"], "zh-Hant": ["金管局"]})
    question = "how long does the HKMA want the complaint record kept"
    expansion = Lexicon([entry]).expand(question)
    found = look_up(index, [question], None, chinese=False, expansion=expansion)
    assert 0 < found.shares[chinese] < found.shares[english]


def test_of_too_many_terms_the_rarest_are_looked_for(index: LexicalIndex) -> None:
    common, rare = put(index, "common words all over", "zebra")
    question = " ".join(f"word{n}" for n in range(100)) + " zebra"
    assert look_up(index, [question], None, chinese=False).readings == [[rare]]
    assert common


def test_a_figure_is_found_in_another_writing_and_language(index: LexicalIndex) -> None:
    fee, day, other = put(
        index, "收費為港幣120萬元", "由二零二四年一月一日起實施", "In 2024 a fee of 12 dollars."
    )
    asked = {"HK$1.2 million": fee, "1 January 2024": day, "1.1.2024": day}
    for question, wanted in asked.items():
        assert look_up(index, [question], None, chinese=False).readings[0][:2].count(wanted), (
            question
        )
    question = "what costs HK$1.2 million?"
    entry = Terms(id=uuid4(), terms={"en": ["costs"], "zh-Hant": ["收費"]})
    expansion = Lexicon([entry]).expand(question)
    found = look_up(index, [question], None, chinese=False, expansion=expansion)
    assert found.figures == ("1200000",) and [fee] in found.readings
    assert other


def test_a_question_without_figures_scores_as_it_would_without_them(index: LexicalIndex) -> None:
    plain, figures = put(index, "records are kept", "records are kept 5 years from 1 May 2024")
    shares = look_up(index, ["records kept"], None, chinese=False).shares
    assert shares[plain] > shares[figures] > 0  # the longer text, as ever


def near(passage: UUID, centred: float, *, chinese: bool = False) -> Near:
    return Near(passage, 0, 1, "", chinese, 0.9, centred)


def test_words_decide_between_passages_of_the_questions_language() -> None:
    a, b = uuid4(), uuid4()
    ranked = combine({a: 0.4, b: 0.1}, [near(a, 0.50), near(b, 0.55)], (False,))
    assert [s.passage_id for s in ranked] == [a, b]


def test_a_passage_of_another_language_is_not_held_to_share_words() -> None:
    weak, other = uuid4(), uuid4()
    best = uuid4()
    weighed = [near(best, 0.50), near(weak, 0.50), near(other, 0.52, chinese=True)]
    ranked = combine({best: 0.4, weak: 0.05}, weighed, (False,))
    assert [s.passage_id for s in ranked] == [best, other, weak]
    assert {s.passage_id: s.words for s in ranked}[other] == 0.0


def test_what_is_cited_comes_first_in_its_order() -> None:
    a, b, c = uuid4(), uuid4(), uuid4()
    ranked = combine({a: 0.4, b: 0.3}, [])
    assert [s.passage_id for s in cited_first(ranked, [c, b])] == [c, b, a]
