"""The breach register: what happened, when it was found, how many, what was done, who was told.

The PCPD's "Guidance on Data Breach Handling and Data Breach Notifications" (June 2023) recommends to
gather the facts, contain, assess the risk of harm, consider notifying (the PCPD and the people, as
soon as practicable, above all where there is a real risk of harm), and document. Notifying the PCPD
was not required by law when read (November 2026). Other duties are the institution's to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.tables import as_csv
from lionrock.kernel.vault.service import Vault

TABLE: Final = "breaches"
ENTRIES: Final = "breach_entries"
Category = Literal[
    "account", "biometric", "contact", "credential", "employment", "financial", "health",
    "identity-document", "transaction", "other",
]  # fmt: skip
Whom = Literal["pcpd", "hkma", "sfc", "ia", "mpfa", "police", "cybersecurity", "people", "other"]
"""Who was told: the Privacy Commissioner, a supervisor, the police, the Commissioner of Critical
Infrastructure (Cap. 653), the people concerned."""
State = Literal["found", "contained", "assessed", "closed"]
_AFTER: Final = {"containment": "contained", "assessment": "assessed", "closing": "closed"}
_ORDER: Final = ("found", "contained", "assessed", "closed")


class BreachFacts(BaseModel):
    """`people` is None while the number is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    what: str = Field(min_length=1, max_length=8000)
    found_at: AwareDatetime
    happened_from: AwareDatetime | None = None
    happened_until: AwareDatetime | None = None
    people: int | None = Field(default=None, ge=0)
    categories: list[Category] = []


