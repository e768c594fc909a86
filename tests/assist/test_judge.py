"""A measured model's log-odds decide; an unmeasured model's are not asked for."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.assist.judge import _odds, _picks, probabilities, undecided
from lionrock.assist.schemas import Answer, AskRequest
from lionrock.errors import EngineUnavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Progress, find
from lionrock.kernel.database import Database
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine

POLICY = """# Records

Complaint records are kept for six years after the complaint is closed.

# Visits

A site visit is made to every factory within two years of onboarding.
"""


pytestmark = pytest.mark.usefixtures("measured")


async def ask(
    database: Database, actor: Actor, folder: Path, embedder: LocalEmbedder, engine: ScriptedEngine
) -> tuple[Answer, int]:
    async with house_of(database, actor, folder, engine=engine, embedder=embedder) as house:
        document = await taught(house, actor, "policy.md", POLICY)
        assert document.state == "ready"
        request = AskRequest(question="How long are complaint records kept?")
        run = await house.runs.begin(house.context(actor), find("ask"), request)
        updates = [u async for u in run.follow()]
    answer = updates[-1]
    assert isinstance(answer, Answer)
    weighed = [u for u in updates if isinstance(u, Progress) and u.stage == "weighing"]
    return answer, len(weighed)


async def test_the_quote_the_model_finds_likely_is_the_answer(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    engine = ScriptedEngine(
        "Six years [1].",
        name="measured",
        odds=lambda prompt: 3.0 if "six years" in prompt else -3.0,
    )
    answer, weighed = await ask(database, actor, tmp_path, embedder, engine)
    assert not answer.refused
    assert weighed >= 2
    assert all("six years" in c.quote for c in answer.citations)


async def test_when_no_quote_is_likely_the_answer_is_a_refusal(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    engine = ScriptedEngine("Six years [1].", name="measured", odds=lambda prompt: -3.0)
    answer, _ = await ask(database, actor, tmp_path, embedder, engine)
    assert answer.refused
    assert answer.nearest
    assert answer.confidence < 0.1


async def test_a_model_that_was_not_measured_is_not_asked_to_judge(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    engine = ScriptedEngine("Six years [1].", name="unknown", odds=lambda prompt: -3.0)
    _, weighed = await ask(database, actor, tmp_path, embedder, engine)
    assert weighed == 0
    assert not any(r.likely_tokens for r in engine.requests)


async def test_an_engine_that_dies_while_weighing_leaves_the_evidence_to_decide(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    def dies(request: ChatRequest) -> str:
        raise EngineUnavailable("the engine stopped")

    engine = ScriptedEngine(dies, name="measured")
    answer, _ = await ask(database, actor, tmp_path, embedder, engine)
    assert answer.model is None and "the engine stopped" in answer.note
    assert "the engine stopped" in answer.plain()


@pytest.mark.parametrize(
    ("tokens", "odds"),
    [
        ({"yes": -0.1, "no": -2.1}, 2.0),
        ({" Yes": -1.0, "No": -0.5, "是": -3.0}, -0.5),
        ({"是": -0.2, "不": -1.2}, 1.0),
        ({"maybe": -0.1}, 0.0),
        ({}, None),
    ],
)
def test_log_odds_are_read_in_either_language(tokens: dict[str, float], odds: float | None) -> None:
    assert _odds(tokens) == (pytest.approx(odds) if odds is not None else None)


@pytest.mark.parametrize(
    ("tokens", "picks"),
    [
        ({"1": -0.5, "0": -1.5, "2": -3.5}, [1.0, -2.0]),
        ({"2": -0.1, " 0": -9.0}, [-6.0, 1.0]),
        ({"0": -0.1}, [-6.0, -6.0]),
        ({"yes": -0.1}, [0.0, 0.0]),
        ({}, [0.0, 0.0]),
    ],
)
def test_a_pick_is_read_against_that_none_will_do(
    tokens: dict[str, float], picks: list[float]
) -> None:
    assert _picks(tokens, 2) == pytest.approx(picks)


READ = {"bias": -1.0, "odds": 0.0, "above": 2.0, "pick": 0.0, "score": 0.0, "typical": -1.0}


def test_a_quote_is_read_against_the_others_of_its_question() -> None:
    low = probabilities(READ, [-3.0, -5.0, -5.0], [0, 0, 0], [0, 0, 0])
    high = probabilities(READ, [3.0, 1.0, 1.0], [0, 0, 0], [0, 0, 0])
    assert low == pytest.approx(high) and low[0] > 0.9 > 0.1 > low[1]


def test_a_quote_without_others_is_read_against_what_is_usual() -> None:
    assert probabilities(READ, [1.0], [0], [0]) == pytest.approx([0.9526], abs=1e-4)
    assert probabilities(READ, [], [], []) == []


@given(st.lists(st.tuples(*[st.floats(-30, 30)] * 3), max_size=6))
def test_it_is_always_a_probability(readings: list[tuple[float, float, float]]) -> None:
    calibration = READ | {"odds": 1.0, "pick": 1.0, "score": 1.0}
    found = probabilities(
        calibration, *([list(r) for r in zip(*readings, strict=True)] or [[]] * 3)
    )
    assert len(found) == len(readings) and all(0 <= p <= 1 for p in found)


async def test_quotes_that_give_different_figures_are_all_shown_and_none_is_chosen(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    engine = ScriptedEngine("Two years [1].", name="measured", odds=lambda prompt: 0.5)
    answer, _ = await ask(database, actor, tmp_path, embedder, engine)
    assert len(answer.citations) == 2
    assert answer.model is None
    assert "more than one figure" in answer.note
    assert not any(r.max_tokens > 1 for r in engine.requests)


async def test_an_engine_that_dies_while_wording_leaves_the_chosen_quotes_as_they_are(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> None:
    class DiesWording(ScriptedEngine):
        async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finished, None]:
            if request.likely_tokens:
                async for part in super().chat(request):
                    yield part
                return
            yield Delta("The complaint records are kept for six years [1]. And then")
            yield Delta(" more. And")
            raise EngineUnavailable("the engine stopped")

    engine = DiesWording(
        "", name="measured", odds=lambda prompt: 3.0 if "six years" in prompt else -3.0
    )
    answer, _ = await ask(database, actor, tmp_path, embedder, engine)
    assert not answer.refused
    assert "the engine stopped" in answer.note
    for sentence in answer.sentences:
        assert all("six years" in answer.citations[i].quote for i in sentence.cites)
    assert answer.sentences[0].cites


def test_a_pick_that_cannot_change_the_outcome_is_not_asked_for() -> None:
    calibration = {**READ, "pick": 1.0, "threshold": 0.5}
    assert undecided(calibration, [0.0, 0.0], [0, 0])
    assert not undecided({**calibration, "bias": -2.0}, [0.0, 0.0], [0, 0])
    assert not undecided(calibration, [], [])
