"""The model's marks: read by how likely each is, beside a classifier or alone, and never taken by its word."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.app import House
from lionrock.assist.sentiment import marking
from lionrock.assist.sentiment.classifiers import Classifiers
from lionrock.assist.sentiment.marking import Calibration, Calibrations, judged, shortened
from lionrock.assist.sentiment.schemas import Label, Method, Note
from lionrock.errors import BudgetExceeded, EngineRefused, EngineUnavailable, LionrockError
from lionrock.kernel.actors import Actor
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.assist.sentiment.material import labelled
from tests.assist.sentiment.reading import encoded, read
from tests.building import Opened
from tests.fakes import ScriptedEngine

KNOWN = Calibrations(
    alone=Calibration(mark=(-3, 0, 3), bias=(9, 0, -9), threshold=0.6),
    beside=Calibration(mark=(-1, 0, 1), bias=(3, 0, -3), shares=1.0, threshold=0.6),
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "measured", lambda: {"measured": KNOWN})


def marks(**likely: float) -> dict[str, float]:
    return {f" {token.removeprefix('m')}": math.log(p) for token, p in likely.items()}


class Marking(ScriptedEngine):
    """Finds 1 likely where the text says bad, no mark where it says odd, else 5; fails with `error` from its
    `dies`-th answer on."""

    def __init__(
        self, *, name: str = "measured", dies: int = 1000, tells: bool = True,
        error: LionrockError | None = None,
    ) -> None:  # fmt: skip
        super().__init__("3", name=name)
        self.dies, self.tells = dies, tells
        self.fault = error or EngineUnavailable("gone")

    async def chat(self, request: ChatRequest) -> AsyncIterator[Delta | Finished]:
        async for part in super().chat(request):
            if len(self.requests) >= self.dies:
                raise self.fault
            yield part

    def _first_token(self, request: ChatRequest) -> dict[str, float]:
        if not request.likely_tokens or not self.tells:
            return {}
        if "odd" in request.said():
            return {"Rating": -0.1}
        return marks(m1=0.9, m5=0.1) if "bad" in request.said() else marks(m5=0.9, m1=0.1)


def rows(*texts: str) -> bytes:
    return encoded(*((text, "") for text in texts))


async def test_what_is_unsure_is_asked_about_and_the_rest_is_not(
    opened: Opened, actor: Actor
) -> None:
    engine = Marking()
    house = await opened(engine)
    await house.of(Classifiers).train(actor, "bank", labelled())
    plain = await read(house, actor, file=rows("A terrible app.", "Bus 14 came, bad it was not"))
    assert [t.unsure for t in plain.texts] == [False, True], "the material tells them apart"
    assert not engine.requests and not plain.asked
    made = await read(
        house, actor, file=rows("A terrible app.", "Bus 14 came, bad it was not"), ask=True
    )
    assert [t.by_model for t in made.texts] == [False, True] and made.asked == 1
    assert made.method is Method.MEANING and made.model == "measured"
    [request] = engine.requests
    assert request.max_tokens == 1 and request.likely_tokens and "Bus 14" in request.said()
    assert "measured was asked about 1 of them" in made.plain()


async def test_without_a_classifier_the_marks_decide(opened: Opened, actor: Actor) -> None:
    made = await read(
        await opened(Marking()), actor, file=rows("It was bad.", "I'll be back"), ask=True
    )
    assert [t.label for t in made.texts] == [Label.NEGATIVE, Label.POSITIVE]
    assert all(t.by_model and t.confidence for t in made.texts)
    assert made.method is Method.MODEL and not made.notes


@pytest.mark.parametrize("engine", [None, Marking(name="other"), Marking(tells=False)])
async def test_a_model_that_was_not_measured_or_tells_nothing_is_not_heard(
    opened: Opened, actor: Actor, engine: ScriptedEngine | None
) -> None:
    made = await read(await opened(engine), actor, file=rows("It was bad."), ask=True)
    assert made.method is Method.WORDS and not made.asked and made.model is None
    assert list(made.notes) == [Note.WORDS_ONLY, Note.ASK_NEEDS_MODEL]


@pytest.mark.parametrize("error", [EngineUnavailable("gone"), BudgetExceeded("spent")])
async def test_a_model_that_goes_leaves_what_it_marked_and_says_so(
    opened: Opened, actor: Actor, error: LionrockError
) -> None:
    house: House = await opened(Marking(dies=2, error=error))
    made = await read(house, actor, file=rows("bad one", "bad two", "bad three"), ask=True)
    assert [t.by_model for t in made.texts] == [True, False, False]
    assert Note.ASKED_SOME in made.notes and made.method is Method.WORDS


async def test_a_text_that_gets_no_mark_is_left_as_it_was_and_the_next_is_asked_about(
    opened: Opened, actor: Actor
) -> None:
    made = await read(await opened(Marking()), actor, file=rows("bad", "odd", "bad"), ask=True)
    assert [t.by_model for t in made.texts] == [True, False, True]
    assert made.texts[1].confidence is None and Note.ASKED_SOME in made.notes


async def test_a_text_that_the_engine_refuses_does_not_end_the_rest(
    opened: Opened, actor: Actor
) -> None:
    engine = Marking(dies=1, error=EngineRefused("no"))
    made = await read(await opened(engine), actor, file=rows("bad a", "bad b", "bad c"), ask=True)
    assert len(engine.requests) == 3
    assert made.method is Method.WORDS and Note.ASK_NEEDS_MODEL in made.notes


async def test_no_more_are_asked_about_than_one_run_allows(
    opened: Opened, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "MOST", 2)
    engine = Marking()
    made = await read(await opened(engine), actor, file=rows("bad a", "bad b", "bad c"), ask=True)
    assert len(engine.requests) == made.asked == 2 and Note.ASKED_SOME in made.notes


async def test_the_file_says_which_texts_the_model_was_asked_about(
    opened: Opened, actor: Actor
) -> None:
    house = await opened(Marking())
    made = await read(house, actor, file=rows("It was bad."), ask=True)
    lines = (await made.file(house.context(actor), "csv")).decode("utf-8-sig").splitlines()
    assert "model asked" in lines[0] and lines[1].endswith('"yes"')


@given(
    st.floats(1, 5),
    st.none() | st.tuples(*[st.floats(0, 1)] * 3),
)
def test_a_mark_makes_probabilities_whatever_stands_beside_it(
    given_: float, shares: tuple[float, float, float] | None
) -> None:
    made = judged(KNOWN, given_, shares)
    assert made.shares is not None and sum(made.shares) == pytest.approx(1, abs=1e-3)
    assert made.confidence == max(made.shares)
    assert made.label is tuple(Label)[made.shares.index(max(made.shares))]
    assert made.unsure == (made.confidence < 0.6)


def test_what_is_alike_to_the_places_shown_is_told_by_these() -> None:
    made = judged(KNOWN, 3.00001, None)
    assert made.shares == (0.3333, 0.3333, 0.3333)
    assert made.label is Label.NEGATIVE and made.unsure


@given(st.text(max_size=2000))
def test_a_long_text_is_marked_by_its_beginning_and_its_end(text: str) -> None:
    short = shortened(text)
    assert len(short) <= 423 and (short == text or (text[:140] in short and text[-280:] in short))


def test_a_better_mark_speaks_for_a_better_label_whichever_the_model() -> None:
    shipped = files("lionrock.assist.sentiment") / "marking.json"
    known = json.loads(shipped.read_text("utf-8"))
    assert known
    for one in map(Calibrations.model_validate, known.values()):
        for part in (one.alone, one.beside):
            negative, _, positive = part.mark
            assert negative < positive and 0 < part.threshold <= 1
        assert one.beside.shares > 0
