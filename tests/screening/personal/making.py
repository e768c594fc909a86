"""A house whose officers erase and whose analysts screen: the same customer in every room."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from lionrock.kernel.actors import Actor, Role, worker
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.screening.alerts.report_models import Outcome
from lionrock.screening.entities import Entity, Name, Schema
from tests.kernel.privacy.conftest import Office
from tests.screening.alerts.making import CHAN as CHAN_TAI_MAN
from tests.screening.alerts.making import OTHER_BIRTH, Desk, entry, hit, member
from tests.screening.registry.small import Listed

LEE_MEI_LING = Entity("C-2", Schema.PERSON, names=(Name("LEE Mei Ling"),))
LONG_AGO = "2020-01-15T04:00:00Z"
TABLES = (
    "screening_customers", "screening_alerts", "screening_alert_hits", "screening_alert_steps",
    "screening_clearances", "screening_reports",
)  # fmt: skip
REQUESTED = "HKMA request on CHAN Tai Man, A123456(3)"
"""For which `case_on` shares a case."""


@dataclass
class Room(Office):
    desk: Desk

    async def put(self, entity: Entity = CHAN_TAI_MAN) -> UUID:
        return await self.house.screening.registry.customers.put(self.desk.analyst, entity)

    async def case_on(self, customer: UUID, *, closed: bool = True, reported: bool = False) -> UUID:
        """`reported`: with a draft that is concluded, and shared with an observer."""
        await self.desk.found(customer, hit())
        case = await self.desk.alert_of(customer)
        if reported:
            alerts, officer = self.desk.alerts, self.desk.reviewer
            await alerts.escalation.escalate(officer, case, "See the account.")
            draft = await alerts.reports.prepare(officer, case)
            outcome = Outcome(outcome="not-reported", words="No ground.")
            await alerts.reports.conclude(officer, draft, outcome)
            observer = await member(self.desk.database, self.desk.tenant, Role.REGULATOR_OBSERVER)
            await alerts.sharing.share(officer, case, observer.id, REQUESTED)
        if closed:
            await self.desk.decided(case, OTHER_BIRTH)
        return case

    async def end(self, entity: Entity = CHAN_TAI_MAN) -> None:
        await self.house.screening.registry.customers.end(self.desk.analyst, entity.id)

    async def let_years_pass(self) -> None:
        """All that was done here was done long ago."""
        for table, column in (
            ("screening_customers", "changed_at"), ("screening_alerts", "raised_at"),
            ("screening_alerts", "decided_at"), ("screening_alert_steps", "made_at"),
            ("screenings", "screened_at"), ("screening_batches", "finished_at"),
            ("screening_batches", "created_at"), ("screening_reports", "concluded_at"),
        ):  # fmt: skip
            await self.desk.as_owner(
                f"UPDATE {table} SET {column} = '{LONG_AGO}'"
                f" WHERE tenant_id = '{self.desk.tenant}' AND {column} IS NOT NULL"
            )

    async def gone_by(self, *, reported: bool = False) -> tuple[UUID, UUID]:
        """A customer of long ago, and their closed case."""
        customer = await self.put()
        case = await self.case_on(customer, reported=reported)
        await self.end()
        await self.let_years_pass()
        return customer, case

    async def screened_file(self, *names: tuple[str, str]) -> UUID:
        """(reference, name) each; screened to its end against one list."""
        registry, manager = self.house.screening.registry, self.desk.reviewer
        if not await self.count("screening_lists"):
            made = await registry.lists.create(manager, "UN", "un")
            listed = Listed([entry(names=(Name("CHAN Tai Man"),))])
            await registry.imports.take(manager, made, listed)
        rows = [json.dumps({"reference": r, "name": n}) for r, n in names]
        file = io.BytesIO("\n".join(rows).encode())
        batch = await registry.batches.submit(self.desk.analyst, file, "jsonl")
        await registry.batches.work(self.desk.tenant)
        return batch

    async def screened(self, name: str) -> UUID:
        query = Entity("?", Schema.PERSON, names=(Name(name),))
        done = await self.house.screening.registry.screening.run(self.desk.analyst, query)
        return done.id

    async def propose(self, *targets: tuple[str, UUID]) -> UUID:
        wanted = [ErasureTarget(kind=k, id=i) for k, i in targets]  # type: ignore[arg-type]
        return await self.privacy.erasures.propose(self.officers.first, wanted, "request")

    async def erase(self, *targets: tuple[str, UUID]) -> dict[str, object]:
        """Proposed by the one officer, approved by the other; what the certificate says."""
        erasure = await self.propose(*targets)
        second, erasures = self.officers.second, self.privacy.erasures
        shown = await erasures.get(second, erasure)
        file = await erasures.approve(second, erasure, shown.content_hash)
        told: dict[str, object] = json.loads(file)["certificate"]
        return told

    async def count(self, table: str, where: str = "true") -> int:
        (row,) = await self.desk.fetch(f"SELECT count(*) AS n FROM {table} WHERE {where}")
        return int(row["n"])

    async def counts(self, *tables: str) -> list[int]:
        return [await self.count(t) for t in tables]

    async def rows(self, table: str) -> Sequence[asyncpg.Record]:
        return await self.desk.fetch(f"SELECT * FROM {table}")

    @property
    def manager(self) -> Actor:
        return replace(self.desk.reviewer, roles=frozenset({Role.REVIEWER}))

    @property
    def worker(self) -> Actor:
        return worker(self.desk.tenant)
