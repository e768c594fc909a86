"""The whole room in one place, as `app.py` wires it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.service import Alerts
from lionrock.screening.documents.runs import DocumentRuns
from lionrock.screening.entities import Entity
from lionrock.screening.personal.rooms import PersonalData
from lionrock.screening.registry.registry import Registry
from lionrock.screening.registry.screens import Screens
from lionrock.screening.tuning.runs import TuningRuns

log = logging.getLogger(__name__)
_PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class Screening:
    registry: Registry
    alerts: Alerts
    personal: PersonalData
    tunings: TuningRuns
    documents: DocumentRuns

    @classmethod
    def open(
        cls, database: Database, vault: Vault, fields: MemberFields, home: Path,
        screens: Screens | None = None,
    ) -> Screening:  # fmt: skip
        """The alerts read customers from the registry, which tells them of hits."""

        async def customer(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> Entity:
            return await registry.customers.entity_of(db, tenant, customer)

        alerts = Alerts.open(database, vault, fields, customer)
        registry = Registry.open(
            database, vault, home, sink=alerts.intake, screened=alerts.intake, screens=screens
        )
        personal = PersonalData.open(database, vault, registry.hashes, registry.indexes)
        return cls(registry, alerts, personal, TuningRuns(database, registry), DocumentRuns())

    async def run(self) -> None:
        """The workers, until cancelled: rescreening, batches, the alerts' clocks. One that fails begins
        again; the others go on meanwhile."""
        async with asyncio.TaskGroup() as tasks:
            for work in (self.registry.continuous.run, self.registry.batches.run, self.alerts.run):
                tasks.create_task(_lasting(work))

    async def close(self) -> None:
        """Once the workers have stopped."""
        await self.tunings.close()
        await self.documents.close()
        await self.registry.close()


async def _lasting(work: Callable[[], Awaitable[None]]) -> None:
    """Let a worker work until cancelled, whatever befalls it: a lost connection ends no screening."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a worker of screening failed and begins again")
        await asyncio.sleep(_PAUSE_SECONDS)
