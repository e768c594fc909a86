"""The server that is soaked: a real one with its own PostgreSQL, which tells of itself when asked."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from lionrock.app import House
from lionrock.cli.server import serving
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel import identity, logs
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.settings import Settings

TENANTS: dict[str, tuple[Limits, int]] = {
    "calm": (Limits(requests_per_minute=10**6, at_once=500), 10**14),
    "wild": (Limits(tokens_per_minute=10**8, at_once=64), 10**14),
    "stalled": (Limits(at_once=10), 10**14),
    "hurried": (Limits(requests_per_minute=120), 10**14),
    "poor": (Limits(at_once=32), 2 * 10**6),
}
"""Limits and a budget in millionths for each. Prices are a millionth a token."""
_TICK = 0.05
_STATE = """
SELECT count(*) FILTER (WHERE outcome = 'started') AS open,
       coalesce(sum(cost), 0) AS cost,
       coalesce(sum(most_cost) FILTER (WHERE outcome = 'started'), 0) AS most,
       (SELECT coalesce(sum(spent), 0) FROM gateway_budgets) AS spent,
       (SELECT coalesce(sum(reserved), 0) FROM gateway_budgets) AS reserved,
       (SELECT coalesce(max(open), 0) FROM gateway_limits) AS counted,
       (SELECT bool_and(spent <= cap) FROM gateway_budgets) AS within
FROM gateway_usage
"""
"""One statement, so one moment: what the rows say, and what the budgets and limits do."""


async def serve(home: Path, engines: Path, pulse: Path) -> None:
    logs.configure()
    settings = Settings(home=home, model="none", engines=engines, port=0)
    async with serving(settings, web=True) as server:
        house = server.house
        actors = {"calm": _administrator(house.tenant_id, house.member_id)}
        for name in TENANTS.keys() - {"calm"}:
            tenant = uuid4()
            await house.database.register_tenant(tenant)
            actors[name] = _administrator(tenant, await identity.furnish(house.database, tenant))
        keys = {}
        for name, actor in actors.items():
            limits, cap = TENANTS[name]
            whose = Subject(kind=SubjectKind.TENANT)
            await LimitService(house.database).set(actor, whose, limits)
            budget = Budget(period=Period.TOTAL, cap=cap)
            await BudgetService(house.database).set(actor, whose, budget)
            keys[name] = await identity.issue(house.database, actor.tenant_id, actor.id, "key")
        _say({"url": server.url, "keys": keys})
        beating = asyncio.create_task(_beat(house, pulse))
        try:
            await _answer(house, actors)
        finally:
            beating.cancel()


def _administrator(tenant: UUID, member: UUID) -> Actor:
    roles = frozenset({Role.ADMINISTRATOR})
    return Actor(tenant, member, ActorKind.MEMBER, roles, "bench")


def _say(told: object) -> None:
    print(json.dumps(told), flush=True)


async def _answer(house: House, actors: dict[str, Actor]) -> None:
    """A line in, a line of JSON out: `check`, or `rows FILE`, until there is no more."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().split():
        if line[0] == "check":
            told = {name: await _state(house, actor) for name, actor in actors.items()}
            _say({"tenants": told, "busy": _busy(house), "tasks": len(asyncio.all_tasks())})
        else:
            await _write_rows(house, actors, Path(line[1]))
            _say({})


async def _state(house: House, actor: Actor) -> dict[str, Any]:
    async with house.database.tenant_session(actor) as db:
        found = await db.fetchrow(_STATE)
    return {k: v if isinstance(v, bool) else int(v or 0) for k, v in found.items()}


def _busy(house: House) -> int:
    calls = house.gateway.calls
    return sum(s.busy + s.waiting for s in calls.pool.states()) if calls else 0


async def _write_rows(house: House, actors: dict[str, Actor], file: Path) -> None:
    with file.open("w") as out:
        for name, actor in actors.items():
            async with house.database.tenant_session(actor) as db:
                rows = await db.fetch("SELECT id, outcome, tokens_out FROM gateway_usage")
            for row in rows:
                out.write(f"{row['id'].hex} {name} {row['outcome']} {row['tokens_out']}\n")


async def _beat(house: House, file: Path) -> None:
    """Each second a line: seconds by which the loop was late, worst of the second; its tasks; busy
    places; and the most processor time that it took between two turns: on a machine with other work to
    do the first tells of that as well, the last does not."""
    with file.open("w", buffering=1) as out:
        while True:
            worst, most, until = 0.0, 0.0, time.monotonic() + 1
            while (now := time.monotonic()) < until:
                used = time.thread_time()
                await asyncio.sleep(_TICK)
                worst = max(worst, time.monotonic() - now - _TICK)
                most = max(most, time.thread_time() - used)
            tasks = len(asyncio.all_tasks())
            out.write(f"{worst:.4f} {tasks} {_busy(house)} {most:.4f}\n")
