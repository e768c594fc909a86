"""Whatever happens in whatever order: a cap holds, and the sums are those of the rows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from lionrock.errors import BudgetExceeded, RateLimited
from lionrock.gateway.ledger.budgets import Period
from lionrock.gateway.ledger.calls import Admission, Outcome
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.recovery import left_open
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel.database import Database
from tests.conftest import new_tenant, runtime_url
from tests.gateway.ledger.making import TENANT, Hands, budget, call, of_member, used

_CAP = 5
_AT_ONCE = 4
_SUMS = """
SELECT b.cap, b.spent, b.reserved,
    coalesce(sum(u.cost), 0) AS rows_spent,
    coalesce(sum(u.most_cost) FILTER (WHERE u.outcome = 'started'), 0) AS rows_reserved
FROM gateway_budgets b LEFT JOIN gateway_usage u
    ON b.id = ANY (u.budgets) AND u.periods[array_position(u.budgets, b.id)] = b.period_start
GROUP BY b.id, b.cap, b.spent, b.reserved
"""


class _OneTenant:
    """A database as if it had no other: there are hundreds, of other tests."""

    def __init__(self, database: Database, tenant: UUID) -> None:
        self.tenant_session, self._tenant = database.tenant_session, tenant

    async def tenants(self) -> list[UUID]:
        return [self._tenant]


class Sums(RuleBasedStateMachine):
    """Two ledgers, as of two processes, on one tenant with three budgets and a limit at once."""

    database: Database
    runner: asyncio.Runner

    @initialize()
    def begin(self) -> None:
        self.admitted: list[Admission] = []
        self.ended: list[Admission] = []
        self.clock = Hands()
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self.actor = await new_tenant(self.database)
        await budget(self.database, self.actor, _CAP)
        await budget(self.database, self.actor, _CAP - 1, Period.DAY)
        await budget(self.database, self.actor, _CAP, Period.MONTH, of_member(self.actor))
        await LimitService(self.database).set(self.actor, TENANT, Limits(at_once=_AT_ONCE))
        self.ledgers = [Ledger(self.database, clock=self.clock) for _ in range(2)]
        for ledger in self.ledgers:
            # Without its own look for the dead, which on this clock would be the other tests'.
            ledger._tasks = [asyncio.create_task(ledger._writer.run())]

    @rule(tokens=st.lists(st.integers(1, 300), min_size=1, max_size=6), which=st.integers(0, 1))
    def admit(self, tokens: list[int], which: int) -> None:
        self.runner.run(self._admit(tokens, which))

    async def _admit(self, tokens: list[int], which: int) -> None:
        asked = [
            self.ledgers[(n + which) % 2].admit(call(self.actor, size))
            for n, size in enumerate(tokens)
        ]
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(answer, Admission):
                self.admitted.append(answer)
            else:
                assert isinstance(answer, BudgetExceeded | RateLimited), answer

    @rule(which=st.integers(0, 99), share=st.floats(0, 1), outcome=st.sampled_from(Outcome))
    def settle(self, which: int, share: float, outcome: Outcome) -> None:
        if not self.admitted or outcome is Outcome.LOST:
            return
        # An index, not a draw: what is admitted differs between runs of the same steps.
        admission = self.admitted[which % len(self.admitted)]
        most = admission.call
        use = replace(
            used(0, outcome),
            tokens_in=round(most.tokens_in * share),
            tokens_out=round(most.max_output * share),
        )
        self.runner.run(self.ledgers[0].settle(admission, use))
        self.admitted.remove(admission)
        self.ended.append(admission)

    @rule(which=st.integers(0, 99))
    def settle_again(self, which: int) -> None:
        if self.ended:
            again = self.ended[which % len(self.ended)]
            self.runner.run(self.ledgers[1].settle(again, used(1)))

    @rule(which=st.integers(0, 1))
    def lose(self, which: int) -> None:
        """As `recover` does for a process that is gone."""
        self.runner.run(self._lose(which))

    async def _lose(self, which: int) -> None:
        alone = _OneTenant(self.database, self.actor.tenant_id)
        async for endings in left_open(alone, {self.ledgers[which].instance: None}):  # type: ignore[arg-type]
            for ending in endings:
                ending.future = asyncio.get_running_loop().create_future()
                self.ledgers[1 - which]._writer.settle(ending)
            await asyncio.gather(*(e.future for e in endings if e.future))

    @rule(hours=st.integers(-30, 60))
    def turn_the_clock(self, hours: int) -> None:
        self.clock.move(hours=hours)

    @invariant()
    def the_sums_are_those_of_the_rows(self) -> None:
        self.runner.run(self._check())

    async def _check(self) -> None:
        if not hasattr(self, "actor"):
            return
        async with self.database.tenant_session(self.actor) as db:
            rows = await db.fetch(_SUMS)
            started = await db.fetchval(
                "SELECT count(*) FROM gateway_usage WHERE outcome = 'started'"
            )
            opened = await db.fetchval("SELECT open FROM gateway_limits")
        assert len(rows) == 3
        for row in rows:
            assert row["spent"] + row["reserved"] <= row["cap"]
            assert (row["spent"], row["reserved"]) == (row["rows_spent"], row["rows_reserved"])
        assert opened == started <= _AT_ONCE

    def teardown(self) -> None:
        if hasattr(self, "ledgers"):
            for ledger in self.ledgers:
                self.runner.run(ledger.close())


def test_a_cap_holds_and_the_sums_are_those_of_the_rows(postgres: str, database: Database) -> None:
    with asyncio.Runner() as runner:
        own = runner.run(Database.open(runtime_url(postgres), size=6))
        machine = type("SumsHere", (Sums,), {"database": own, "runner": runner})
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    max_examples=15,
                    stateful_step_count=20,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(own.close())