class EntryFacts(BaseModel):
    """A step: containment, assessment (with the risk it found), a notice to someone, a note, closing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["containment", "assessment", "notice", "note", "closing"]
    at: AwareDatetime
    words: str = Field(min_length=1, max_length=8000)
    whom: Whom | None = None
    risk: Literal["none", "low", "real"] | None = None
    people: int | None = Field(default=None, ge=0)


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    kind: str
    at: datetime
    whom: str | None
    words: str
    made_by: UUID
    made_at: datetime


class Breach(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    state: State
    title: str
    what: str
    found_at: datetime
    happened_from: datetime | None
    happened_until: datetime | None
    people: int | None
    categories: list[str]
    risk: str | None
    created_by: UUID
    created_at: datetime
    closed_at: datetime | None
    entries: list[Entry]


class Breaches:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def enter(self, actor: Actor, facts: BreachFacts) -> UUID:
        require(actor, P.PRIVACY_BREACH_MANAGE)
        if facts.found_at > datetime.now(UTC):
            raise InvalidInput("A breach cannot have been found at a time to come.")
        if facts.happened_from and facts.happened_until and (
            facts.happened_until < facts.happened_from
        ):  # fmt: skip
            raise InvalidInput("It cannot have ended before it began.")
        breach, seals = uuid4(), await Seals(self._vault, actor.tenant_id).ready()
        async with self._database.tenant_session(actor) as db:
            await db.execute(
                "INSERT INTO breaches (tenant_id, id, title, what, found_at, happened_from,"
                " happened_until, people, categories, created_by)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                *(actor.tenant_id, breach, seals.seal(TABLE, breach, "title", facts.title)),
                *(seals.seal(TABLE, breach, "what", facts.what), facts.found_at),
                *(facts.happened_from, facts.happened_until, facts.people),
                *(sorted(set(facts.categories)), actor.id),
            )
            details = {"categories": ",".join(sorted(set(facts.categories)))}
            await record(db, actor, Event.PRIVACY_BREACH_ENTER, breach, details)
        return breach

    async def add(self, actor: Actor, breach: UUID, facts: EntryFacts) -> UUID:
        """A step, in the order found → contained → assessed → closed; notices and notes at any time
        before the end."""
        require(actor, P.PRIVACY_BREACH_MANAGE)
        if (facts.kind == "notice") != (facts.whom is not None):
            raise InvalidInput("A notice, and nothing else, says whom it went to.")
        if facts.kind == "assessment" and facts.risk is None:
            raise InvalidInput("An assessment says which risk of harm it found: none, low or real.")
        entry = uuid4()
        seals = Seals(self._vault, actor.tenant_id)
        async with self._database.tenant_session(actor) as db:
            row = await _row(db, actor.tenant_id, breach)
            state = _next(row["state"], facts.kind)
            await db.execute(
                "INSERT INTO breach_entries (tenant_id, id, breach_id, kind, at, whom, words, made_by)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                *(actor.tenant_id, entry, breach, facts.kind, facts.at, facts.whom),
                *(seals.seal(ENTRIES, entry, "words", facts.words), actor.id),
            )
            await db.execute(
                "UPDATE breaches SET state = $3, risk = coalesce($4, risk),"
                " people = coalesce($5, people), closed_at = CASE $3 WHEN 'closed' THEN now() END"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, breach, state, facts.risk, facts.people),
            )
            details = {"kind": facts.kind, "state": state, "whom": facts.whom or ""}
            await record(db, actor, Event.PRIVACY_BREACH_CHANGE, breach, details)
        return entry

    async def get(self, actor: Actor, breach: UUID) -> Breach:
        require(actor, P.PRIVACY_BREACH_MANAGE)
        async with self._database.tenant_session(actor) as db:
            row = await _row(db, actor.tenant_id, breach)
            return (await self._opened(db, actor.tenant_id, [row]))[0]

    async def listing(self, actor: Actor) -> list[Breach]:
        """Open ones first, the latest found first."""
        require(actor, P.PRIVACY_BREACH_MANAGE)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT * FROM breaches WHERE tenant_id = $1"
                " ORDER BY state = 'closed', found_at DESC, id",
                actor.tenant_id,
            )
            return await self._opened(db, actor.tenant_id, rows)

    async def export(self, actor: Actor) -> bytes:
        """The register as CSV, a row a breach; that it was exported is on record."""
        breaches = await self.listing(actor)
        async with self._database.tenant_session(actor) as db:
            details = {"breaches": len(breaches)}
            await record(db, actor, Event.PRIVACY_BREACH_EXPORT, actor.tenant_id, details)
        return as_csv(_HEADER, [_line(b) for b in breaches])

    async def _opened(
        self, db: asyncpg.Connection, tenant: UUID, rows: Sequence[asyncpg.Record]
    ) -> list[Breach]:
        seals = Seals(self._vault, tenant)
        made = await db.fetch(
            "SELECT * FROM breach_entries WHERE tenant_id = $1 AND breach_id = ANY($2)"
            " ORDER BY at, made_at, id",
            *(tenant, [r["id"] for r in rows]),
        )
        entries: dict[UUID, list[Entry]] = {}
        for row in made:
            words = seals.open(ENTRIES, row["id"], "words", row["words"])
            entries.setdefault(row["breach_id"], []).append(Entry(**{**row, "words": words}))
        found = []
        for row in rows:
            values: dict[str, Any] = dict(row)
            for column in ("title", "what"):
                values[column] = seals.open(TABLE, row["id"], column, row[column])
            found.append(Breach(**values, entries=entries.get(row["id"], [])))
        return found


def _next(state: str, kind: str) -> str:
    if state == "closed":
        raise Conflict("The breach is closed: enter a new one.")
    wanted = _AFTER.get(kind, state)
    here, there = _ORDER.index(state), _ORDER.index(wanted)
    if there > here + 1:
        raise Conflict(f"The breach is {state}: {_ORDER[here + 1]} comes next.")
    return wanted if there > here else state


async def _row(db: asyncpg.Connection, tenant: UUID, breach: UUID) -> asyncpg.Record:
    row = await db.fetchrow(
        "SELECT * FROM breaches WHERE tenant_id = $1 AND id = $2 FOR UPDATE", tenant, breach
    )
    if row is None:
        raise NotFound(ABSENT)
    return row


_HEADER: Final = (
    "id", "state", "title", "what", "found_at", "happened_from", "happened_until", "people",
    "categories", "risk", "containment", "assessment", "notified", "notes", "closed_at",
)  # fmt: skip


def _line(breach: Breach) -> list[object]:
    def words(kind: str) -> str:
        return " | ".join(f"{e.at.isoformat()} {e.words}" for e in breach.entries if e.kind == kind)

    notified = [f"{e.whom} {e.at.isoformat()}" for e in breach.entries if e.kind == "notice"]
    times = (breach.found_at, breach.happened_from, breach.happened_until)
    return [
        breach.id, breach.state, breach.title, breach.what,
        *(t.isoformat() if t else "" for t in times), breach.people,
        ",".join(breach.categories), breach.risk or "", words("containment"), words("assessment"),
        " | ".join(notified), words("note"),
        breach.closed_at.isoformat() if breach.closed_at else "",
    ]  # fmt: skip
