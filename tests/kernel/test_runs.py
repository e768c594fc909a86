from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast
from uuid import uuid4

import pytest
from pydantic import BaseModel

from lionrock.errors import InvalidInput, LionrockError, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import (
    Capability,
    ModelUse,
    Progress,
    Result,
    Risk,
    RunContext,
    Update,
)
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission
from lionrock.kernel.run_records import RunRecords
from lionrock.kernel.runs import LiveRun, Runs
from lionrock.kernel.vault.service import Vault


class Nothing(BaseModel):
    pass


class Done(Result):
    word: str = "done"


Body = Callable[[RunContext, Any], AsyncIterator[Update]]


Start = Callable[[Body], Awaitable[tuple[Runs, LiveRun]]]


@pytest.fixture
def start(database: Database, actor: Actor, vault: Vault) -> Start:
    """Begin a run of a capability with that body."""

    async def begin(body: Body) -> tuple[Runs, LiveRun]:
        declared = Capability("test.run", Risk.LOW, Permission.ASSIST_ASK_RUN, Nothing, Done, body)
        runs = Runs(database, vault)
        context = RunContext(actor, uuid4(), cast(Any, None), cast(Any, None))
        return runs, await runs.begin(context, declared, Nothing())

    return begin


async def kept(database: Database, actor: Actor, vault: Vault, run: LiveRun) -> dict[str, Any]:
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow("SELECT * FROM runs WHERE id = $1", run.id)
    return RunRecords(vault).opened(actor.tenant_id, row)


async def two_steps(run: RunContext, request: Nothing) -> AsyncIterator[Update]:
    yield Progress(stage="one")
    run.uses.append(ModelUse("m", 3, 4, 10, 20, "stop"))
    yield Done()


async def forever(run: RunContext, request: Nothing) -> AsyncIterator[Update]:
    yield Progress(stage="one")
    await asyncio.Event().wait()


async def test_updates_are_followed_in_order_by_any_number_of_readers(
    start: Start, database: Database, actor: Actor
) -> None:
    _, run = await start(two_steps)

    async def follow() -> list[str]:
        return [u.event async for u in run.follow()]

    assert await asyncio.gather(follow(), follow()) == [["progress", "result"]] * 2
    assert await follow() == ["progress", "result"]


async def test_the_result_is_on_record_before_it_is_shown(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    _, run = await start(two_steps)
    async for update in run.follow():
        if isinstance(update, Done):
            assert (await kept(database, actor, vault, run))["state"] == "finished"


async def test_a_stopped_run_is_kept_as_cancelled(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    _, run = await start(forever)
    with pytest.raises(LionrockError, match="stopped"):
        async for _ in run.follow():
            run.cancel()
    assert (await kept(database, actor, vault, run))["state"] == "cancelled"


async def test_a_failure_is_kept_and_told(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    async def fails(run: RunContext, request: Nothing) -> AsyncIterator[Update]:
        yield Progress(stage="one")
        raise InvalidInput("the moon is not a document")

    _, run = await start(fails)
    with pytest.raises(InvalidInput):
        [u async for u in run.follow()]
    row = await kept(database, actor, vault, run)
    assert (row["state"], row["error"]) == ("failed", "the moon is not a document")


async def test_an_unexpected_error_is_kept_without_its_words(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    async def breaks(run: RunContext, request: Nothing) -> AsyncIterator[Update]:
        yield Progress(stage="one")
        raise RuntimeError("customer 陳大文")

    _, run = await start(breaks)
    with pytest.raises(LionrockError):
        [u async for u in run.follow()]
    assert "陳大文" not in (await kept(database, actor, vault, run))["error"]


async def test_another_members_run_is_not_there(
    start: Start, database: Database, actor: Actor, stranger: Actor
) -> None:
    runs, run = await start(two_steps)
    [u async for u in run.follow()]
    with pytest.raises(NotFound):
        runs.live(stranger, run.id)
    with pytest.raises(NotFound):
        await runs.load(stranger, run.id)
    assert (await runs.load(actor, run.id))["result"] == {"word": "done"}


async def test_closing_records_what_was_running(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    runs, run = await start(forever)
    await asyncio.sleep(0.05)
    await runs.close()
    assert (await kept(database, actor, vault, run))["state"] == "cancelled"


async def test_runs_of_a_dead_process_are_closed_at_the_next_start(
    start: Start, database: Database, actor: Actor, vault: Vault
) -> None:
    runs, run = await start(two_steps)
    [u async for u in run.follow()]
    async with database.tenant_session(actor) as db:
        await db.execute("UPDATE runs SET state = 'running', finished_at = NULL")
    await runs.close_interrupted()
    row = await kept(database, actor, vault, run)
    assert (row["state"], row["error"]) == ("failed", "The server stopped while this ran.")


async def test_a_run_erased_while_it_goes_on_ends_without_a_trace_of_its_words(
    start: Start, database: Database, actor: Actor
) -> None:
    _, run = await start(forever)
    async with database.tenant_session(actor) as db:
        await db.execute("DELETE FROM runs WHERE id = $1", run.id)
    run.cancel()
    with pytest.raises(LionrockError, match="stopped"):
        [u async for u in run.follow()]
    async with database.tenant_session(actor) as db:
        assert await db.fetchval("SELECT count(*) FROM runs") == 0
