"""A tenant's translation memory: what is in it, what a person adds, imports or removes, and looking up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.assist.translate.memory import queries, tmx
from lionrock.assist.translate.memory.lookup import Lookup, key
from lionrock.assist.translate.memory.schemas import Pair, Taken, Unit, Units
from lionrock.documents.language import Language, to_simplified
from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "memory_units"
MOST: Final = 500_000
"""Units of a tenant."""
_SCRIPTS: Final[list[Language]] = ["zh-Hant", "zh-Hans"]


class Memory:
    """Units are sealed. Who looks something up finds what came of documents that they may read, and what
    came of none."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def units(
        self, actor: Actor, *, containing: str = "", start: int = 0, limit: int = 100
    ) -> Units:
        """Units, the newest first; `containing` looks in both sides, whatever the script or case."""
        require(actor, P.ASSIST_MEMORY_MANAGE)
        wanted = to_simplified(containing.strip()).casefold()
        found = [u for u in await self._readable(actor) if not wanted or wanted in _searched(u)]
        found.reverse()
        return Units(units=found[start : start + limit], total=len(found))

    async def lookup(self, actor: Actor, language: Language, into: Language) -> Lookup:
        """Everything of one direction that the actor may use, for one translation."""
        require(actor, P.ASSIST_TRANSLATE_RUN)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            sides = (_family(language), _family(into))
            rows = await db.fetch(queries.BETWEEN, actor.tenant_id, allowed, *sides)
        return await asyncio.to_thread(
            lambda: Lookup([self.opened(actor.tenant_id, row) for row in rows], language, into)
        )

    async def keep(
        self, db: asyncpg.Connection, actor: Actor, pair: Pair, document: UUID | None
    ) -> None:
        """In the transaction that accepts it. What these words were translated by before, in the same
        document, is replaced."""
        sealing = self._sealing(actor.tenant_id, document)
        of = (actor.tenant_id, self._fingerprint(actor, pair), document)
        await db.execute(queries.REPLACE, *of)
        if await db.fetchval(queries.COUNT, actor.tenant_id) < MOST:
            await db.execute(queries.INSERT, *_row(actor, sealing, pair, of[1], document))

    async def take_in(self, actor: Actor, data: bytes, *, skip_bad: bool = False) -> Taken:
        """Import a TMX file whole, or with `skip_bad` what is good of it. What is there already stays as
        it is. `InvalidInput` names the first bad units."""
        require(actor, P.ASSIST_MEMORY_MANAGE)
        pairs, bad = await asyncio.to_thread(tmx.read, data)
        if bad and not skip_bad:
            told = "; ".join(f"line {b.row}: {b.reason}" for b in bad[:5])
            raise InvalidInput(
                f"{len(bad)} units cannot be taken in ({told}). Mend them, or leave them out."
            )
        new = {self._fingerprint(actor, pair): pair for pair in pairs}
        sealing = self._sealing(actor.tenant_id, None)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(queries.KNOWN, actor.tenant_id, list(new), None)
            for row in rows:
                del new[row["fingerprint"]]
            if await db.fetchval(queries.COUNT, actor.tenant_id) + len(new) > MOST:
                raise InvalidInput(f"A translation memory holds at most {MOST:,} units.")
            made = [_row(actor, sealing, pair, mark, None) for mark, pair in new.items()]
            await db.executemany(queries.INSERT, made)
            taken = Taken(added=len(new), known=len(pairs) - len(new), bad=bad[:500])
            details = {"added": taken.added, "known": taken.known, "bad": len(bad)}
            await record(db, actor, Event.MEMORY_FILE_IMPORT, actor.tenant_id, details)
        return taken

    async def export(self, actor: Actor) -> Iterator[bytes]:
        """What the actor may read of it, as TMX."""
        require(actor, P.ASSIST_MEMORY_MANAGE)
        return tmx.write(await self._readable(actor))

    async def remove(self, actor: Actor, unit: UUID) -> None:
        require(actor, P.ASSIST_MEMORY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            if await db.fetchrow(queries.ONE, actor.tenant_id, allowed, unit) is None:
                raise NotFound(ABSENT)
            await db.execute(queries.DELETE, actor.tenant_id, unit)
            await record(db, actor, Event.MEMORY_UNIT_REMOVE, unit)

    async def _readable(self, actor: Actor) -> list[Unit]:
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.READABLE, actor.tenant_id, allowed)
        return await asyncio.to_thread(lambda: [self.opened(actor.tenant_id, row) for row in rows])

    def opened(self, tenant: UUID, row: asyncpg.Record) -> Unit:
        """A row of `memory_units`; `Erased` where its document's key is gone."""
        text = self._sealing(tenant, row["document_id"]).open_text(
            TABLE, row["id"], "body", row["body"]
        )
        about = {n: row[n] for n in ("id", "document_id", "accepted_by", "accepted_at")}
        return Unit(**Pair.model_validate_json(text).model_dump(), **about)

    def _sealing(self, tenant: UUID, document: UUID | None) -> DataKey:
        if document is None:
            return self._vault.make(tenant)
        return self._vault.key(tenant, scopes.document(document))

    def _fingerprint(self, actor: Actor, pair: Pair) -> bytes:
        said = f"{pair.source_language}\0{pair.into}\0{key(pair.source)}"
        return self._vault.make(actor.tenant_id).fingerprint("memory", said)


def _row(
    actor: Actor, sealing: DataKey, pair: Pair, fingerprint: bytes, document: UUID | None
) -> Sequence[object]:
    made = uuid4()
    kept = Pair(**pair.model_dump(include=set(Pair.model_fields))).model_dump_json()
    body = sealing.seal_text(TABLE, made, "body", kept)
    of = (pair.source_language, pair.into, fingerprint, body)
    return (actor.tenant_id, made, *of, document, actor.id)


def _family(language: Language) -> list[Language]:
    return _SCRIPTS if language in _SCRIPTS else [language]


def _searched(unit: Unit) -> str:
    return to_simplified(f"{unit.source}\n{unit.target}").casefold()
