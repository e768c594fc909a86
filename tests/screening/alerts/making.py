"""People, customers and hits for the tests of alerts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg

from lionrock.kernel.actors import Actor, ActorKind, Role, worker
from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.models import Case, NewProposal
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.alerts.service import Alerts
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.screening.matching.results import Evidence, Match
from lionrock.screening.registry.hits import Hit, ListRef

CHAN = Entity(
    "C-1", Schema.PERSON, (Name("陳大文"), Name("CHAN Tai Man", NameKind.ALIAS)),
    births=(Birth(date(1975, 3, 1), date(1975, 3, 1)),), countries=("cn",),
    identifiers=(Identifier(IdentifierKind.HKID, "A123456(3)", "hk"),),
    addresses=(Address("1 Nathan Road", "hk"),),
)  # fmt: skip
OTHER_BIRTH = NewProposal(
    disposition=Disposition.FALSE_POSITIVE, reason=Reason.DIFFERENT_BIRTH, note="見護照副本"
)
SAME = NewProposal(disposition=Disposition.TRUE_MATCH, reason=Reason.SAME_IDENTIFIER)
UNKNOWN = NewProposal(disposition=Disposition.INCONCLUSIVE, reason=Reason.NOT_ENOUGH_KNOWN)
UN = ListRef(UUID(int=1), "UN Security Council", "un", 3)


def entry(number: int = 1, **changes: object) -> Entity:
    made = Entity(f"QDi.{number:03}", Schema.PERSON, (Name("Chen Dawen"),), programmes=("1267",))
    return replace(made, **changes)  # type: ignore[arg-type]


def hit(
    listed: Entity | None = None, *, score: float = 0.9, of: ListRef = UN,
    kind: NameKind = NameKind.PRIMARY,
) -> Hit:  # fmt: skip
    listed = listed or entry()
    evidence = (
        Evidence("roman", 9.5, "陳大文", "Chen Dawen", "陳大文 reads *Chen Dawen* in pinyin."),
        Evidence("birth", -3.0, "1975-03-01", "1960", "Born 1 March 1975 against 1960."),
    )
    match = Match(listed.id, score, CHAN.names[0], replace(listed.names[0], kind=kind), evidence)
    key = UUID(bytes=hashlib.sha256(f"{of.id}{listed.id}".encode()).digest()[:16])
    digest = hashlib.sha256(repr(listed).encode()).digest()
    return Hit(of, listed, match, key, digest, bytes(32))


@dataclass
class Desk:
    """A tenant's alerts with the people who work on them. `customers` stands for the registry's."""

    database: Database
    alerts: Alerts
    analyst: Actor
    colleague: Actor
    reviewer: Actor
    auditor: Actor
    customers: dict[UUID, Entity] = field(default_factory=dict)

    @property
    def tenant(self) -> UUID:
        return self.analyst.tenant_id

    async def customer(self, entity: Entity = CHAN) -> UUID:
        made = uuid4()
        self.customers[made] = entity
        return made

    async def found(self, customer: UUID, *hits: Hit) -> None:
        house = worker(self.tenant)
        async with self.database.tenant_session(house) as db:
            await self.alerts.intake.hits_changed(db, house, customer, hits, [])

    async def gone(self, customer: UUID, *hits: Hit) -> None:
        await self.replaced(customer, hits, [])

    async def replaced(self, customer: UUID, gone: Sequence[Hit], found: Sequence[Hit]) -> None:
        house = worker(self.tenant)
        async with self.database.tenant_session(house) as db:
            pairs = [(h.list.id, h.entry_id) for h in gone]
            await self.alerts.intake.hits_changed(db, house, customer, found, pairs)

    async def raised(self, *hits: Hit, entity: Entity = CHAN) -> tuple[UUID, UUID]:
        """A customer with an alert on `hits`; customer and alert."""
        customer = await self.customer(entity)
        await self.found(customer, *(hits or (hit(),)))
        return customer, await self.alert_of(customer)

    async def alert_of(self, subject: UUID) -> UUID:
        """The one alert of a subject."""
        (alert,) = await self.alerts_of(subject)
        return alert

    async def alerts_of(self, subject: UUID) -> list[UUID]:
        rows = await self.fetch(
            "SELECT id FROM screening_alerts WHERE subject_id = $1 ORDER BY raised_at, id", subject
        )
        return [r["id"] for r in rows]

    async def state(self, alert: UUID) -> str:
        (row,) = await self.fetch("SELECT state FROM screening_alerts WHERE id = $1", alert)
        return str(row["state"])

    async def case(self, alert: UUID) -> Case:
        return await self.alerts.cases.view(self.reviewer, alert)

    async def proposed(self, alert: UUID, proposal: NewProposal = OTHER_BIRTH) -> str:
        await self.alerts.assignment.assign(self.reviewer, alert, self.analyst.id)
        return await self.alerts.dispositions.propose(self.analyst, alert, proposal)

    async def decided(self, alert: UUID, proposal: NewProposal = OTHER_BIRTH) -> None:
        content = await self.proposed(alert, proposal)
        await self.alerts.dispositions.approve(self.reviewer, alert, content)

    async def expire(self, subject: UUID) -> None:
        """Let the subject's clearances be past their time."""
        await self.as_owner(
            "UPDATE screening_clearances SET expires_at = now() - interval '1 second'"
            " WHERE subject_id = $1", subject,
        )  # fmt: skip

    async def late(self, alert: UUID) -> None:
        await self.fetch(
            "UPDATE screening_alerts SET due_at = now() - interval '1 hour' WHERE id = $1", alert
        )

    async def fetch(self, query: str, *values: object) -> Sequence[asyncpg.Record]:
        async with self.database.tenant_session(self.analyst) as db:
            rows: Sequence[asyncpg.Record] = await db.fetch(query, *values)
        return rows

    async def as_owner(self, query: str, *values: object) -> None:
        """What the server's own role may not do."""
        admin = await asyncpg.connect(self.admin_url)
        try:
            await admin.execute("SET search_path = lionrock, public")
            await admin.execute("SET row_security = off")
            await admin.execute(query, *values)
        finally:
            await admin.close()

    admin_url: str = ""

    async def events(self, *begins: str) -> list[str]:
        rows = await self.fetch("SELECT event FROM events ORDER BY id")
        wanted = begins or ("screening:",)
        return [r["event"] for r in rows if r["event"].startswith(wanted)]


async def member(
    database: Database, tenant: UUID, *roles: Role, person: UUID | None = None
) -> Actor:
    made, person = uuid4(), person or uuid4()
    async with database.tenant_session(worker(tenant)) as db:
        await db.execute(
            "INSERT INTO members (tenant_id, id, person, roles) VALUES ($1, $2, $3, $4)",
            *(tenant, made, person, sorted(roles)),
        )
    return Actor(
        tenant, made, ActorKind.MEMBER, frozenset(roles), "customer-due-diligence", person=person
    )


async def desk_of(database: Database, vault: Vault, admin_url: str, tenant: UUID) -> Desk:
    customers: dict[UUID, Entity] = {}

    async def customer_of(db: asyncpg.Connection, tenant: UUID, customer: UUID) -> Entity:
        return customers[customer]

    fields = MemberFields(vault, bytes(32))
    return Desk(
        database,
        Alerts.open(database, vault, fields, customer_of),
        await member(database, tenant, Role.ANALYST),
        await member(database, tenant, Role.ANALYST),
        await member(database, tenant, Role.REVIEWER),
        await member(database, tenant, Role.AUDITOR),
        customers,
        admin_url,
    )


YEAR = timedelta(days=365)
