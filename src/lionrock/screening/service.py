"""The whole room in one place, as `app.py` wires it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.service import Alerts
from lionrock.screening.alerts.subjects import customers_of
from lionrock.screening.entities import Entity
from lionrock.screening.registry.registry import Registry


@dataclass(slots=True)
class Screening:
    registry: Registry
    alerts: Alerts

    @classmethod
    def open(cls, database: Database, vault: Vault, fields: MemberFields, home: Path) -> Screening:
        """The alerts read customers from the registry, which tells them of hits."""

        async def customer(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> Entity:
            return await customers_of(registry.customers)(db, tenant, customer)

        alerts = Alerts.open(database, vault, fields, customer)
        registry = Registry.open(database, vault, home, sink=alerts.intake, screened=alerts.intake)
        return cls(registry, alerts)

    async def run(self) -> None:
        """The workers, until cancelled: rescreening, batches, the alerts' clocks."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.registry.continuous.run())
            tasks.create_task(self.registry.batches.run())
            tasks.create_task(self.alerts.run())

    async def close(self) -> None:
        """Once the workers have stopped."""
        await self.registry.close()
