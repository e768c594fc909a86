"""A registry around a small engine, and a tenant with its people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lionrock.kernel.actors import Actor, Role, worker
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.registry.registry import Registry
from tests.screening.registry.small import ENGINE, Told


@dataclass
class Desk:
    registry: Registry
    manager: Actor
    """Holds the roles that manage lists, and screen."""
    told: Told
    database: Database
    home: Path
    vault: Vault

    async def count(self, table: str, where: str = "true") -> int:
        async with self.database.tenant_session(self.manager) as db:
            return int(await db.fetchval(f"SELECT count(*) FROM {table} WHERE {where}"))

    async def events(self, name: str) -> int:
        return await self.count("events", f"event = '{name}'")

    async def settle(self) -> None:
        await self.registry.continuous.settle(self.manager.tenant_id)

    @property
    def house(self) -> Actor:
        return worker(self.manager.tenant_id)


@pytest.fixture
async def desk(
    database: Database, actor: Actor, vault: Vault, tmp_path: Path
) -> AsyncIterator[Desk]:
    told = Told()
    manager = replace(actor, roles=frozenset({Role.REVIEWER}))
    registry = Registry.open(database, vault, tmp_path, engine=ENGINE, sink=told)
    yield Desk(registry, manager, told, database, tmp_path, vault)
    await registry.close()
