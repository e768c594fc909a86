"""What a version changed, or would change: entries added and removed, and of changed ones the fields."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import UUID

from lionrock.errors import NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import told
from lionrock.screening.registry import versions
from lionrock.screening.registry.entries import FIRST, Entries, Stored

if TYPE_CHECKING:
    import asyncpg

# Before and after of each entry that differs, in the order of their keys.
_APPLIED: Final = """
SELECT entry_id, first_version, digest, body, gone_version IS NOT DISTINCT FROM $3 AS before
FROM screening_entries WHERE tenant_id = $1 AND list_id = $2
  AND (first_version = $3 OR gone_version = $3) AND entry_id IN (
    SELECT entry_id FROM screening_entries WHERE tenant_id = $1 AND list_id = $2
      AND (first_version = $3 OR gone_version = $3) AND entry_id > $4
    GROUP BY entry_id ORDER BY entry_id LIMIT $5)
ORDER BY entry_id
"""
_STAGED: Final = """
WITH differing AS (
    SELECT entry_id FROM
        (SELECT entry_id, digest FROM screening_entries
         WHERE tenant_id = $1 AND list_id = $2 AND gone_version IS NULL) e
    FULL JOIN (SELECT entry_id, digest FROM screening_staged
         WHERE tenant_id = $1 AND list_id = $2 AND number = $3) s USING (entry_id)
    WHERE e.digest IS DISTINCT FROM s.digest AND entry_id > $4 ORDER BY entry_id LIMIT $5)
SELECT entry_id, first_version, digest, body, true AS before FROM screening_entries
WHERE tenant_id = $1 AND list_id = $2 AND gone_version IS NULL
  AND entry_id IN (SELECT entry_id FROM differing)
UNION ALL
SELECT entry_id, number, digest, body, false FROM screening_staged
WHERE tenant_id = $1 AND list_id = $2 AND number = $3
  AND entry_id IN (SELECT entry_id FROM differing)
ORDER BY 1
"""
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is None for an entry added, `after` for one removed."""

    entry_id: UUID
    before: Entity | None
    after: Entity | None

    @property
    def kind(self) -> Literal["added", "changed", "removed"]:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    def fields(self) -> dict[str, tuple[Any, Any]]:
        """Of a changed entry: each field that differs, before and after, as JSON values."""
        if self.before is None or self.after is None:
            return {}
        was, is_now = told(self.before), told(self.after)
        return {
            k: (was.get(k), is_now.get(k))
            for k in sorted(was.keys() | is_now.keys())
            if was.get(k) != is_now.get(k)
        }


async def renamed_in(
    db: asyncpg.Connection, entries: Entries, tenant: UUID, list_id: UUID, number: int
) -> int:
    """How many entries a staged version takes a name from. Growth: linear in those it changes."""

    def count(rows: list[asyncpg.Record]) -> int:
        pairs = (
            (
                entries.opened(tenant, list_id, r),
                entries.opened(tenant, list_id, _staged(r, number)),
            )
            for r in rows
        )
        return sum(not _names(was.entity) <= _names(now.entity) for was, now in pairs)

    return sum(
        [
            await asyncio.to_thread(count, rows)
            async for rows in versions.changed(db, tenant, list_id, number, _PAGE)
        ]
    )


def _staged(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {**row, "first_version": number, "body": row["staged"]}


def _names(entity: Entity) -> set[str]:
    return {n.text for n in entity.names}


class Differences:
    def __init__(self, database: Database, entries: Entries) -> None:
        self._database, self._entries = database, entries

    async def page(
        self, actor: Actor, list_id: UUID, number: int,
        *, after: UUID = FIRST, limit: int = 100,
    ) -> list[Difference]:  # fmt: skip
        """Differences of a version from the one before it, in the order of their keys, after the key
        `after`. Of a version that waits: from the one in use."""
        require(actor, P.SCREENING_LIST_READ)
        async with self._database.tenant_session(actor) as db:
            version = await versions.row(db, actor.tenant_id, list_id, number)
            if version is None:
                raise NotFound(ABSENT)
            query = _STAGED if version["state"] == "pending" else _APPLIED
            rows = await db.fetch(query, actor.tenant_id, list_id, number, after, limit)
        return self._paired(actor.tenant_id, list_id, rows)

    def _paired(self, tenant: UUID, list_id: UUID, rows: list[asyncpg.Record]) -> list[Difference]:
        sides: dict[UUID, dict[bool, Entity]] = {}
        for row in rows:
            opened: Stored = self._entries.opened(tenant, list_id, row)
            sides.setdefault(row["entry_id"], {})[row["before"]] = opened.entity
        return [_difference(entry_id, found) for entry_id, found in sides.items()]


def _difference(entry_id: UUID, found: Mapping[bool, Entity]) -> Difference:
    return Difference(entry_id, found.get(True), found.get(False))
