"""Drafts over real documents and search, with an engine that says what the test wants it to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.app import House
from lionrock.assist.checks import CheckName
from lionrock.assist.drafting.lines import Said, State
from lionrock.assist.drafting.schemas import Draft, DraftRequest
from lionrock.assist.drafting.service import TemplateService
from lionrock.documents.citations import occurs
from lionrock.errors import Conflict, EngineUnavailable, LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from lionrock.kernel.database import Database
from lionrock.models.engines import Engine
from tests.assist.drafting.samples import POLICY, note
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine

Opens = Callable[[Engine | None], Awaitable[tuple[House, UUID]]]
TRUE = "The bank keeps customer due diligence records for at least seven years [1]."
FALSE = "The bank keeps customer due diligence records for at least ten years [1]."


@pytest.fixture
async def opened(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Opens]:
    """A house with the note as a template and the policy as a document, around the engine given."""
    async with AsyncExitStack() as stack:

        async def of(engine: Engine | None) -> tuple[House, UUID]:
            house = await stack.enter_async_context(
                house_of(database, actor, tmp_path, engine=engine)
            )
            await house.of(TemplateService).add(actor, note())
            document = await taught(house, actor, "policy.md", POLICY)
            assert document.state == "ready", document.error
            return house, document.id

        yield of


async def drafted(house: House, actor: Actor, **request: object) -> Draft:
    wanted = DraftRequest.model_validate({"template": "note-en", **request})
    run = await house.runs.begin(house.context(actor), find("draft"), wanted)
    updates = [update async for update in run.follow()]
    assert isinstance(updates[-1], Draft)
    return updates[-1]


def section(draft: Draft) -> list[Said]:
    [line] = [line for block in draft.blocks for line in block if line.shape == "section"]
    return line.cells[0]


def faults(draft: Draft, name: CheckName) -> list[str]:
    return next(check.faults for check in draft.checks if check.name is name)


async def test_a_section_is_worded_from_the_documents_and_cited(
    opened: Opens, actor: Actor
) -> None:
    house, document = await opened(ScriptedEngine(TRUE))
    draft = await drafted(
        house, actor, documents=[document], values=["our_ref=ABC 1/2", "date=2026-11-23"]
    )
    [said] = section(draft)
    assert said.state is State.WORDED
    assert "[1]" not in said.text
    citation = draft.citations[said.cites[0]]
    page = await house.documents.page(actor, citation.document_id, citation.page)
    assert occurs(citation.quote, page.text)
    assert "seven years" in citation.quote
    assert (draft.open, draft.model, draft.notes) == ([], "scripted", [])
    assert (draft.name, draft.version) == ("note-en", 1)


@pytest.mark.parametrize("written", [FALSE, f"{FALSE} {FALSE}"])
async def test_a_planted_wrong_figure_is_replaced_by_its_quote_and_told(
    opened: Opens, actor: Actor, written: str
) -> None:
    house, document = await opened(ScriptedEngine(written))
    draft = await drafted(house, actor, documents=[document])
    [said] = section(draft)
    assert said.state is State.QUOTED
    assert "ten years" not in "".join(s.text for s in draft.said())
    assert "ten years" in faults(draft, CheckName.SUPPORT)[0]
    assert "left out, or replaced by quotes" in " ".join(draft.notes)


async def test_what_fails_beside_what_holds_is_left_out(opened: Opens, actor: Actor) -> None:
    house, document = await opened(ScriptedEngine(f"{TRUE} {FALSE}"))
    draft = await drafted(house, actor, documents=[document])
    assert [said.state for said in section(draft)] == [State.WORDED]
    assert len(faults(draft, CheckName.SUPPORT)) == 1


@pytest.mark.parametrize(
    "engine", [None, ScriptedEngine("x", EngineUnavailable("The engine went away."))]
)
async def test_without_a_model_the_section_holds_quotes_that_say_so(
    opened: Opens, actor: Actor, engine: Engine | None
) -> None:
    house, document = await opened(engine)
    draft = await drafted(house, actor, documents=[document])
    assert draft.model is None
    assert all(said.state is State.QUOTED for said in section(draft))
    assert section(draft)[0].text.startswith("[Quote, to be put in words: “The bank keeps")
    assert "No model worded the sections" in draft.notes[0]


async def test_nothing_is_asked_of_a_model_where_quotes_are_wanted(
    opened: Opens, actor: Actor
) -> None:
    engine = ScriptedEngine(TRUE)
    house, document = await opened(engine)
    draft = await drafted(house, actor, documents=[document], quotes_only=True)
    assert {said.state for said in section(draft)} == {State.QUOTED}
    assert engine.requests == []


async def test_without_documents_the_section_is_a_blank(opened: Opens, actor: Actor) -> None:
    engine = ScriptedEngine(TRUE)
    house, _ = await opened(engine)
    draft = await drafted(house, actor)
    assert [(said.text, said.state) for said in section(draft)] == [("[Rule]", State.OPEN)]
    assert draft.open == ["Our ref.", "Date", "Rule"]
    assert faults(draft, CheckName.PLACEHOLDERS) == draft.open
    assert engine.requests == []


async def test_a_section_on_what_was_not_told_is_a_blank(opened: Opens, actor: Actor) -> None:
    engine = ScriptedEngine(TRUE)
    house, document = await opened(engine)
    draft = await drafted(house, actor, template="reply-to-citizen-en", documents=[document])
    assert section(draft)[0].state is State.OPEN
    assert engine.requests == []
    told = await drafted(
        house, actor, template="reply-to-citizen-en", documents=[document],
        values=["enquiry=How long does the bank keep customer due diligence records?"],
    )  # fmt: skip
    assert section(told)[0].state is State.WORDED


async def test_the_prompt_holds_quotes_of_the_chosen_document_only(
    opened: Opens, actor: Actor
) -> None:
    engine = ScriptedEngine(TRUE)
    house, document = await opened(engine)
    other = await taught(
        house, actor, "other.md", "# Records\n\nCustomer due diligence records are kept in Kowloon."
    )
    await drafted(house, actor, documents=[document])
    assert "seven years" in engine.requests[0].said()
    assert "Kowloon" not in engine.requests[0].said()
    await drafted(house, actor, documents=[other.id])
    assert "Kowloon" in engine.requests[1].said()


async def test_what_the_enquirer_claims_is_no_ground_for_a_figure(
    opened: Opens, actor: Actor
) -> None:
    house, document = await opened(ScriptedEngine(FALSE))
    draft = await drafted(
        house, actor, template="reply-to-citizen-en", documents=[document],
        values=["enquiry=Are customer due diligence records kept for ten years?"],
    )  # fmt: skip
    assert section(draft)[0].state is State.QUOTED


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"template": "nothing"}, "There is no template nothing"),
        ({"values": ["date=soon"]}, "Date .date.: this takes a date"),
        ({"values": ["other=1"]}, "no field other"),
        ({"documents": ["00000000-0000-4000-8000-000000000000"]}, "no such document"),
    ],
)
async def test_what_cannot_be_drafted_is_said(
    opened: Opens, actor: Actor, request_: dict[str, object], reason: str
) -> None:
    house, _ = await opened(None)
    with pytest.raises(LionrockError, match=reason):
        await drafted(house, actor, **request_)


async def test_a_retired_template_makes_no_draft_and_old_drafts_stay(
    opened: Opens, actor: Actor
) -> None:
    house, document = await opened(ScriptedEngine(TRUE))
    first = await drafted(house, actor, documents=[document])
    await house.of(TemplateService).add(actor, note(matter="case"))
    assert "The matter" in first.plain()
    assert (await drafted(house, actor)).version == 2
    await house.of(TemplateService).retire(actor, "note-en")
    with pytest.raises(Conflict, match="note-en is retired"):
        await drafted(house, actor)


async def test_erasing_a_source_takes_the_draft_along(opened: Opens, actor: Actor) -> None:
    house, document = await opened(ScriptedEngine(TRUE))
    wanted = DraftRequest(template="note-en", documents=[document])
    run = await house.runs.begin(house.context(actor), find("draft"), wanted)
    [_ async for _ in run.follow()]
    async with house.database.tenant_session(actor) as db:
        noted = await db.fetchval(
            "SELECT document_id FROM run_sources WHERE tenant_id = $1 AND run_id = $2",
            *(actor.tenant_id, run.id),
        )
    assert noted == document
