"""A house with two privacy officers and an administrator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.service import Privacy
from tests.building import house_of
from tests.kernel.privacy.making import Officers, officers


@dataclass
class Office:
    house: House
    administrator: Actor
    officers: Officers

    @property
    def privacy(self) -> Privacy:
        return self.house.privacy

    @property
    def officer(self) -> Actor:
        return self.officers.first

    async def events(self, *names: str) -> list[str]:
        """Names of the tenant's events of this room (or those given), in order."""
        async with self.house.database.tenant_session(self.administrator) as db:
            rows = await db.fetch("SELECT event FROM events ORDER BY id")
        return [r["event"] for r in rows if r["event"] in names or not names]


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> AsyncIterator[Office]:
    administrator, pair = await officers(database)
    async with house_of(database, administrator, tmp_path) as house:
        yield Office(house, administrator, pair)
