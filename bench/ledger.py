"""CPU that the gateway's ledger takes for a call: one admission and one settlement, both durable.

CPU time of this process, and of all of PostgreSQL's, over calls in flight at once (c), in interleaved
rounds; medians. `bare` has no limits; `full` has limits and two budgets of tenant, member and key;
`tenants` is full with the calls in flight spread over eight tenants. Wall time is of a shared machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID, uuid4

import asyncpg

from common import figure, median, percentile
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import MOST_COST, Call, Outcome, Price, Use
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.service import Ledger
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres

PASSWORD = "0" * 64
TICKS = os.sysconf("SC_CLK_TCK")
USE = Use(400, 120, Outcome.FINISHED, 1, 20, 900)


@dataclass
class Case:
    name: str
    at_once: int
    actors: list[Actor]
    mine: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    admit: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


def cpu(pids: list[int]) -> float:
    """Seconds of CPU that these processes have had."""
    total = 0.0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(stat[11]) + int(stat[12])) / TICKS
    return total


async def institution(database: Database) -> Actor:
    tenant = uuid4()
    await database.register_tenant(tenant)
    member = await identity.furnish(database, tenant)
    return Actor(tenant, member, ActorKind.MEMBER, frozenset({Role.ADMINISTRATOR}), "bench")


async def bound(database: Database, actor: Actor) -> None:
    """Limits and budgets that are looked at and never reached, for the tenant and the member."""
    some = Limits(requests_per_minute=1_000_000, tokens_per_minute=100_000_000, at_once=1000)
    for whose in (Subject(kind=SubjectKind.TENANT), Subject(kind=SubjectKind.MEMBER, id=actor.id)):
        await LimitService(database).set(actor, whose, some)
        for period in (Period.DAY, Period.MONTH):
            await BudgetService(database).set(actor, whose, Budget(period=period, cap=MOST_COST))


async def one_after_another(
    ledger: Ledger, actor: Actor, calls: int, key: UUID, waits: list[float]
) -> None:
    price = Price(2_000_000, 6_000_000)
    for _ in range(calls):
        call = Call(actor.tenant_id, actor.id, key, "local", "a-model", bytes(32), 500, 512, price)
        start = time.perf_counter()
        admission = await ledger.admit(call)
        waits.append(time.perf_counter() - start)
        await ledger.settle(admission, USE)


async def measure(ledger: Ledger, case: Case, calls: int, pids: list[int]) -> None:
    each = calls // case.at_once
    waits: list[float] = []
    before, mine, start = cpu(pids), time.process_time(), time.perf_counter()
    actors = [case.actors[n % len(case.actors)] for n in range(case.at_once)]
    await asyncio.gather(*(one_after_another(ledger, a, each, uuid4(), waits) for a in actors))
    done = each * case.at_once
    case.rate.append(done / (time.perf_counter() - start))
    case.mine.append((time.process_time() - mine) * 1000 / done)
    case.postgres.append((cpu(pids) - before) * 1000 / done)
    case.admit.append(percentile(waits, 0.5) * 1000)


async def run(folder: Path, rounds: int, calls: int) -> list[Case]:
    server = EmbeddedPostgres(folder / "postgres", PASSWORD)
    admin = server.start()
    try:
        await prepare(admin, PASSWORD, PASSWORD)
        database = await Database.open(
            f"postgresql://{RUNTIME}:{PASSWORD}@{admin.rpartition('@')[2]}", size=4
        )
        bare = await institution(database)
        full = [await institution(database) for _ in range(8)]
        for actor in full:
            await bound(database, actor)
        cases = [Case("bare", c, [bare]) for c in (1, 8, 32)]
        cases += [Case("full", c, full[:1]) for c in (1, 8, 32)]
        cases += [Case("tenants", c, full) for c in (8, 32)]
        watch = await asyncpg.connect(admin)
        async with Ledger(database) as ledger:
            await one_after_another(ledger, full[0], 20, uuid4(), [])
            rows = await watch.fetch("SELECT pid FROM pg_stat_activity WHERE pid IS NOT NULL")
            pids = [r["pid"] for r in rows]
            for _ in range(rounds):
                for case in cases:
                    await measure(ledger, case, max(calls, case.at_once), pids)
        await watch.close()
        await database.close()
        return cases
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=640, help="in each case and round")
    args = parser.parse_args()
    folder = Path(mkdtemp(prefix="lionrock-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        cases = asyncio.run(run(folder, args.rounds, args.calls))
    finally:
        shutil.rmtree(folder)
    print("case      c  CPU ms a call: process  PostgreSQL   admit p50 ms   calls/s")
    for case in cases:
        print(
            f"{case.name:<8}{case.at_once:>3}{median(case.mine):>24.3f}{median(case.postgres):>12.3f}"
            f"{median(case.admit):>15.2f}{median(case.rate):>10.0f}"
        )
    for case in cases:
        if case.name == "full":
            figure(f"gateway_ledger_cpu_ms_c{case.at_once}", median(case.mine))
            figure(f"gateway_ledger_postgres_cpu_ms_c{case.at_once}", median(case.postgres))


if __name__ == "__main__":
    main()
