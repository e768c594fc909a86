"""Exchanges for tests: through the door of a tenant that keeps them, or written by hand."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from lionrock.gateway.exchanges.keeper import Keeper
from lionrock.gateway.exchanges.records import INSERT, month, sealed
from lionrock.gateway.exchanges.taking import Taking
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Outcome, Retention, new_id
from lionrock.gateway.policies.service import Decided, PolicyService
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from tests.gateway.door_making import Office, engine, office_of
from tests.gateway.ledger.making import call


async def keeps(office: Office, retention: Retention = Retention.STANDARD) -> None:
    """The office's tenant decides so."""
    policies = PolicyService(office.house.database, office.house.gateway.forget)
    now = await policies.get(office.actor)
    await policies.change(office.actor, Decided(retention=retention), now.version)


@asynccontextmanager
async def keeping(
    database: Database, actor: Actor, folder: Path, url: str
) -> AsyncIterator[Office]:
    async with office_of(database, actor, folder, engine(url)) as office:
        await keeps(office)
        yield office


async def kept(database: Database, actor: Actor) -> list[asyncpg.Record]:
    """The tenant's rows, oldest first."""
    async with database.tenant_session(actor) as db:
        return list(await db.fetch("SELECT * FROM gateway_exchanges ORDER BY id"))


def body(prompt: str, **more: Any) -> bytes:
    asked = {"model": "small", "messages": [{"role": "user", "content": prompt}]} | more
    return json.dumps(asked, ensure_ascii=False).encode()


def said(text: str) -> bytes:
    """A whole answer, as the client gets it."""
    message = {"role": "assistant", "content": text}
    return json.dumps(
        {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    ).encode()


async def taken(
    keeper: Keeper,
    actor: Actor,
    prompt: str = "why?",
    answer: str = "so",
    *,
    key: UUID | None = None,
) -> Taking:
    found = await keeper.begin(
        new_id(), call(actor, key=key), Endpoint.CHAT, body(prompt), streamed=False
    )
    found.said.feed(said(answer))
    return found


async def put(
    database: Database, vault: Vault, actor: Actor, prompt: str, answer: str = "so",
    *, at: datetime | None = None, key: UUID | None = None,
) -> UUID:  # fmt: skip
    """One that was exchanged (at another time)."""
    one = await taken(Keeper(database, vault), actor, prompt, answer, key=key)
    one.end(Outcome.FINISHED)
    if at is not None:
        scope = month(at)
        one.began = one.ended = at
        one.key, one.period = vault.make(actor.tenant_id, scope), scope.name
    async with database.tenant_session(actor) as db:
        await db.execute(INSERT, *sealed(one))
    return one.id


def by_key(actor: Actor, key: UUID) -> Actor:
    return replace(actor, kind=ActorKind.SERVICE, credential=key)


def colleague(actor: Actor, *roles: Role) -> Actor:
    return replace(actor, id=uuid4(), roles=frozenset(roles))
