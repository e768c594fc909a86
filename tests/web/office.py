"""An office to look at: a tenant with members, keys, collections and a history, on a real server.

It runs in a thread of its own, as do its database connections.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import uvicorn

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.kernel import collections, identity, service_keys
from lionrock.kernel.actors import Actor, ActorKind, Role, worker
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.audit.leaves import commitment, pseudonym
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.collections import NewCollection
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, pseudonym_key
from lionrock.kernel.migrate import prepare
from lionrock.kernel.people import People
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.clock import hong_kong_date
from lionrock.kernel.privacy.identifiers import Identifier, IdentifierKind
from lionrock.kernel.privacy.request_models import RequestKind
from lionrock.kernel.service_keys import NewKey
from lionrock.web.pages import add_pages
from tests.building import house_of, taught
from tests.conftest import new_tenant, runtime_url
from tests.web.office_gateway import use_models

ADMINISTRATOR, PRIVACY, AUDITOR, ANALYST, LEAVER = (
    "陳敏儀", "Priya Raman", "何國輝", "Wong Ka-yan", "Daniel Leung",
)  # fmt: skip
PEOPLE: Mapping[str, frozenset[Role]] = {
    PRIVACY: frozenset({Role.PRIVACY_OFFICER}),
    AUDITOR: frozenset({Role.AUDITOR}),
    ANALYST: frozenset({Role.ANALYST}),
    LEAVER: frozenset({Role.ANALYST, Role.REVIEWER}),
    "Lam Chi Fai": frozenset({Role.REVIEWER}),
    "Olivia Chan-Roberts": frozenset({Role.MODEL_OWNER}),
    "張偉明": frozenset({Role.ANALYST}),
    "Inspectorate, Banking Supervision": frozenset({Role.REGULATOR_OBSERVER}),
}


class Named(Protocol):
    """What of a house members are written with."""

    database: Database
    people: People


@dataclass
class Office:
    """A furnished house and who is in it, by name."""

    house: House
    administrator: Actor
    people: dict[str, UUID] = field(default_factory=dict)
    requests: dict[str, UUID] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        roles = PEOPLE.get(name, self.administrator.roles)
        tenant = self.administrator.tenant_id
        return Actor(tenant, self.people[name], ActorKind.MEMBER, roles, "general")

    async def link(self, name: str) -> str:
        token = await identity.issue(
            self.house.database, self.administrator.tenant_id, self.people[name], "link"
        )
        return f"/sign-in#{token}"


async def furnish(house: House, administrator: Actor) -> Office:
    """Members of every kind, one of each state; keys; collections; refusals of several days."""
    office = Office(house, administrator, {ADMINISTRATOR: administrator.id})
    await name(house, administrator, administrator.id, ADMINISTRATOR)
    for who, roles in PEOPLE.items():
        address = f"{who.split()[0].lower().strip(',')}@bank.example"
        invited = await house.people.members.invite(administrator, address, roles)
        await name(house, administrator, invited.member_id, who)
        office.people[who] = invited.member_id
    await house.people.members.invite(administrator, "new.colleague@bank.example", {Role.ANALYST})
    await house.people.members.suspend(administrator, office.people["張偉明"])
    office.people["statement-loader"] = await house.people.members.add_service(
        administrator, "statement-loader"
    )
    await _keys(office)
    await collections.create(
        house.database, administrator,
        NewCollection(
            name="Customer files 2026", purposes=["customer-due-diligence"], restricted=True,
            retention_class="aml-due-diligence", access_roles=[Role.ANALYST],
            access_members=[office.people["Lam Chi Fai"]], zero_retention=True,
        ),
    )  # fmt: skip
    for _ in range(2):
        await identity.issue(
            house.database, administrator.tenant_id, office.people[LEAVER], "session"
        )
    await _refusals(house, administrator)
    await _requests(office)
    await use_models(house.database, administrator, office.actor(ANALYST))
    return office


async def name(house: Named, administrator: Actor, member: UUID, called: str) -> None:
    """As if the member had accepted their invitation under this name."""
    tenant = administrator.tenant_id
    sealed = await house.people.fields.seal(tenant, member, "name", called)
    async with house.database.tenant_session(administrator) as db:
        await db.execute(
            "UPDATE members SET name = $3, state = 'active' WHERE tenant_id = $1 AND id = $2",
            *(tenant, member, sealed),
        )


async def _keys(office: Office) -> None:
    database, chief = office.house.database, office.administrator
    for wanted in (
        NewKey(name="Core banking: nightly letters", scopes=frozenset({P.DOCUMENTS_DOCUMENT_ADD}),
               owner=office.people["statement-loader"], addresses=("10.20.0.0/16",)),
        NewKey(name="Branch assistant", days=9, zero_retention=True,
               scopes=frozenset({P.ASSIST_ASK_RUN, P.SEARCH_PASSAGE_READ}),
               owner=office.people["statement-loader"]),
        NewKey(name="Month-end script", scopes=frozenset({P.KERNEL_RUN_READ}), days=365),
    ):  # fmt: skip
        await service_keys.create(database, chief, wanted)
    # A key of the leaver's own, from when they were an administrator.
    await identity.issue(database, chief.tenant_id, office.people[LEAVER], "key")


async def _requests(office: Office) -> None:
    """Clocks at every stage: just begun, nearly over with places to review, overdue, and ended."""
    officer, privacy, today = office.actor(PRIVACY), office.house.privacy, hong_kong_date(_now())
    letters = (
        "Letter to Ms Chan Siu Ling about her mortgage.\n\nMs Chan lives with Mr Wong Tai Man."
    )
    await taught(office.house, office.administrator, "letters.txt", letters)
    for name_, number, ago in (
        ("Ho Wing Sze", "C123456(9)", 2), ("Chan Siu Ling", "A123456(3)", 33), ("李志強", "", 46),
        ("Cheung Ka Ming", "", 20), ("Fung Mei Po", "", 60),
    ):  # fmt: skip
        known = [Identifier(kind=IdentifierKind.NAME, value=name_)]
        if number:
            known.append(Identifier(kind=IdentifierKind.HKID, value=number))
        subject = await privacy.subjects.add(officer, known)
        kind = RequestKind.CORRECTION if name_ == "Cheung Ka Ming" else RequestKind.ACCESS
        office.requests[name_] = await privacy.requests.receive(
            officer, subject, kind, received_on=today - timedelta(days=ago),
            wording="Please send me all you hold about my account.",
        )  # fmt: skip
    review = office.requests["Chan Siu Ling"]
    await privacy.requests.check_identity(officer, review, "id-document")
    await privacy.findings.search(officer, review)
    await privacy.requests.refuse(
        officer,
        office.requests["Fung Mei Po"],
        "not-located",
        "No account of this name; asked twice.",
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _refusals(house: House, administrator: Actor) -> None:
    hosts = {"telemetry.example.com": (443, 9), "fonts.example.net": (443, 3), "10.9.8.7": (22, 1)}
    for host, (port, often) in hosts.items():
        for day in range(0, often * 3, 3):
            details = {"host": host, "port": port, "part": "models", "count": 1 + day % 7}
            at = datetime.now(UTC) - timedelta(days=day % 29, hours=day % 5)
            await record_at(
                house.database, worker(administrator.tenant_id), Event.EGRESS_CONNECTION_REFUSE,
                administrator.tenant_id, details, at,
            )  # fmt: skip


async def record_at(
    database: Database, actor: Actor, event: Event, subject: UUID, details: dict[str, Any],
    at: datetime,
) -> UUID:  # fmt: skip
    """An event of another day; the product itself writes only those of now."""
    payload = canonical(
        {"actor_id": str(actor.id), "details": details, "purpose": actor.purpose,
         "subject_id": str(subject)}
    )  # fmt: skip
    salt, milliseconds = secrets.token_bytes(32), int(at.timestamp() * 1000)
    id = UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | secrets.randbits(62))
    async with database.tenant_session(actor) as db:
        key = await pseudonym_key(db, actor.tenant_id)
        await db.execute(
            "INSERT INTO events (tenant_id, id, at, event, actor_kind, actor, subject, commitment)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            *(actor.tenant_id, id, at, event.value, actor.kind.value),
            *(pseudonym(key, actor.id), pseudonym(key, subject), commitment(salt, payload)),
        )
        await db.execute(
            "INSERT INTO event_payloads VALUES ($1, $2, $3, $4)",
            *(actor.tenant_id, id, salt, payload.decode()),
        )
    return id


async def fresh(admin_url: str) -> str:
    """Admin URL of a database of its own on the same server, prepared."""
    name, db = f"office_{uuid4().hex}", await asyncpg.connect(admin_url)
    await db.execute(f"CREATE DATABASE {name}")
    await db.close()
    url = urlsplit(admin_url)._replace(path=f"/{name}").geturl()
    await prepare(url, "0" * 64, "0" * 64)
    return url


@dataclass
class Served:
    """A running office: its address, and coroutines run in its thread."""

    url: str
    office: Office
    _loop: asyncio.AbstractEventLoop

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def state_of_log(self, state: State) -> None:
        """Between two rounds of the sequencer, so that none is on the way to say otherwise."""
        sequencer = self.office.house.audit.sequencer
        async with sequencer._turn:
            sequencer.state = state

    def link(self, name: str) -> str:
        return f"{self.url}{self.run(self.office.link(name))}"


@contextmanager
def serving_office(admin_url: str, folder: Path) -> Iterator[Served]:
    """Serve a furnished office from a new database on this server, until the block ends."""
    ready: threading.Event = threading.Event()
    made: list[Served] = []
    stop: list[asyncio.Event] = []

    async def main() -> None:
        database = await Database.open(runtime_url(await fresh(admin_url)))
        chief = await new_tenant(database)
        async with house_of(database, chief, folder) as house:
            await house.audit.start()
            office = await furnish(house, chief)
            app = create_app(house)
            add_pages(app)
            config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning")
            server, over = uvicorn.Server(config), asyncio.Event()
            server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
            running = asyncio.create_task(server.serve())
            while not server.started:  # noqa: ASYNC110 (uvicorn tells it in no other way)
                await asyncio.sleep(0.02)
            port = server.servers[0].sockets[0].getsockname()[1]
            made.append(Served(f"http://127.0.0.1:{port}", office, asyncio.get_running_loop()))
            stop.append(over)
            ready.set()
            await over.wait()
            server.should_exit = True
            await running
            with suppress(Exception):
                await house.audit.close()
        await database.close()

    def work() -> None:
        try:
            asyncio.run(main())
        finally:
            ready.set()

    thread = threading.Thread(target=work, name=f"office {uuid4()}")
    thread.start()
    ready.wait(60)
    assert made, "the office did not start"
    try:
        yield made[0]
    finally:
        made[0]._loop.call_soon_threadsafe(stop[0].set)
        thread.join(30)
