"""A served house with people who screen, for the tests of screening over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, FormData

from lionrock.app import House
from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from tests.screening.alerts.making import member

LIST = (
    "id,type,name,chinese_name,date of birth\n"
    "L1,person,Jin Tiesan,金铁三,1971-03-11\n"
    "L2,person,Iyad ag Ghali,,1958\n"
    "L3,company,Harbour Paper Company Limited,,\n"
)


@dataclass
class Desk:
    """`analyst` and `reviewer` by key; whoever decides signs in."""

    house: House
    url: str
    analyst: ClientSession
    reviewer: ClientSession
    analyst_actor: Actor

    async def call(
        self, who: ClientSession, method: str, path: str, status: int, body: Any = None
    ) -> Any:
        async with who.request(method, f"/v1/screening/{path}", json=body) as response:
            assert response.status == status, await response.text()
            text = await response.text()
            return json.loads(text) if text else None

    async def send(
        self, who: ClientSession, path: str, status: int, name: str, text: str, **fields: str
    ) -> Any:
        form = FormData()
        for key, value in fields.items():
            form.add_field(key, value)
        form.add_field("file", text.encode(), filename=name)
        async with who.post(f"/v1/screening/{path}", data=form) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def list(self, text: str = LIST) -> str:
        made = await self.call(
            self.reviewer, "POST", "lists", 201, {"name": "Ours", "kind": "table"}
        )
        await self.send(self.reviewer, f"lists/{made['id']}/versions", 201, "ours.csv", text)
        return str(made["id"])


@asynccontextmanager
async def signed_in(house: House, url: str, actor: Actor) -> AsyncIterator[ClientSession]:
    token = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    async with ClientSession(url, headers={"Cookie": f"{SESSION_COOKIE}={token}"}) as session:
        yield session


@asynccontextmanager
async def desk_of(house: House, url: str, tenant: Actor) -> AsyncIterator[Desk]:
    analyst = await member(house.database, tenant.tenant_id, Role.ANALYST)
    reviewer = await member(house.database, tenant.tenant_id, Role.REVIEWER)
    key = await identity.issue(house.database, analyst.tenant_id, analyst.id, "key")
    async with (
        ClientSession(url, headers={"Authorization": f"Bearer {key}"}) as by_key,
        signed_in(house, url, reviewer) as officer,
    ):
        yield Desk(house, url, by_key, officer, analyst)
