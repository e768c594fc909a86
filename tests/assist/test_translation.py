"""A question is looked for in the other language too, and says so; no answer is made of the translation."""

from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.assist.schemas import Answer, AskRequest, Evidence
from lionrock.errors import EngineUnavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Progress, Update, find
from lionrock.kernel.database import Database
from lionrock.models.engines import ChatRequest
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine, WordEmbedder

POLICY = """# Records

Complaint records are kept for six years after the complaint is closed.
"""
QUESTION = "投訴紀錄要留幾耐？"
TRANSLATION = "How long are complaint records kept?"


pytestmark = pytest.mark.usefixtures("measured")


def _says(translation: str) -> ScriptedEngine:
    def say(request: ChatRequest) -> str:
        return translation if "Translate" in request.messages[0]["content"] else "六年 [1]。"

    def odds(prompt: str) -> float:
        return 3.0 if "six years" in prompt and TRANSLATION in prompt else -3.0

    return ScriptedEngine(say, name="measured", odds=odds)


async def ask(
    database: Database, actor: Actor, folder: Path, engine: ScriptedEngine, question: str = QUESTION
) -> list[Update]:
    async with house_of(database, actor, folder, engine=engine, embedder=WordEmbedder()) as house:
        await taught(house, actor, "policy.md", POLICY)
        run = await house.runs.begin(
            house.context(actor), find("ask"), AskRequest(question=question)
        )
        return [u async for u in run.follow()]


async def test_english_text_is_found_by_the_translated_words_of_a_cantonese_question(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    updates = await ask(database, actor, tmp_path, _says(TRANSLATION))
    first, second = [u for u in updates if isinstance(u, Evidence)]
    assert not first.translated
    assert not any(q.words for q in first.quotes)
    assert second.translated == TRANSLATION
    assert "complaint" in second.quotes[0].words
    answer = updates[-1]
    assert isinstance(answer, Answer)
    assert "six years" in answer.citations[0].quote
    assert TRANSLATION not in answer.answer


async def test_a_question_in_the_language_of_all_the_documents_is_not_translated(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    engine = _says("不應該問")
    updates = await ask(database, actor, tmp_path, engine, TRANSLATION)
    assert not any(isinstance(u, Progress) and u.stage == "translating" for u in updates)
    assert not any("Translate" in r.messages[0]["content"] for r in engine.requests)


async def test_a_model_that_writes_no_translation_leaves_the_first_evidence(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    updates = await ask(database, actor, tmp_path, _says(""))
    assert len([u for u in updates if isinstance(u, Evidence)]) == 1
    assert isinstance(updates[-1], Answer)


@pytest.mark.parametrize(("threshold", "answered"), [(0.0, True), (1.0, False)])
async def test_an_engine_that_dies_translating_leaves_the_decision_to_the_evidence(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    threshold: float, answered: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("lionrock.assist.answerable.threshold", lambda: threshold)
    engine = ScriptedEngine("How long", EngineUnavailable("The engine went away."), name="measured")
    updates = await ask(database, actor, tmp_path, engine)
    stages = [u.stage for u in updates if isinstance(u, Progress)]
    assert "translating" in stages and "weighing" not in stages
    answer = updates[-1]
    assert isinstance(answer, Answer)
    assert answer.refused is not answered
    assert bool(answer.citations) is answered
    assert "The engine went away." in answer.note
    assert answer.nearest or answered
