"""A desk of its own for each test, and one of another tenant."""

from __future__ import annotations

import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from tests.screening.alerts.making import Desk, desk_of


@pytest.fixture
async def desk(database: Database, vault: Vault, postgres: str, actor: Actor) -> Desk:
    return await desk_of(database, vault, postgres, actor.tenant_id)


@pytest.fixture
async def elsewhere(database: Database, vault: Vault, postgres: str, stranger: Actor) -> Desk:
    return await desk_of(database, vault, postgres, stranger.tenant_id)
