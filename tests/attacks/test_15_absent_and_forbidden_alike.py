"""Attack 15: telling what is forbidden from what is absent, by the answer or by the work it took."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from uuid import UUID

import asyncpg
import pytest

from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.attacks.doors import NEVER
from tests.matrix.world import World

OURS: ContextVar[bool] = ContextVar("ours", default=False)
"""Set in the test's task; the house's workers have statements of their own."""


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a tenant session of this test runs."""
    seen: list[str] = []
    plain = Database.tenant_session

    @asynccontextmanager
    async def session(self: Database, actor: Actor) -> AsyncIterator[asyncpg.Connection]:
        async with plain(self, actor) as db:
            with db.query_logger(lambda record: OURS.get() and seen.append(record.query)):
                yield db

    monkeypatch.setattr(Database, "tenant_session", session)
    return seen


async def test_refusing_takes_the_same_statements_as_finding_nothing(
    world: World, statements: list[str]
) -> None:
    """No clock: the database is asked the same, in the same order, whether the thing is there or not."""
    OURS.set(True)
    documents, runs, them = world.house.documents, world.house.runs, world.theirs.actor
    calls: list[tuple[UUID, Callable[[UUID], Awaitable[object]]]] = [
        (world.ours.document, lambda key: documents.get(them, key)),
        (world.ours.document, lambda key: documents.page(them, key, 1)),
        (world.ours.document, lambda key: documents.remove(them, key)),
        (world.ours.run, lambda key: runs.load(them, key)),
    ]
    for there, attempt in calls:
        taken = []
        for key in (there, UUID(NEVER)):
            statements.clear()
            with pytest.raises(LionrockError) as caught:
                await attempt(key)
            taken.append((list(statements), caught.value.detail, type(caught.value)))
        assert taken[0] == taken[1] and taken[0][0]
