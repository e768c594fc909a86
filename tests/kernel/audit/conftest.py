"""A database of its own for each test that has a log, a tenant in it, and a sequencer on both."""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.cosign import cosign
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.audit.faults import Faults
from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.sequencer import Sequencer
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.audit.verify import Trust
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.migrate import prepare
from tests.conftest import new_tenant, runtime_url

PASSWORD = "0" * 64


@pytest.fixture(scope="session")
async def template(postgres: str, database: Database) -> str:
    """Name of a prepared database that others are copied from. `database` made the roles."""
    name = f"audit_template_{uuid4().hex}"
    db = await asyncpg.connect(postgres)
    try:
        await db.execute(f"CREATE DATABASE {name}")
    finally:
        await db.close()
    await prepare(named(postgres, name), PASSWORD, PASSWORD)
    return name


def named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


@pytest.fixture
async def urls(postgres: str, template: str) -> AsyncIterator[tuple[str, str]]:
    """Admin and runtime URLs of a database that no other test sees."""
    name = f"audit_{uuid4().hex}"
    db = await asyncpg.connect(postgres)
    try:
        await db.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield named(postgres, name), runtime_url(named(postgres, name))
        await db.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await db.close()


@pytest.fixture
async def admin(urls: tuple[str, str]) -> AsyncIterator[asyncpg.Connection]:
    """Someone who may do anything to the database, as an attacker there may."""
    db = await asyncpg.connect(urls[0], server_settings={"search_path": "lionrock, public"})
    yield db
    await db.close()


@pytest.fixture
async def own(urls: tuple[str, str]) -> AsyncIterator[Database]:
    opened = await Database.open(urls[1])
    yield opened
    await opened.close()


@pytest.fixture
async def member(own: Database) -> Actor:
    """An administrator who is auditor too."""
    return auditor_of(await new_tenant(own))


def auditor_of(actor: Actor) -> Actor:
    roles = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
    return Actor(actor.tenant_id, actor.id, ActorKind.MEMBER, roles, "general", "Auditor")


def sequencer(
    database: Database, home: Path, *, origin: str = "log.example", faults: Faults | None = None
) -> Sequencer:
    return Sequencer(
        database, home / "audit", KeyRing(home / "keys"), origin=origin, seconds=60, faults=faults
    )


@asynccontextmanager
async def sequencing(
    database: Database, home: Path, *, faults: Faults | None = None
) -> AsyncIterator[Sequencer]:
    """A started sequencer; given back without a last round, as a process that is killed does."""
    made = sequencer(database, home, faults=faults)
    await made.start()
    try:
        yield made
    finally:
        await made._let_go()


async def happen(database: Database, actor: Actor, count: int = 1, **details: str) -> list[UUID]:
    """Events, each in a transaction of its own; their ids."""
    ids = []
    for _ in range(count):
        async with database.tenant_session(actor) as db:
            ids.append(await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4(), details))
    return ids


async def happen_quickly(database: Database, actor: Actor, count: int) -> None:
    async with database.tenant_session(actor) as db:
        for _ in range(count):
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4())


@asynccontextmanager
async def keeping(database: Database, home: Path) -> AsyncIterator[AuditService]:
    """The service with its log open and checked; rounds only when asked for."""
    made = AuditService(database, home, origin="log.example", seconds=60)
    await made.sequencer.start()
    try:
        yield made
    finally:
        await made.sequencer._let_go()


async def exported(service: AuditService, actor: Actor, since: datetime | None = None) -> bytes:
    """The whole tar file."""
    return b"".join([piece async for piece in await service.export(actor, since)])


WITNESS = Witness("hkma.example", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))


async def cosign_now(
    service: AuditService, actor: Actor, witness: Witness, last: bytes | None = None
) -> bytes:
    """The witness gets an export, checks and cosigns it, and the log takes the result in."""
    if witness.name not in {w.name for w in await service.witnesses.known(actor)}:
        await service.add_witness(actor, witness.verifier.vkey)
    keys = tuple(notes.parse_vkey(key) for key in await service.keys(actor))
    source = Tar(io.BytesIO(await exported(service, actor)))
    cosigned, _ = cosign(source, Trust(time.time(), keys), witness, last)
    await service.keep_cosigned(actor, cosigned)
    return cosigned
