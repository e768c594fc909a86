"""Runs that somebody follows: one each, for their owner alone, held for a while and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.errors import Conflict, Forbidden, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.watch import Watch
from lionrock.screening.held_runs import KEPT
from lionrock.screening.registry.registry import Registry
from lionrock.screening.tuning.facts import Wanted
from lionrock.screening.tuning.progress import Stage
from lionrock.screening.tuning.runs import MOST_KEPT, TuningRun, TuningRuns
from tests.screening.alerts.making import member
from tests.screening.registry.small import Listed, person

SMALL = Wanted(entries=2, customers=2)


@pytest.fixture
async def reviewer(database: Database, actor: Actor) -> Actor:
    made = await member(database, actor.tenant_id, Role.REVIEWER)
    async with database.tenant_session(made) as db:
        await db.execute("UPDATE members SET state = 'active' WHERE id = $1", made.id)
    return made


@pytest.fixture
async def registry(
    database: Database, reviewer: Actor, vault: Vault, tmp_path: Path
) -> AsyncIterator[Registry]:
    opened = Registry.open(database, vault, tmp_path)
    made = await opened.lists.create(reviewer, "UN", "un")
    await opened.imports.take(
        reviewer, made, Listed([person(str(n), f"Ivan Petrov {n}") for n in "12"])
    )
    yield opened
    await opened.close()


@pytest.fixture
async def watch(database: Database) -> AsyncIterator[Watch]:
    watching = Watch(database)
    yield watching
    await watching.close()


@pytest.fixture
async def runs(database: Database, registry: Registry, watch: Watch) -> AsyncIterator[TuningRuns]:
    made = TuningRuns(database, registry)
    yield made
    await made.close()


async def ended(run: TuningRun) -> TuningRun:
    assert run.task is not None
    await run.task
    return run


async def test_a_run_tells_its_stages_and_leaves_its_report(
    runs: TuningRuns, reviewer: Actor, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Stage] = []
    monkeypatch.setattr(TuningRun, "tell", lambda self, stage, done, total: told.append(stage))
    run = await ended(runs.begin(reviewer, SMALL, watch))
    assert run.found is not None and run.error is None and run.ended_at is not None
    assert told[0] == Stage.NAMES and told[-1] == Stage.REPORT
    assert runs.get(reviewer, run.id) is run


async def test_who_has_one_under_way_begins_no_other(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    run = runs.begin(reviewer, SMALL, watch)
    with pytest.raises(Conflict, match="wait for it"):
        runs.begin(reviewer, SMALL, watch)
    await ended(run)
    await ended(runs.begin(reviewer, SMALL, watch))


async def test_a_run_that_is_stopped_leaves_nothing(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    run = runs.begin(reviewer, SMALL, watch)
    await asyncio.sleep(0)
    runs.stop(reviewer, run.id)
    await ended(run)
    assert run.ended_at is not None and run.found is None and run.error is None


async def test_a_run_ends_with_the_access_of_its_owner(
    runs: TuningRuns, reviewer: Actor, watch: Watch, database: Database
) -> None:
    async with database.tenant_session(reviewer) as db:
        await db.execute("UPDATE members SET suspended_at = now() WHERE id = $1", reviewer.id)
    run = runs.begin(reviewer, Wanted(entries=2, customers=0), watch)
    blocked = asyncio.Event()

    async def endless(*_: object) -> None:
        await blocked.wait()

    runs._tuning.run = endless  # type: ignore[method-assign, assignment]
    watch.wake()
    await ended(run)
    assert run.found is None and not blocked.is_set()


async def test_a_run_is_its_owners_alone(
    runs: TuningRuns, reviewer: Actor, stranger: Actor, watch: Watch, database: Database
) -> None:
    run = await ended(runs.begin(reviewer, SMALL, watch))
    colleague = await member(database, reviewer.tenant_id, Role.REVIEWER)
    elsewhere = replace(stranger, id=reviewer.id, roles=reviewer.roles)
    for other in (colleague, elsewhere):
        assert runs.mine(other) == []
        for asked in (runs.get, runs.stop):
            with pytest.raises(NotFound):
                asked(other, run.id)
    analyst = replace(reviewer, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden):
        runs.begin(analyst, SMALL, watch)
    with pytest.raises(Forbidden):
        runs.get(analyst, run.id)


async def test_a_report_is_gone_when_its_time_is_over(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    run = await ended(runs.begin(reviewer, SMALL, watch))
    assert run.ended_at is not None
    run.ended_at -= KEPT - timedelta(minutes=1)
    assert runs.mine(reviewer) == [run]
    run.ended_at -= timedelta(minutes=1)
    with pytest.raises(NotFound):
        runs.get(reviewer, run.id)


async def test_no_more_than_a_few_reports_of_one_person_are_held(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    made: list[UUID] = []
    for _ in range(MOST_KEPT + 1):
        made.append((await ended(runs.begin(reviewer, SMALL, watch))).id)
    assert [r.id for r in runs.mine(reviewer)] == made[:0:-1]


async def test_who_wants_nothing_kept_is_told_of_the_other_way(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    with pytest.raises(Conflict, match="/v1"):
        runs.begin(replace(reviewer, zero_retention=True), SMALL, watch)


async def test_what_is_wrong_is_told_to_the_owner(
    runs: TuningRuns, reviewer: Actor, watch: Watch
) -> None:
    run = await ended(runs.begin(reviewer, Wanted(lists=[reviewer.id]), watch))
    assert isinstance(run.error, NotFound) and run.found is None
