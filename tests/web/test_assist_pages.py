"""The fragments of `assist/templates/`, rendered from the updates of an ask."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from jinja2 import Environment

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.assist.schemas import Answer, Checked, Evidence, Origin, Quote, Sentence
from lionrock.documents.citations import Citation
from lionrock.kernel.capabilities import Update
from lionrock.web.i18n import translator
from lionrock.web.rendering import environment, update_template
from tests.web.conftest import FOREIGN, quoted

RUN = uuid4()
ONE, TWO = quoted("Records are kept for seven years."), quoted(FOREIGN)


def shown(update: Update, *, language: str = "en", earlier: tuple[Update, ...] = ()) -> str:
    speak = translator(language)
    made: Environment = environment()
    return made.get_template(update_template(update)).render(
        _=speak.gettext, n_=speak.ngettext, p_=speak.pgettext, speak=speak, update=update,
        run_id=RUN, earlier=list(earlier),
    )  # fmt: skip


def quote(citation: Citation, heading: str = "4 Records › 4.1 Periods") -> Quote:
    return Quote(citation=citation, heading=heading, score=1.0, meaning=0.9, words=["record"])


def answer(**changes: Any) -> Answer:
    sentences = [
        Sentence(text="Seven years.", origin=Origin.WORDED, cites=[1]),
        Sentence(text="Records are kept for seven years.", origin=Origin.QUOTED, cites=[0]),
    ]
    facts: dict[str, Any] = {
        "question": "How long?", "language": "en", "answer": "Seven years.", "refused": False,
        "sentences": sentences, "citations": [ONE, TWO], "nearest": [], "model": "some-model",
        "note": "", "confidence": 0.826,
    }  # fmt: skip
    return Answer(**facts | changes)


def test_evidence_shows_each_quote_with_where_it_stands() -> None:
    text = shown(Evidence(quotes=[quote(ONE), quote(TWO, "")]))
    assert "Records are kept for seven years.</q>" in text and "a.pdf · p. 1" in text
    assert "4.1 Periods" in text and "4 Records" not in text
    assert text.count(f"?run={RUN}&amp;cite=") == 4  # href and hx-get of each


def test_document_text_in_a_quote_is_never_markup() -> None:
    for update in (Evidence(quotes=[quote(TWO)]), answer(nearest=[quote(TWO)])):
        assert "<script" not in shown(update) and "&lt;script&gt;" in shown(update)


def test_nothing_found_shows_no_empty_list() -> None:
    assert shown(Evidence(quotes=[])).strip() == ""


def test_an_answer_marks_each_sentence_with_its_source() -> None:
    text = shown(answer())
    assert re.findall(r'aria-label="Source (\d)"', text) == ["2", "1"]
    assert re.findall(r'data-source="(\d)"', text) == ["1", "2"]
    assert "Worded by some-model" in text and "Confidence 83%" in text
    assert 'class="sentence worded"' in text and 'class="sentence quoted"' in text


def test_an_answer_of_quotes_alone_names_no_model() -> None:
    text = shown(answer(model=None, note="No model worded this."))
    assert "No model worded this." in text and "Worded by" not in text


def test_a_refusal_looks_like_none_and_shows_what_came_nearest() -> None:
    refused = answer(refused=True, answer="這裡的文件沒有回答這個問題。", nearest=[quote(ONE)])
    text = shown(refused, language="zh-Hant")
    assert 'class="answer refused"' in text and "文件中沒有答案" in text and "最接近的段落" in text
    assert "可信程度" not in text and "data-copy" not in text


def test_a_sentence_appears_before_the_answer_is_whole() -> None:
    said = Sentence(text=FOREIGN, origin=Origin.WORDED, cites=[0])
    text = shown(Checked(sentence=said, citations=[ONE]), earlier=(Evidence(quotes=[quote(ONE)]),))
    assert 'class="sentence worded"' in text and "<script" not in text


def test_sources_are_numbered_by_first_use_while_the_answer_grows() -> None:
    def saying(*citations: Citation) -> Checked:
        said = Sentence(text="So.", origin=Origin.WORDED, cites=[])
        return Checked(sentence=said, citations=list(citations))

    second = shown(saying(ONE, TWO), earlier=(Evidence(quotes=[quote(ONE)]), saying(TWO)))
    assert re.findall(r'aria-label="Source (\d)"', second) == ["2", "1"]


def test_text_is_marked_with_its_own_script() -> None:
    simplified = shown(Evidence(quotes=[quote(quoted("合同签订后付款"), "")]), language="zh-Hant")
    assert '<q lang="zh-Hans">合同签订后付款</q>' in simplified
