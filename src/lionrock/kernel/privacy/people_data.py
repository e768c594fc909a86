"""What is kept of a person as such: their record here, their membership, the events about them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.audit.leaves import pseudonym
from lionrock.kernel.database import Database
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.package_files import PackageFiles
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.privacy.subjects import Subjects
from lionrock.kernel.tables import as_csv
from lionrock.kernel.vault import scopes

if TYPE_CHECKING:
    import asyncpg

_EXCERPT = 200


class SubjectData:
    """The person's own record: identifiers, and the requests made before."""

    name = "subject"
    kind = "subject"

    def __init__(self, database: Database, subjects: Subjects, files: PackageFiles) -> None:
        self._database, self._subjects, self._files = database, subjects, files

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        yield Found(person.subject, "record")

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            person = await self._subjects.person(db, actor.tenant_id, target)
            rows = await db.fetch(
                "SELECT kind, received_on, state FROM privacy_requests"
                " WHERE tenant_id = $1 AND subject_id = $2 ORDER BY received_on, id",
                *(actor.tenant_id, target),
            )
        kept = [{"kind": i.kind.value, "value": i.value} for i in person.identifiers]
        asked = [{k: str(v) for k, v in r.items()} for r in rows]
        return [_json("record.json", {"identifiers": kept, "requests": asked})]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            "SELECT (SELECT count(*) FROM subject_identifiers i WHERE i.tenant_id = s.tenant_id"
            " AND i.subject_id = s.id) AS identifiers, (SELECT count(*) FROM privacy_requests r"
            " WHERE r.tenant_id = s.tenant_id AND r.subject_id = s.id"
            " AND r.state NOT IN ('delivered', 'refused')) AS open"
            " FROM subjects s WHERE tenant_id = $1 AND id = $2",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {"kind": self.kind, "id": str(target)}
        facts |= {"identifiers": row["identifiers"], "open_requests": row["open"]}
        return Described(facts, (target,), (scopes.subject(target),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        """The record and findings; of requests the dates, states and refusals stay (s. 27)."""
        return {"findings": await erase_subject(db, actor.tenant_id, target)}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """The packages that were made for the person."""
        await asyncio.to_thread(self._files.remove, actor.tenant_id, target)


async def erase_subject(db: asyncpg.Connection, tenant: UUID, subject: UUID) -> int:
    """Remove a person's record and what searches found of them; how many findings."""
    done: str = await db.execute(
        "DELETE FROM request_findings WHERE tenant_id = $1 AND request_id IN"
        " (SELECT id FROM privacy_requests WHERE tenant_id = $1 AND subject_id = $2)",
        *(tenant, subject),
    )
    for statement in (
        "UPDATE privacy_requests SET wording = NULL WHERE tenant_id = $1 AND subject_id = $2",
        "DELETE FROM corrections WHERE tenant_id = $1 AND target_id = $2",
        "DELETE FROM subjects WHERE tenant_id = $1 AND id = $2",
    ):
        await db.execute(statement, tenant, subject)
    return int(done.rpartition(" ")[2])


class MemberData:
    """Membership: name, address, roles. A member's row stays; what they did must stay theirs."""

    name = "member"

    def __init__(self, database: Database, fields: MemberFields) -> None:
        self._database, self._fields = database, fields

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(
                "SELECT id, name, email FROM members WHERE tenant_id = $1 ORDER BY id",
                actor.tenant_id,
            )
        for row in rows:
            name, email = self._open(actor.tenant_id, row)
            matches = matcher.matches(f"{name}\n{email}")
            if row["id"] == person.member or matches:
                form = "membership" if row["id"] == person.member else matches[0].form
                yield Found(row["id"], form, excerpt=f"{name} {email}".strip())

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT id, name, email, roles, state, created_at FROM members"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, target),
            )
        if row is None:
            return []
        name, email = self._open(actor.tenant_id, row)
        told = {
            "name": name, "email": email, "roles": list(row["roles"]), "state": row["state"],
            "since": row["created_at"].isoformat(),
        }  # fmt: skip
        return [_json("membership.json", told)]

    def _open(self, tenant: UUID, row: asyncpg.Record) -> tuple[str, str]:
        name, email = (self._fields.open(tenant, row["id"], c, row[c]) for c in ("name", "email"))
        return name, email


_EVENTS: Final = """
SELECT e.at, e.event, e.actor = ANY($2) AS by_them, p.payload FROM events e
LEFT JOIN event_payloads p ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)
WHERE e.tenant_id = $1 AND (e.actor = ANY($2) OR e.subject = ANY($2)) ORDER BY e.id
"""


class EventData:
    """Events by and about the person, found by the pseudonyms of their ids."""

    name = "event"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        for id in (person.member, person.subject):
            if id is not None and (rows := await self._rows(actor, id)):
                yield Found(id, "id", excerpt=f"{len(rows)}")

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        rows = [
            (r["at"].isoformat(), r["event"], "by" if r["by_them"] else "about", _details(r))
            for r in await self._rows(actor, target)
        ]
        data = as_csv(("time", "event", "by or about the person", "details"), rows)
        return [Part(f"events-{target.hex}.csv", "text/csv", data, data.decode("utf-8-sig"))]

    async def _rows(self, actor: Actor, id: UUID) -> list[asyncpg.Record]:
        async with self._database.tenant_session(actor) as db:
            key = await db.fetchval(
                "SELECT key FROM event_keys WHERE tenant_id = $1", actor.tenant_id
            )
            if key is None:
                return []
            rows: list[asyncpg.Record] = await db.fetch(
                _EVENTS, actor.tenant_id, [pseudonym(key, id)]
            )
        return rows


def _details(row: asyncpg.Record) -> str:
    """Short facts; ids of others are left out of what is handed over."""
    if row["payload"] is None:
        return ""
    details = json.loads(row["payload"])["details"]
    return "; ".join(f"{k}: {v}" for k, v in details.items() if not _is_id(v))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) >= 32 and value.replace("-", "").isalnum()


def _json(name: str, told: object) -> Part:
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return Part(name, "application/json", text.encode(), text)
