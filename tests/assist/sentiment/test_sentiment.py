"""The capability, over real documents, with an engine that says what the test wants it to."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest

from lionrock.assist.sentiment.classifiers import Classifiers
from lionrock.assist.sentiment.schemas import (
    Label,
    Method,
    Note,
    SentimentRequest,
)
from lionrock.assist.sentiment.signs import Urgency
from lionrock.documents.citations import occurs
from lionrock.errors import EngineUnavailable, FormBroken, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from tests.assist.sentiment.material import labelled
from tests.assist.sentiment.reading import encoded, read
from tests.building import Opened, taught
from tests.fakes import ScriptedEngine

COMPLAINT = (
    "The app is terrible and I was charged twice. Refund me within 7 days! The staff were kind."
)


def spoken(*quotes: str) -> ScriptedEngine:
    found = [
        {"aspect": "app", "quote": quote, "sentiment": "negative", "reason": "It fails."}
        for quote in quotes
    ]
    return ScriptedEngine(json.dumps({"aspects": found}))


async def test_a_text_is_read_by_words_alone_and_that_is_said(opened: Opened, actor: Actor) -> None:
    made = await read(await opened(), actor, text=COMPLAINT)
    [one] = made.texts
    assert one.label is Label.NEGATIVE and one.confidence is None
    assert one.complaint and one.urgency is Urgency.RAISED and not one.care
    assert [s.label for s in made.sentences][0::2] == [Label.NEGATIVE, Label.POSITIVE]
    assert made.method is Method.WORDS
    assert list(made.notes) == [Note.WORDS_ONLY, Note.ASPECTS_NEED_MODEL]
    assert "“charged twice”" in made.plain() and "language model" in made.plain()


async def test_a_trained_classifier_decides_with_a_confidence(opened: Opened, actor: Actor) -> None:
    house = await opened()
    await house.of(Classifiers).train(actor, "bank", labelled())
    made = await read(house, actor, text="The counter was excellent, thank you.", no_aspects=True)
    assert (made.classifier, made.method) == ("bank", Method.MEANING)
    assert made.texts[0].label is Label.POSITIVE and not made.notes
    assert 0.33 < (made.texts[0].confidence or 0) <= 1
    quick = await read(house, actor, text="A terrible app.", quick=True, no_aspects=True)
    assert quick.method is Method.QUICK and quick.texts[0].label is Label.NEGATIVE
    with pytest.raises(NotFound):
        await read(house, actor, text="x", classifier="other")


async def test_aspects_quote_the_text_or_are_dropped(opened: Opened, actor: Actor) -> None:
    engine = spoken("the app is  terrible", "the fee is outrageous")
    made = await read(await opened(engine), actor, text=COMPLAINT)
    assert [a.quote for a in made.aspects] == ["the app is  terrible"] and made.dropped == 1
    assert made.model == "scripted"
    assert engine.requests[0].json_schema is not None
    assert COMPLAINT in engine.requests[0].messages[-1]["content"]


async def test_a_model_that_writes_the_other_script_is_put_right(
    opened: Opened, actor: Actor
) -> None:
    found = {"aspect": "员工", "quote": "職員", "sentiment": "negative", "reason": "态度不佳"}
    engine = ScriptedEngine(json.dumps({"aspects": [found]}, ensure_ascii=False))
    [one] = (await read(await opened(engine), actor, text="職員態度好差，等咗好耐。")).aspects
    assert (one.aspect, one.reason) == ("員工", "態度不佳")


@pytest.mark.parametrize(
    ("engine", "note"),
    [
        (ScriptedEngine("no JSON at all"), Note.ASPECTS_FAILED),
        (ScriptedEngine("a b", FormBroken("cut")), Note.ASPECTS_FAILED),
        (ScriptedEngine("a b", EngineUnavailable("gone")), Note.ASPECTS_NEED_MODEL),
    ],
)
async def test_a_model_that_fails_leaves_the_rest_and_says_so(
    opened: Opened, actor: Actor, engine: ScriptedEngine, note: Note
) -> None:
    made = await read(await opened(engine), actor, text=COMPLAINT)
    assert note in made.notes and not made.aspects and made.texts[0].complaint


async def test_a_long_text_is_cut_for_the_model_and_that_is_said(
    opened: Opened, actor: Actor
) -> None:
    engine = spoken("late")
    made = await read(await opened(engine), actor, text="The bus was late. " * 1100)
    assert Note.ASPECTS_LONG in made.notes
    assert len(engine.requests[0].said().split()) < engine.context


async def test_sentences_of_a_document_are_cited(opened: Opened, actor: Actor) -> None:
    house = await opened()
    text = "# Letter\n\nThe branch was excellent. The hotline was terrible.\n"
    document = await taught(house, actor, "letter.md", text)
    made = await read(house, actor, document=document.id)
    assert made.document == "letter.md"
    said = {s.text: s for s in made.sentences}
    for words, label in (("excellent", Label.POSITIVE), ("terrible", Label.NEGATIVE)):
        [one] = [s for text, s in said.items() if words in text]
        assert one.label is label and one.citation is not None
        page = await house.documents.page(actor, document.id, one.citation.page)
        assert occurs(one.citation.quote, page.text)


async def test_a_file_is_read_row_by_row_and_counted_over_time(
    opened: Opened, actor: Actor
) -> None:
    rows = [("An excellent branch.", "2026-01-05"), ("A terrible app!", "2026-04-01")]
    made = await read(
        await opened(), actor, file=encoded(*rows, ("Opened at nine.", "")), dates="when"
    )
    assert made.many and [t.number for t in made.texts] == [2, 3, 4]
    assert made.texts[0].dated == date(2026, 1, 5)
    assert made.counts == {"negative": 1, "neutral": 0, "positive": 1, "unsure": 1}
    assert list(made.over_time) == ["2026-01", "2026-04"]
    assert made.over_time["2026-04"]["negative"] == 1
    assert "3 texts" in made.plain()


async def test_what_needs_a_person_comes_first(opened: Opened, actor: Actor) -> None:
    rows = ("Opened at nine.", "I want a refund.", "My account was hacked!", "She is 80 years old.")
    made = await read(await opened(), actor, file=encoded(*((r, "") for r in rows)))
    assert [t.number for t in made.foremost] == [4, 5, 3, 2]
    assert made.marked == {"complaint": 1, "urgency": 1, "care": 1}


async def test_the_file_itself_is_not_kept_again(opened: Opened, actor: Actor) -> None:
    house = await opened()
    request = SentimentRequest(file=encoded(("A terrible app!", "")))
    run = await house.runs.begin(house.context(actor), find("sentiment"), request)
    assert [update async for update in run.follow()]
    kept: dict[str, Any] = await house.runs.load(actor, run.id)
    assert "file" not in kept["request"]
    assert kept["result"]["texts"][0]["text"] == "A terrible app!"


async def test_it_is_saved_as_files_that_run_nothing(opened: Opened, actor: Actor) -> None:
    house = await opened()
    made = await read(house, actor, file=encoded(("=1+1 terrible, refund me", "2026-01-05")))
    context = house.context(actor)
    table = list(csv.DictReader(io.StringIO((await made.file(context, "csv")).decode("utf-8-sig"))))
    assert table[0]["text"] == "'=1+1 terrible, refund me"
    assert (table[0]["complaint"], table[0]["complaint words"]) == ("yes", "refund")
    book = openpyxl.load_workbook(io.BytesIO(await made.file(context, "xlsx")))
    assert book.sheetnames == ["texts", "counts"]
    assert book["counts"]["A1"].value == "negative" and book["counts"]["B1"].value == 1


@pytest.mark.parametrize("asked", [{}, {"text": " "}, {"text": "x", "file": encoded(("a", ""))}])
async def test_one_thing_is_read_at_a_time(
    opened: Opened, actor: Actor, asked: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput, match="Give one of these"):
        await read(await opened(), actor, **asked)
