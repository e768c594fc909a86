"""Two institutions in one application, on a database of their own, and everyone who may come to its doors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from fastapi import FastAPI

from lionrock.app import House
from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity, tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import decide
from lionrock.kernel.grants import FIRST_ROLES, GRANTS
from lionrock.kernel.migrate import SCHEMA, prepare
from lionrock.kernel.permissions import Permission
from lionrock.kernel.secrets import new_token, token_hash
from tests.building import at_work, house_of, taught
from tests.conftest import _PASSWORD, new_tenant, runtime_url
from tests.fakes import ScriptedEngine
from tests.matrix.calling import Reply, Sent, call
from tests.matrix.institution import PASSWORD, QUESTION, Institution
from tests.matrix.surface import Operation, application

__all__ = ["PASSWORD", "QUESTION", "Institution", "World", "door", "world_of"]

_ANSWER = "The bank keeps due diligence records for at least seven years [1]."

LOGS = {
    "events", "event_keys", "event_payloads", "audit_logs", "audit_platform", "audit_platform_entries",
    "sign_in_attempts",
}  # fmt: skip
"""Tables that a refusal may add to: the log, which tells of refusals, its sequencer's, and the counts
that slow guessing down."""


@dataclass
class World:
    house: House
    app: FastAPI
    admin: asyncpg.Connection
    ours: Institution
    theirs: Institution
    operator: Actor
    """Of the platform's own tenant."""
    _kept: dict[tuple[str, ...], str] = field(default_factory=dict)

    async def send(
        self, operation: Operation, sent: Sent, token: str, *, session: bool = False
    ) -> Reply:
        """With the token as that door takes it: a key in the API, a session on pages; "" for none."""
        credential = door(operation, token, session=session)
        return await call(self.app, operation.method, operation.path, sent, credential)

    async def who_may(self, needs: Permission | None) -> Actor:
        """Someone of ours, or of the platform, whose roles grant it."""
        if needs in self.ours.holders:
            return self.ours.holders[needs]
        for actor in (self.ours.actor, self.operator):
            if needs is None or needs in frozenset[Permission]().union(
                *(GRANTS[r] for r in actor.roles)
            ):
                return actor
        role = next(role for role in Role if needs in GRANTS[role])
        return await self.ours.member(role)

    async def credential(self, operation: Operation, actor: Actor, *, session: bool = False) -> str:
        """A valid key or session of `actor`, whichever the operation takes."""
        kind: Any = "key" if operation.api and not session else "session"
        return await identity.issue(self.house.database, actor.tenant_id, actor.id, kind)

    async def colleague(
        self, operation: Operation, role: Role | None, *, session: bool = False
    ) -> str:
        """A credential of a member of ours with this role, kept for the next refusal."""
        key = ("colleague", role or "", "key" if operation.api and not session else "session")
        if key not in self._kept:
            member = await self.ours.member(*([role] if role else []))
            token = await self.credential(operation, member, session=session)
            # So that no use of it is noted, which would be a change.
            await self.admin.execute(
                "UPDATE credentials SET seen_at = now() + interval '1 day' WHERE hash = $1",
                token_hash(token),
            )
            self._kept[key] = token
        return self._kept[key]

    async def dead(self, operation: Operation, why: str, actor: Actor) -> str:
        """A credential of someone with the actor's roles that must not work any more."""
        key = ("dead", why, str(actor.id), "key" if operation.api else "session")
        if key not in self._kept:
            self._kept[key] = await self._dead(operation, why, actor)
        return self._kept[key]

    async def _dead(self, operation: Operation, why: str, actor: Actor) -> str:
        if why == "unknown":
            return new_token(actor.tenant_id)
        if why == "suspended":
            member = await self.ours.member(*actor.roles)
            token = await self.credential(operation, member)
            await self.admin.execute(
                "UPDATE members SET suspended_at = now() WHERE tenant_id = $1 AND id = $2",
                *(member.tenant_id, member.id),
            )
            return token
        token = await self.credential(operation, actor)
        column = {
            "expired": "expires_at = now() - interval '1 second'",
            "ended": "ended_at = now()",
        }
        await self.admin.execute(
            f"UPDATE credentials SET {column[why]} WHERE hash = $1", token_hash(token)
        )
        return token

    async def state(self) -> dict[str, str]:
        """Every table but the log by its rows and the last transaction that wrote one; every file."""
        files = [p for p in (self.house.settings.home / "files").rglob("*") if p.is_file()]
        tables = await self.admin.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace"
            " AND relkind IN ('r', 'p') AND relname <> ALL($2)",
            *(SCHEMA, sorted(LOGS)),
        )
        each = " UNION ALL ".join(
            f"SELECT '{t[0]}', count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) FROM {t[0]}"
            for t in tables
        )
        rows = {r[0]: r[1] for r in await self.admin.fetch(each)}
        return {**rows, **{str(p): str(p.stat().st_size) for p in files}}

    async def events(self) -> int:
        """How many events there are of ours and the platform's."""
        count: int = await self.admin.fetchval(
            "SELECT count(*) FROM events WHERE tenant_id = ANY ($1)",
            [self.ours.tenant, self.operator.tenant_id],
        )
        return count


def door(operation: Operation, token: str, *, session: bool = False) -> dict[str, str]:
    if not token:
        return {}
    if operation.api and not session:
        return {"authorization": f"Bearer {token}"}
    return {"cookie": f"{SESSION_COOKIE}={token}"}


@asynccontextmanager
async def world_of(postgres: str, folder: Path, name: str) -> AsyncIterator[World]:
    """A world on a fresh database `name` of the tests' server; the database goes with it."""
    server = await asyncpg.connect(postgres)
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {name}")
    url = postgres.rpartition("/")[0] + f"/{name}"
    try:
        await prepare(url, _PASSWORD, _PASSWORD)
        admin = await asyncpg.connect(url, server_settings={"search_path": SCHEMA})
        database = await Database.open(runtime_url(url))
        try:
            async with _furnished(database, admin, folder) as world:
                yield world
        finally:
            await database.close()
            await admin.close()
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()


@asynccontextmanager
async def _furnished(
    database: Database, admin: asyncpg.Connection, folder: Path
) -> AsyncIterator[World]:
    """Two institutions with a document and a run each; then the worker rests, so that nothing
    changes but by a request."""
    first, second = await _administrator(database), await _administrator(database)
    engine = ScriptedEngine(_ANSWER)
    async with house_of(database, first, folder, engine=engine, working=False) as house:
        async with at_work(house.ingest):
            ours = await _opened(house, first, "Lungtin")
            theirs = await _opened(house, second, "Waglan")
        platform, member = await tenants.ensure_platform(database)
        operator = Actor(
            platform, member, ActorKind.MEMBER, frozenset({Role.PLATFORM_OPERATOR}), "general"
        )
        await house.audit.start()
        yield World(house, application(house), admin, ours, theirs, operator)
        await house.audit.close()


async def _administrator(database: Database) -> Actor:
    """With the roles of a first member: most of what there is."""
    made = await new_tenant(database)
    actor = Actor(made.tenant_id, made.id, ActorKind.MEMBER, FIRST_ROLES, "general")
    assert decide(actor, Permission.MEMBERS_MEMBER_INVITE)
    return actor


async def _opened(house: House, actor: Actor, canary: str) -> Institution:
    made = Institution(house, actor, canary)
    text = f"# Record keeping\n\n{canary} keeps due diligence records for seven years."
    made.document = (await taught(house, actor, f"{canary}.md", text)).id
    made.run, made.citation = await made.ended_run()
    return made
