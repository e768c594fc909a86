"""Every capability with no model, a small one and a large one: it works, or says plainly what it cannot do.

`LIONROCK_DESK_MODEL` names another model of the catalogue, pulled before, to be asked in the small one's
place; with `-s` a line a capability tells what came of it.
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from lionrock.app import House
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.schemas import Answer
from lionrock.assist.translate.schemas import Translation
from lionrock.errors import LionrockError, Unavailable
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Result, capabilities, find
from lionrock.kernel.database import Database
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.engines import ChatRequest, Engine
from tests.assist.drafting.samples import note
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine
from tests.small_engine import small_engine

POLICY = """# Records

Customer due diligence records are kept for at least seven years after the account is closed.

# Complaints

The branch manager must answer each complaint within 14 days.

Complaint fee: HK$50
"""
TEXT = "Applicants must submit form BR-1 to the office prior to 14 May 2026."
KEEPS = "Customer due diligence records are kept for at least seven years after the account is closed [1]."


def requests(document: UUID) -> dict[str, dict[str, Any]]:
    """By capability, what is asked of it."""
    one = [str(document)]
    return {
        "ask": {"question": "How long are customer due diligence records kept?"},
        "compare": {"text": TEXT, "other_text": "申請人須於2026年5月15日前向本處遞交表格BR-1。"},
        "draft": {"template": "note-en", "documents": one},
        "extract": {"documents": one, "fields": ["complaint fee: amount"]},
        "rewrite": {"text": TEXT},
        "sentiment": {"text": "The branch was slow and nobody answered my complaint."},
        "summarise": {"documents": one, "length": "short"},
        "translate": {"text": TEXT},
    }


class Large(ScriptedEngine):
    """A stand-in for a large model: much context, and it does as it is told."""

    context = 131_072


def large(request: ChatRequest) -> str:
    system, said = request.messages[0]["content"], request.messages[-1]["content"]
    if "ranslate" in system:
        return "申請人須於2026年5月14日之前向本處遞交表格BR-1。"
    if "rewrite" in system:
        return "Applicants must send form BR-1 to the office before 14 May 2026."
    return KEEPS if "[1]" in said else KEEPS.removesuffix(" [1].") + "."


@dataclass
class Done:
    """What came of a capability: its result, or why there is none."""

    result: Result | None
    error: LionrockError | None
    seconds: float

    @property
    def told(self) -> str:
        text = str(self.result.plain()) if self.result else f"refused: {self.error}"
        return " | ".join(text.split("\n"))


@pytest.fixture(params=["none", pytest.param("small", marks=pytest.mark.model), "large"])
async def desk(
    request: pytest.FixtureRequest, database: Database, actor: Actor, tmp_path: Path,
    embedder: LocalEmbedder,
) -> AsyncIterator[tuple[str, House, UUID]]:  # fmt: skip
    async with AsyncExitStack() as stack:
        engine: Engine | None = None
        if request.param == "large":
            engine = Large(large, name="large")
        elif request.param == "small":
            weights: Path = request.getfixturevalue("small_model_weights")
            other = os.environ.get("LIONROCK_DESK_MODEL", weights.stem)
            engine = await stack.enter_async_context(small_engine(weights.with_stem(other)))
        house = await stack.enter_async_context(
            house_of(database, actor, tmp_path, engine=engine, embedder=embedder)
        )
        await house.of(TemplateService).add(actor, note())
        document = await taught(house, actor, "policy.md", POLICY)
        yield request.param, house, document.id


async def done(house: House, actor: Actor, name: str, document: UUID) -> Done:
    declared, began = find(name), time.monotonic()
    asked = declared.request.model_validate(requests(document)[name])
    result, error = None, None
    try:
        run = await house.runs.begin(house.context(actor), declared, asked)
        async for update in run.follow():
            result = update if isinstance(update, Result) else None
    except LionrockError as raised:
        error = raised
    return Done(result, error, time.monotonic() - began)


async def test_every_capability_works_or_says_what_it_cannot_do(
    desk: tuple[str, House, UUID], actor: Actor
) -> None:
    model, house, document = desk
    found: dict[str, Done] = {}
    assert set(requests(document)) == {one.name for one in capabilities()}
    for name in requests(document):
        found[name] = one = await done(house, actor, name, document)
        print(f"{model:5} {name:9} {one.seconds:5.1f} s  {one.told[:150]}")
    rewrite = found.pop("rewrite")
    assert all(one.result for one in found.values())
    if model == "none":
        assert isinstance(rewrite.error, Unavailable) and "needs a language model" in rewrite.told
    else:
        assert rewrite.result and "BR-1" in rewrite.told
    _holds_to_the_page(found, model)


def _holds_to_the_page(found: dict[str, Done], model: str) -> None:
    """Whatever words a model finds, the figures are those of the documents."""
    answer, translation = found["ask"].result, found["translate"].result
    assert isinstance(answer, Answer) and isinstance(translation, Translation)
    assert answer.refused or all("seven years" in c.quote for c in answer.citations)
    assert "≠ figures" in found["compare"].told or "≠ dates" in found["compare"].told
    assert "seven years" in found["summarise"].told
    assert "50" in found["extract"].told
    assert "complaint: yes" in found["sentiment"].told
    if model == "none":
        assert "1 of 1 segments are not translated" in found["translate"].told
        assert answer.model is None
    [segment] = translation.segments
    assert segment.held or model != "large"
