"""Ask, over real documents and search, with an engine that says what the test wants it to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.assist.schemas import Answer, AskRequest, Checked, Evidence, Origin
from lionrock.documents.citations import occurs
from lionrock.errors import EngineUnavailable, Forbidden
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.capabilities import Update, find
from lionrock.kernel.database import Database
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.engines import Engine
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine

POLICY = """# Record keeping

The bank keeps customer due diligence records for at least seven years after the relationship ends.

# Gifts

Staff must not accept gifts worth more than HK$500 from any customer.

# 備存紀錄

銀行須在業務關係結束後備存客戶盡職審查紀錄最少七年。
"""
QUESTION = "How long does the bank keep customer due diligence records?"


async def ask(house: House, actor: Actor, question: str, **extra: bool) -> list[Update]:
    request = AskRequest(question=question, **extra)
    run = await house.runs.begin(house.context(actor), find("ask"), request)
    return [update async for update in run.follow()]


def answer_of(updates: list[Update]) -> Answer:
    assert isinstance(updates[-1], Answer)
    return updates[-1]


@pytest.fixture
async def with_engine(
    database: Database, actor: Actor, tmp_path: Path, embedder: LocalEmbedder
) -> AsyncIterator[object]:
    """Opens a house that knows the policy, around the engine given."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:

        async def opened(engine: Engine | None) -> House:
            house = await stack.enter_async_context(
                house_of(database, actor, tmp_path, engine=engine, embedder=embedder)
            )
            document = await taught(house, actor, "policy.md", POLICY)
            assert document.state == "ready", document.error
            return house

        yield opened


async def test_evidence_comes_first_and_quotes_stand_on_their_page(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(ScriptedEngine("Records are kept for at least seven years [1]."))
    updates = await ask(house, actor, QUESTION)
    assert isinstance(updates[0], Evidence)
    answer = answer_of(updates)
    assert not answer.refused
    assert answer.citations
    for citation in answer.citations:
        page = await house.documents.page(actor, citation.document_id, citation.page)
        assert occurs(citation.quote, page.text)
        assert citation.boxes
        assert all(0 <= b.x0 < b.x1 <= 1 and 0 <= b.y0 < b.y1 <= 1 for b in citation.boxes)


async def test_a_faithful_sentence_is_shown_with_its_citation(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(
        ScriptedEngine("The bank keeps the records for at least seven years [1].")
    )
    answer = answer_of(await ask(house, actor, QUESTION))
    assert answer.model == "scripted"
    assert [s.origin for s in answer.sentences] == [Origin.WORDED]
    assert "seven years" in answer.citations[answer.sentences[0].cites[0]].quote


@pytest.mark.parametrize(
    "lie",
    [
        "The bank keeps the records for at least ten years [1].",
        "The bank does not keep the records for seven years [1].",
        "Bananas are yellow and monkeys like them very much [1].",
        "銀行须保存记录最少十年 [1]。",
        "",
    ],
)
async def test_what_the_quotes_do_not_support_is_replaced_by_the_quote(
    with_engine,
    actor: Actor,
    lie: str,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(ScriptedEngine(lie))
    answer = answer_of(await ask(house, actor, QUESTION))
    assert not answer.refused
    assert [s.origin for s in answer.sentences] == [Origin.QUOTED]
    assert "seven years" in answer.answer
    assert answer.model is None
    assert answer.note


async def test_a_question_outside_the_documents_is_refused_without_calling_the_model(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    engine = ScriptedEngine("Paris is the capital of France [1].")
    house = await with_engine(engine)
    answer = answer_of(await ask(house, actor, "What is the capital of France?"))
    assert answer.refused
    assert answer.citations == []
    assert answer.nearest
    assert engine.requests == []


async def test_without_a_model_the_quotes_are_the_answer_and_say_so(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(None)
    answer = answer_of(await ask(house, actor, QUESTION))
    assert not answer.refused
    assert [s.origin for s in answer.sentences] == [Origin.QUOTED]
    assert "No model" in answer.note


async def test_an_engine_that_dies_leaves_an_answer_of_quotes(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(ScriptedEngine("The bank", EngineUnavailable("it stopped")))
    answer = answer_of(await ask(house, actor, QUESTION))
    assert [s.origin for s in answer.sentences] == [Origin.QUOTED]
    assert "it stopped" in answer.note


async def test_chinese_is_answered_in_its_own_script(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(ScriptedEngine("银行须备存纪录最少七年。[1]"))
    answer = answer_of(await ask(house, actor, "銀行須備存客戶盡職審查紀錄多久？"))
    assert answer.language == "zh-Hant"
    assert answer.answer == "銀行須備存紀錄最少七年。"


async def test_sentences_stream_one_by_one(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(
        ScriptedEngine(
            "The bank keeps due diligence records [1]. They are kept at least seven years [1]."
        )
    )
    updates = await ask(house, actor, QUESTION)
    assert len([u for u in updates if isinstance(u, Checked)]) == 2


async def test_with_nothing_added_the_asker_is_told_to_add(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        answer = answer_of(await ask(house, actor, "有咩可以問？"))
    assert answer.refused
    assert "加文件" in answer.answer


async def test_an_auditor_may_not_ask(database: Database, actor: Actor, tmp_path: Path) -> None:
    auditor = Actor(
        actor.tenant_id, actor.id, ActorKind.MEMBER, frozenset({Role.AUDITOR}), "general"
    )
    async with house_of(database, actor, tmp_path) as house:
        with pytest.raises(Forbidden, match="assist:ask:run"):
            await ask(house, auditor, QUESTION)


async def test_the_run_its_use_and_its_events_are_kept(
    with_engine,
    actor: Actor,
    database: Database,  # type: ignore[no-untyped-def]
) -> None:
    house = await with_engine(ScriptedEngine("The bank keeps them for at least seven years [1]."))
    await ask(house, actor, QUESTION)
    async with database.tenant_session(actor) as db:
        run = await db.fetchrow("SELECT * FROM runs")
        usage = await db.fetchrow("SELECT * FROM usage")
        events = [r["event"] for r in await db.fetch("SELECT event FROM events ORDER BY id")]
        leaked = await db.fetchval(
            "SELECT count(*) FROM event_payloads WHERE payload::text LIKE '%due diligence%'"
        )
    assert (run["state"], run["rule"]) == ("finished", "role-administrator")
    assert (usage["model"], usage["outcome"], usage["run_id"]) == ("scripted", "stop", run["id"])
    assert events[-2:] == ["run:run:start", "run:run:finish"]
    assert leaked == 0


async def test_the_prompt_stays_near_eight_hundred_tokens(
    with_engine,
    actor: Actor,  # type: ignore[no-untyped-def]
) -> None:
    engine = ScriptedEngine("Seven years [1].")
    house = await with_engine(engine)
    await ask(house, actor, QUESTION)
    words = sum(len(m["content"].split()) for m in engine.requests[0].messages)
    assert words < 600
    assert engine.requests[0].messages[0]["role"] == "system"
