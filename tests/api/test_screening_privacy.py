"""A customer's erasure over HTTP: refused with the day, then proposed and approved by two officers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.api.screening_desk import Desk, desk_of, signed_in
from tests.building import house_of
from tests.screening.alerts.making import CHAN, member
from tests.serving import served


@pytest.fixture
async def desk(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        house_of(database, actor, tmp_path, working=False) as house,
        served(create_app(house)) as url,
        desk_of(house, url, actor) as made,
    ):
        yield made


async def call(who: ClientSession, method: str, path: str, status: int, body: Any = None) -> Any:
    async with who.request(method, f"/v1/privacy/{path}", json=body) as response:
        assert response.status == status, await response.text()
        return await response.json() if status != 204 else None


async def test_two_officers_erase_a_customer_once_the_law_lets_them(
    desk: Desk, stranger: Actor
) -> None:
    customers = desk.house.screening.registry.customers
    customer = str(await customers.put(desk.analyst_actor, CHAN))
    await customers.end(desk.analyst_actor, CHAN.id)
    tenant, database = desk.analyst_actor.tenant_id, desk.house.database
    first, second = [await member(database, tenant, Role.PRIVACY_OFFICER) for _ in range(2)]
    wanted = {"targets": [{"kind": "customer", "id": customer}], "reason": "request"}
    began = {
        "kind": "customer", "target_id": customer, "starts": "relationship-end",
        "on_day": "2019-03-01",
    }  # fmt: skip
    async with (
        signed_in(desk.house, desk.url, first) as one,
        signed_in(desk.house, desk.url, second) as other,
        signed_in(desk.house, desk.url, stranger) as outsider,
    ):
        refused = await call(one, "POST", "erasures", 409, wanted)
        assert "can be erased from 20" in refused["detail"] and "Cap. 615" in refused["detail"]
        await call(outsider, "PUT", "retention/starts", 404, began)
        await call(outsider, "POST", "erasures", 404, wanted)
        await call(desk.analyst, "POST", "erasures", 403, wanted)
        await call(one, "PUT", "retention/starts", 204, began)
        made = await call(one, "POST", "erasures", 201, wanted)
        assert made["facts"][0]["active"] is False and "Chan" not in str(made)
        decided = {"approve": True, "content_hash": made["content_hash"]}
        await call(one, "POST", f"erasures/{made['id']}/decision", 403, decided)
        done = await call(other, "POST", f"erasures/{made['id']}/decision", 200, decided)
        assert done["state"] == "done"
        certificate = await call(one, "GET", f"erasures/{made['id']}/certificate", 200)
        assert certificate["certificate"]["erased"][0]["id"] == customer


async def test_old_screenings_are_listed_by_their_class(desk: Desk) -> None:
    await desk.list()
    await desk.call(desk.analyst, "POST", "names", 200, {"name": "Nobody Known"})
    database, tenant = desk.house.database, desk.analyst_actor.tenant_id
    async with database.tenant_session(desk.analyst_actor) as db:
        await db.execute(
            "UPDATE retention_classes SET minimum_months = 0, maximum_months = 0"
            " WHERE code = 'screening'"
        )
        screening = await db.fetchval("SELECT id FROM screenings")
    officer = await member(database, tenant, Role.PRIVACY_OFFICER)
    async with signed_in(desk.house, desk.url, officer) as session:
        (due,) = (await call(session, "GET", "retention", 200))["due"]
    assert (due["kind"], due["target_id"]) == ("screening", str(screening))
    assert (due["retention_class"], due["collection_id"], due["automatic"]) == (
        "screening", None, False,
    )  # fmt: skip
