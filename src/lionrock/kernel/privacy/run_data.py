"""Runs as personal data: what was asked and answered about a person, and by a member.

A run has no key of its own (they share their month's): erased, its row goes and a tombstone stays,
by which a database put back from a backup has it removed again at the next start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.errors import Erased
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.forms import Matcher
from lionrock.kernel.privacy.scanning import around, leaves, rows_of
from lionrock.kernel.privacy.sources import Described, Found, Part, Person, Wanted
from lionrock.kernel.run_records import RunRecords
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

_SELECT: Final = """
SELECT id, member_id, capability, state, request, result, error, started_at, key_period FROM runs
WHERE tenant_id = $1
"""


def scope(run: UUID) -> Scope:
    return Scope("run", run.hex)


class RunData:
    name = "run"
    kind = "run"

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._records = database, RunRecords(vault)

    async def find(self, actor: Actor, person: Person, matcher: Matcher) -> AsyncIterator[Found]:
        """Runs whose words name the person, and all that the person ran as a member."""
        async for row in rows_of(self._database, actor, _SELECT):
            found = self._look(actor.tenant_id, row, person, matcher)
            if found is not None:
                yield found

    def _look(
        self, tenant: UUID, row: asyncpg.Record, person: Person, matcher: Matcher
    ) -> Found | None:
        try:
            opened = self._records.opened(tenant, row)
        except Erased:
            return None
        for _, text in _texts(opened):
            matches = matcher.matches(text)
            if matches:
                return Found(row["id"], matches[0].form, excerpt=around(text, matches[0]))
        if person.member is not None and row["member_id"] == person.member:
            return Found(row["id"], "own run", excerpt=row["capability"])
        return None

    async def copy(self, actor: Actor, target: UUID, wanted: Sequence[Wanted]) -> list[Part]:
        """The texts that name the person, or all of a run that is wanted whole, line by line."""
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(f"{_SELECT} AND id = $2", actor.tenant_id, target)
        if row is None:
            return []
        opened, redactor = self._records.opened(actor.tenant_id, row), wanted[0].redactor
        whole = any(w.whole for w in wanted)
        lines = [
            f"{path}: {redactor.redacted(text)}"
            for path, text in _texts(opened)
            if whole or redactor.own(text)
        ]
        text = "\n".join(lines) + "\n"
        about = {"what": row["capability"], "when": row["started_at"].isoformat()}
        return [Part(f"run-{target.hex}.txt", "text/plain", text.encode(), text, about)]

    async def describe(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Described | None:
        row = await db.fetchrow(
            "SELECT id, capability, started_at, (SELECT count(*) FROM usage u"
            " WHERE (u.tenant_id, u.run_id) = (r.tenant_id, r.id)) AS uses"
            " FROM runs r WHERE tenant_id = $1 AND id = $2 AND state <> 'running'",
            *(actor.tenant_id, target),
        )
        if row is None:
            return None
        facts: dict[str, Json] = {
            "kind": self.kind, "id": str(target), "capability": row["capability"],
            "started": row["started_at"].isoformat(), "rows": 1 + row["uses"],
        }  # fmt: skip
        return Described(facts, (target,), (scope(target),))

    async def erase_rows(
        self, db: asyncpg.Connection, actor: Actor, target: UUID
    ) -> Mapping[str, int]:
        await erase_run(db, actor.tenant_id, target)
        return {}

    async def erase_outside(self, actor: Actor, target: UUID, facts: Mapping[str, Json]) -> None:
        """A run has no files; what memory holds of it goes minutes after it ended."""


async def erase_run(db: asyncpg.Connection, tenant: UUID, run: UUID) -> None:
    """Remove a run; what its model calls cost stays, without it."""
    for statement in (
        "UPDATE usage SET run_id = NULL WHERE tenant_id = $1 AND run_id = $2",
        "DELETE FROM runs WHERE tenant_id = $1 AND id = $2",
    ):
        await db.execute(statement, tenant, run)


async def erase_answers(db: asyncpg.Connection, tenant: UUID, document: UUID) -> int:
    """Take away the answers that quote a document, in the transaction that erases it; how many."""
    done: str = await db.execute(
        "UPDATE runs SET result = NULL, answer_erased_at = now() WHERE tenant_id = $1"
        " AND answer_erased_at IS NULL AND id IN"
        " (SELECT run_id FROM run_sources WHERE tenant_id = $1 AND document_id = $2)",
        *(tenant, document),
    )
    return int(done.rpartition(" ")[2])


def _texts(opened: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a run's request, result and error, with where it stands."""
    for column in ("request", "result", "error"):
        yield from leaves(column, opened.get(column))
