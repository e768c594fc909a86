"""The tuning report at the HTTP door."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.kernel.joining import joined
from tests.screening.registry.small import Listed, person
from tests.serving import served


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        manager = replace(actor, roles=frozenset({Role.REVIEWER}))
        made = await opened.screening.registry.lists.create(manager, "UN", "un")
        source = Listed([person("1", "Saddam Hussein Al-Tikriti")])
        await opened.screening.registry.imports.take(manager, made, source)
        yield opened
        await opened.screening.close()


async def test_what_is_answered_has_the_hashes_that_the_log_has(house: House, actor: Actor) -> None:
    reviewer = await joined(house.database, house.people, actor, Role.REVIEWER)
    key = await identity.issue(house.database, actor.tenant_id, reviewer.id, "key")
    async with (
        served(create_app(house)) as url,
        ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as client,
    ):
        async with client.post("/v1/screening/tuning", json={"seed": 3}) as response:
            assert response.status == 200, await response.text()
            made = await response.json()
        async with client.post("/v1/screening/tuning", json={"entries": 100_000}) as refused:
            assert refused.status == 422
    pdf = base64.b64decode(made["pdf"])
    assert pdf.startswith(b"%PDF-") and hashlib.sha256(pdf).hexdigest() == made["pdf_sha256"]
    assert hashlib.sha256(canonical(made["report"])).hexdigest() == made["sha256"]
    assert made["report"]["facts"]["wanted"]["seed"] == 3
