"""A house that translates, an engine that says what it is told, and what the tests ask of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from lionrock.app import House
from lionrock.assist.checks import CheckName
from lionrock.assist.translate.schemas import Into, Segment, TranslateRequest, Translation
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Update, find
from lionrock.kernel.database import Database
from lionrock.models.engines import ChatRequest, Engine
from lionrock.search.glossary.schemas import NewEntry
from tests.building import house_of
from tests.fakes import ScriptedEngine

BREACH = "The bank must report the breach to the HKMA within 14 days under section 12(3)."
RIGHT = "銀行須根據第12(3)條於14日內向金管局匯報該違規事項。"


@asynccontextmanager
async def desk(
    database: Database, actor: Actor, folder: Path, engine: Engine | None = None,
    terms: dict[str, str] | None = None,
) -> AsyncIterator[House]:  # fmt: skip
    async with house_of(database, actor, folder, engine=engine) as house:
        for english, chinese in (terms or {}).items():
            entry = NewEntry(terms={"en": [english], "zh-Hant": [chinese]})
            await house.search.glossary.add(actor, entry)
        yield house


async def updates(
    house: House, actor: Actor, text: str = "", into: Into = Into.TRADITIONAL,
    document: UUID | None = None,
) -> list[Update]:  # fmt: skip
    request = TranslateRequest(text=text, into=into, document=document)
    run = await house.runs.begin(house.context(actor), find("translate"), request)
    return [update async for update in run.follow()]


async def translated(
    house: House, actor: Actor, text: str = "", into: Into = Into.TRADITIONAL,
    document: UUID | None = None,
) -> Translation:  # fmt: skip
    last = (await updates(house, actor, text, into, document))[-1]
    assert isinstance(last, Translation)
    return last


def in_turn(*answers: str) -> ScriptedEngine:
    """Says the answers one after the other, the last again and again."""
    left = list(answers)
    return ScriptedEngine(lambda request: left.pop(0) if len(left) > 1 else left[0])


def by_source(answers: dict[str, str]) -> Callable[[ChatRequest], str]:
    """Says what goes with the text it is given."""
    return lambda request: answers[request.messages[-1]["content"].rpartition("\n")[2]]


def failed(one: Segment) -> set[CheckName]:
    return {c.name for c in one.checks if not c.held}
