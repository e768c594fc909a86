"""A new version of a list: read in beside the one in use, compared with it, applied whole or not at all.

What is read is staged in chunks, each its own transaction, so that memory does not grow with the
list; one transaction then compares, and applies, holds or drops it. A process killed in between
leaves a version that is `reading`: the next import after `STALE` takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, InvalidInput, LionrockError, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.entities import Entity
from lionrock.screening.registry import versions
from lionrock.screening.registry.differences import renamed_in
from lionrock.screening.registry.entries import Entries
from lionrock.screening.registry.lists import Version, a_person, list_row, version_of

if TYPE_CHECKING:
    from datetime import date

CHUNK: Final = 500
MOST_REMOVED: Final = 0.10
"""A version that takes more of the list's entries away waits for a person."""
STALE: Final = timedelta(minutes=10)


class Source(Protocol):
    """A list as `screening.lists` yields it, entity by entity."""

    @property
    def published(self) -> date | str | None: ...
    @property
    def sha256(self) -> str:
        """Of the file, 64 hex digits."""
        ...

    @property
    def skipped_count(self) -> int:
        """Entries that could not be read, once it has been read through."""
        ...

    def __iter__(self) -> Iterator[Entity]: ...


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import. `repeated`: the bytes of the version in use came again; nothing changed."""

    version: Version
    repeated: bool = False


class Imports:
    def __init__(
        self, database: Database, entries: Entries, wake: Callable[[], None] = lambda: None
    ) -> None:
        """`wake` is called when a version was applied."""
        self._database, self._entries, self._wake = database, entries, wake

    async def take(
        self, actor: Actor, list_id: UUID, source: Source, *, again: bool = False
    ) -> Imported:
        """Import a list. `again`: also if the bytes are those of the version in use.

        `Conflict` while another version is read or waits for a person; `InvalidInput` for a source
        that names nothing, or two entries by one id. Memory: one chunk. Time: linear in the source.
        """
        require(actor, P.SCREENING_LIST_MANAGE)
        number = await self._begin(actor, list_id, None if again else source.sha256)
        if isinstance(number, Imported):
            return number
        try:
            await self._stage(actor, list_id, number, source)
            async with self._database.tenant_session(actor) as db:
                row = await list_row(db, actor.tenant_id, list_id, lock=True)
                await _still_reading(db, actor.tenant_id, list_id, number)
                imported = await self._compare(db, actor, row, number, source)
        except BaseException:
            # An import that did not end leaves nothing behind.
            with suppress(LionrockError, asyncpg.PostgresError, OSError):
                await asyncio.shield(self._drop(actor, list_id, number))
            raise
        if imported.version.state == "applied":
            self._wake()
        return imported

    async def confirm(self, actor: Actor, list_id: UUID, number: int) -> Version:
        """Apply a version that waits. By a person: a key confirms nothing."""
        a_person(actor)
        async with self._database.tenant_session(actor) as db:
            row = await list_row(db, actor.tenant_id, list_id, lock=True)
            await _pending(db, actor.tenant_id, list_id, number)
            version = await self._apply(db, actor, row, number)
        self._wake()
        return version

    async def refuse(self, actor: Actor, list_id: UUID, number: int) -> None:
        """Drop a version that waits; the facts of it stay."""
        a_person(actor)
        async with self._database.tenant_session(actor) as db:
            await list_row(db, actor.tenant_id, list_id, lock=True)
            await _pending(db, actor.tenant_id, list_id, number)
            of = (actor.tenant_id, list_id, number)
            await versions.decide(db, *of, "refused", actor.id)
            await versions.clear_stage(db, *of)
            await record(db, actor, Event.SCREENING_VERSION_REFUSE, list_id, {"version": number})

    async def _begin(self, actor: Actor, list_id: UUID, sha256: str | None) -> int | Imported:
        """The number of the new version, or the one there is if its bytes are the same."""
        async with self._database.tenant_session(actor) as db:
            row = await list_row(db, actor.tenant_id, list_id, lock=True)
            await versions.refuse_stale(db, actor.tenant_id, list_id, STALE)
            open = await versions.open_one(db, actor.tenant_id, list_id)
            if open is not None and open["state"] == "pending":
                raise Conflict(
                    f"Version {open['number']} waits: {open['reason']} Confirm or refuse it first."
                )
            if open is not None:
                raise Conflict(f"Version {open['number']} of this list is being read in now.")
            current = await versions.row(db, actor.tenant_id, list_id, row["current_version"])
            if current is not None and sha256 == current["sha256"].hex():
                details = {"version": current["number"], "sha256": sha256}
                await record(db, actor, Event.SCREENING_VERSION_REPEAT, list_id, details)
                return Imported(version_of(current), repeated=True)
            return await versions.begin(db, actor.tenant_id, list_id, actor.id)

    async def _stage(self, actor: Actor, list_id: UUID, number: int, source: Source) -> None:
        reading, read = iter(source), 0
        tenant = actor.tenant_id

        def chunk() -> Sequence[tuple[Any, ...]]:
            return [
                self._entries.sealed(tenant, list_id, number, e) for e in islice(reading, CHUNK)
            ]

        while rows := await asyncio.to_thread(chunk):
            async with self._database.tenant_session(actor) as db:
                await _still_reading(db, tenant, list_id, number)
                try:
                    await versions.stage(db, tenant, list_id, number, rows)
                except asyncpg.UniqueViolationError as error:
                    raise InvalidInput(
                        f"Two entries have one id, one of them among numbers {read + 1} to "
                        f"{read + len(rows)} of the file: nothing was imported."
                    ) from error
            read += len(rows)
        if not read:
            raise InvalidInput("The file names nobody: nothing was imported.")

    async def _compare(
        self, db: asyncpg.Connection, actor: Actor, row: asyncpg.Record, number: int, source: Source
    ) -> Imported:
        of = (actor.tenant_id, row["id"], number)
        had, counts = await versions.compare(db, *of)
        reason = await self._shrinks(db, of, had, counts)
        published = str(source.published) if source.published else None
        await versions.describe(
            db, *of, bytes.fromhex(source.sha256), published, counts, source.skipped_count, reason
        )
        if not reason:
            return Imported(await self._apply(db, actor, row, number))
        details = {"version": number, "sha256": source.sha256, "removed": counts["removed"]}
        await record(db, actor, Event.SCREENING_VERSION_HOLD, row["id"], details)
        return Imported(version_of(await versions.row(db, *of)))

    async def _shrinks(
        self, db: asyncpg.Connection, of: tuple[UUID, UUID, int], had: int, counts: dict[str, int]
    ) -> str:
        """Why a person is to look at it first: too many would be found no more. "" if they need not."""
        most, removed = had * MOST_REMOVED, counts["removed"]
        if removed > most:
            return f"{removed} of {had} entries ({removed / had:.0%}) would be removed."
        if removed + counts["changed"] <= most:
            return ""
        renamed = await renamed_in(db, self._entries, *of)
        if removed + renamed <= most:
            return ""
        share = (removed + renamed) / had
        return (
            f"Of {had} entries {removed} would be removed and {renamed} would lose a name "
            f"({share:.0%} together)."
        )

    async def _apply(
        self, db: asyncpg.Connection, actor: Actor, row: asyncpg.Record, number: int
    ) -> Version:
        of = (actor.tenant_id, row["id"], number)
        version = version_of(await versions.apply(db, *of, row["current_version"], actor.id))
        details = {
            "version": number, "sha256": version.sha256, "total": version.total,
            "added": version.added, "changed": version.changed, "removed": version.removed,
            "skipped": version.skipped,
        }  # fmt: skip
        await record(db, actor, Event.SCREENING_VERSION_APPLY, row["id"], details)
        return version

    async def _drop(self, actor: Actor, list_id: UUID, number: int) -> None:
        async with self._database.tenant_session(actor) as db:
            await versions.drop(db, actor.tenant_id, list_id, number)


async def _still_reading(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> None:
    if not await versions.touch(db, tenant, list_id, number):
        raise Conflict("The import took so long that another took its place.")


async def _pending(db: asyncpg.Connection, tenant: UUID, list_id: UUID, number: int) -> None:
    found = await versions.row(db, tenant, list_id, number)
    if found is None:
        raise NotFound(ABSENT)
    if found["state"] != "pending":
        raise Conflict(f"The version is {found['state']}: there is nothing to decide.")
