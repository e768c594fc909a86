"""Entries of lists as they are kept: sealed bodies in, entities out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity
from lionrock.screening.registry.coding import Hashes, packed, unpacked
from lionrock.screening.registry.hits import ListRef
from lionrock.screening.registry.states import State

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "screening_entries"
FIRST: Final = UUID(int=0)
"""Before every key."""
_PAGE = 1000

_PAGE_OF: Final = """
SELECT entry_id, first_version, digest, body FROM screening_entries
WHERE tenant_id = $1 AND list_id = $2 AND entry_id > $4
  AND first_version <= $3 AND (gone_version IS NULL OR gone_version > $3)
ORDER BY entry_id LIMIT $5
"""
_THESE: Final = """
SELECT entry_id, first_version, digest, body FROM screening_entries
WHERE tenant_id = $1 AND list_id = $2 AND entry_id = ANY($4)
  AND first_version <= $3 AND (gone_version IS NULL OR gone_version > $3)
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry of one version. `entity.id` is the source's own."""

    entity: Entity
    entry_id: UUID
    digest: bytes


def index_id(list_id: UUID, entry_id: UUID) -> str:
    """What an index knows an entry by: no word of the source's is in it."""
    return list_id.hex + entry_id.hex


def of_index_id(id: str) -> tuple[UUID, UUID]:
    return UUID(hex=id[:32]), UUID(hex=id[32:])


class Entries:
    def __init__(self, database: Database, vault: Vault, hashes: Hashes) -> None:
        self._database, self._vault, self._hashes = database, vault, hashes

    def sealed(self, tenant: UUID, list_id: UUID, version: int, entity: Entity) -> tuple[Any, ...]:
        """Entry id, digest and sealed body of an entity that `version` brings."""
        entry_id = self._hashes.entry_id(list_id, entity.id)
        key = self._vault.make(tenant)
        body = key.seal(TABLE, _row(list_id, entry_id, version), "body", packed(entity))
        return entry_id, self._hashes.digest(tenant, entity), body

    def opened(self, tenant: UUID, list_id: UUID, row: Mapping[str, Any]) -> Stored:
        """From a row with entry_id, first_version, digest and body."""
        where = _row(list_id, row["entry_id"], row["first_version"])
        body = self._vault.key(tenant).open(TABLE, where, "body", row["body"])
        return Stored(unpacked(body), row["entry_id"], row["digest"])

    async def page(
        self, db: asyncpg.Connection, tenant: UUID, list_id: UUID, version: int,
        *, after: UUID = FIRST, limit: int = _PAGE,
    ) -> list[Stored]:  # fmt: skip
        """Entries of a version in the order of their keys."""
        rows = await db.fetch(_PAGE_OF, tenant, list_id, version, after, limit)
        return [self.opened(tenant, list_id, r) for r in rows]

    async def these(
        self, db: asyncpg.Connection, tenant: UUID, list_id: UUID, version: int,
        wanted: Collection[UUID],
    ) -> dict[UUID, Stored]:  # fmt: skip
        """Those of `wanted` that are in the version, by key."""
        rows = await db.fetch(_THESE, tenant, list_id, version, list(wanted))
        return {r["entry_id"]: self.opened(tenant, list_id, r) for r in rows}

    async def named(
        self, db: asyncpg.Connection, tenant: UUID, ref: ListRef, id: str
    ) -> Stored | None:  # fmt: skip
        """The entry that the list's source calls `id`."""
        key = self._hashes.entry_id(ref.id, id)
        return (await self.these(db, tenant, ref.id, ref.version, [key])).get(key)

    async def stream(self, actor: Actor, state: State) -> AsyncIterator[Sequence[Entity]]:
        """All that `state` names, a page at a time, under ids of the index's own."""
        for one in state.lists:
            last = UUID(int=0)
            while True:
                async with self._database.tenant_session(actor) as db:
                    found = await self.page(
                        db, actor.tenant_id, one.ref.id, one.ref.version, after=last
                    )
                yield [replace(s.entity, id=index_id(one.ref.id, s.entry_id)) for s in found]
                if len(found) < _PAGE:
                    break
                last = found[-1].entry_id


def _row(list_id: UUID, entry_id: UUID, version: int) -> str:
    return f"{list_id.hex}/{entry_id.hex}/{version}"
