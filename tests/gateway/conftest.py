"""A fake engine, and a server in front of it with a key to ask by."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import SEARCH_PATH
from tests.gateway.door_making import Office, engine, office_of
from tests.gateway.fakes.server import FakeEngine, fake_engine


@pytest.fixture
async def fake() -> AsyncIterator[FakeEngine]:
    async with fake_engine(EngineKind.VLLM, at_once=64) as found:
        yield found


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> AsyncIterator[Office]:
    async with office_of(database, actor, tmp_path, engine(fake.url)) as found:
        yield found


@pytest.fixture
async def admin(postgres: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The server's superuser, who sees past everything."""
    connection = await asyncpg.connect(postgres, server_settings={"search_path": SEARCH_PATH})
    try:
        yield connection
    finally:
        await connection.close()
