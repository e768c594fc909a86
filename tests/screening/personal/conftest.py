from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.kernel.privacy.making import Officers, officers
from tests.screening.alerts.making import Desk, member
from tests.screening.personal.making import Room


@asynccontextmanager
async def room_of(
    database: Database, admin_url: str, folder: Path, administrator: Actor, pair: Officers,
    people: tuple[Actor, Actor, Actor, Actor] | None = None,
) -> AsyncIterator[Room]:  # fmt: skip
    """`people`: analyst, colleague, reviewer, auditor, where there are some already."""
    tenant = administrator.tenant_id
    roles = (Role.ANALYST, Role.ANALYST, Role.REVIEWER, Role.AUDITOR)
    if people is None:
        first, second, third, fourth = [await member(database, tenant, r) for r in roles]
        people = (first, second, third, fourth)
    async with house_of(database, administrator, folder, working=False) as house:
        desk = Desk(database, house.screening.alerts, *people, admin_url=admin_url)
        try:
            yield Room(house, administrator, pair, desk)
        finally:
            await house.screening.close()


@pytest.fixture
async def room(database: Database, postgres: str, tmp_path: Path) -> AsyncIterator[Room]:
    administrator, pair = await officers(database)
    async with room_of(database, postgres, tmp_path, administrator, pair) as made:
        yield made


@pytest.fixture
async def elsewhere(database: Database, postgres: str, tmp_path: Path) -> AsyncIterator[Room]:
    """Another tenant's, of the same installation."""
    administrator, pair = await officers(database)
    async with room_of(database, postgres, tmp_path, administrator, pair) as made:
        yield made
