"""A house around the engine that a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.engines import Engine
from tests.assist.sentiment.reading import Open
from tests.building import house_of


@pytest.fixture
async def opened(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Open]:
    """A house around the engine given."""
    async with AsyncExitStack() as stack:

        async def open_(engine: Engine | None = None) -> House:
            return await stack.enter_async_context(
                house_of(database, actor, tmp_path, engine=engine)
            )

        yield open_
