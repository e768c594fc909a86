"""Engines over HTTP: a tenant's administrator sees whether they are well, an operator turns them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.kernel import identity, tenants
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import ENGINE, house_of
from tests.serving import served

PATH = "/v1/gateway/engines"


@pytest.fixture
async def url(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[str]:
    async with (
        house_of(database, actor, tmp_path, working=False) as house,
        served(create_app(house)) as found,
    ):
        yield found
    async with database.directory_session() as db:
        await db.execute("DELETE FROM gateway_drains")


async def asked(url: str, key: str, method: str, path: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        ClientSession(url, headers=headers) as client,
        client.request(method, path) as response,
    ):
        return response.status, await response.json()


async def test_an_operator_drains_and_resumes(url: str, database: Database) -> None:
    key = await identity.issue(database, *await tenants.ensure_platform(database), "key")
    for verb, state in (("drain", "drained"), ("drain", "drained"), ("resume", "ready")):
        status, told = await asked(url, key, "POST", f"{PATH}/{ENGINE.name}/{verb}")
        assert (status, told["state"]) == (200, state)
        _, listed = await asked(url, key, "GET", PATH)
        assert [one["state"] for one in listed["engines"]] == [state]
        assert listed["engines"][0]["load"]["busy"] == 0
    status, told = await asked(url, key, "POST", f"{PATH}/nobodys/drain")
    assert status == 404 and ENGINE.name in told["detail"]
    status, _ = await asked(url, key, "POST", f"{PATH}/{'x' * 65}/drain")
    assert status == 422


async def test_an_administrator_sees_engines_without_their_load(
    url: str, database: Database, actor: Actor
) -> None:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    status, listed = await asked(url, key, "GET", PATH)
    (one,) = listed["engines"]
    assert status == 200 and one["load"] is None
    assert (one["kind"], one["trust"], one["models"]) == ("vllm", "inside", ["small"])
    for verb in ("drain", "resume"):
        assert (await asked(url, key, "POST", f"{PATH}/{ENGINE.name}/{verb}"))[0] == 403
