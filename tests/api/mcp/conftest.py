"""A house behind the door, with a document in it, and keys for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import BaseModel, ConfigDict, Field

from lionrock.app import House
from lionrock.kernel import capabilities, service_keys
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import (
    Capability,
    Progress,
    Result,
    Risk,
    RunContext,
    capability,
)
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.service_keys import NewKey
from tests.building import house_of, taught
from tests.fakes import ScriptedEngine
from tests.matrix.surface import application
from tests.serving import served

RECORDS = (
    "# Records\n\nThe bank keeps due diligence records for at least seven years after the account is "
    "closed.\n\nPayment logs are kept for two years.\n"
)
QUESTION = "How long are due diligence records kept?"
ENGINE = ScriptedEngine("The bank keeps due diligence records for at least seven years [1].")


SCOPES = (
    P.ASSIST_ASK_RUN, P.DOCUMENTS_DOCUMENT_READ, P.GATEWAY_MODEL_CALL, P.SEARCH_PASSAGE_READ,
)  # fmt: skip
"""What asking and looking takes."""


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, engine=ENGINE) as opened:
        await taught(opened, actor, "records.md", RECORDS)
        yield opened


Keys = Callable[..., Awaitable[str]]


@pytest.fixture
def key_for(house: House, actor: Actor) -> Keys:
    """Makes a key of the administrator's with these scopes."""

    async def made(*scopes: P, zero_retention: bool = False) -> str:
        wanted = NewKey(name="agent", scopes=frozenset(scopes), zero_retention=zero_retention)
        return (await service_keys.create(house.database, actor, wanted)).key

    return made


@pytest.fixture
async def key(key_for: Keys) -> str:
    return await key_for(*SCOPES)


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(application(house)) as address:
        yield f"{address}/mcp"


class TrialRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")
    deed: Literal["step", "wait", "fail"] = "step"
    words: str = Field(default="", max_length=100)


class Trial(Result):
    words: str

    def plain(self) -> str:
        return f"Tried: {self.words}"


async def _trial(run: RunContext, request: TrialRequest) -> AsyncIterator[Progress | Trial]:
    """Try what a capability may do.

    It takes steps, waits for ever, or fails.
    """
    for stage in ("reading", "writing"):
        for done in range(3):
            yield Progress(stage=stage, done=done, total=3)
    if request.deed == "wait":
        await asyncio.Event().wait()
    if request.deed == "fail":
        raise ValueError(request.words)
    yield Trial(words=request.words)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Capability:
    """A capability more, declared as all are."""
    monkeypatch.setattr(capabilities, "_declared", dict(capabilities._declared))
    declare = capability(id="assist.trial", risk=Risk.LOW, permission=P.ASSIST_ASK_RUN)
    declare(_trial)
    return capabilities.find("trial")


@asynccontextmanager
async def client_of(url: str, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    """The SDK's own, over Streamable HTTP."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


async def ended(house: House, actor: Actor, state: str) -> None:
    """Waits until the actor's latest run has ended so."""
    async with asyncio.timeout(20):
        while True:
            async with house.database.tenant_session(actor) as db:
                found = await db.fetchval(
                    "SELECT state FROM runs WHERE tenant_id = $1 ORDER BY started_at DESC LIMIT 1",
                    actor.tenant_id,
                )
            if found == state:
                return
            await asyncio.sleep(0.02)
