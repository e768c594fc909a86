"""What came inside a file becomes documents: the worker's step for ZIPs and mails.

Each member is kept in a transaction of its own, so a worker killed between two goes on with the next.
The bytes come from the confined child and go sealed to the disk as they come. Bounds hold for a
document with all that is nested in it: `MOST_MEMBERS` files, `most_bytes` bytes, `DEEPEST` levels.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from lionrock.documents import queries, uploads
from lionrock.documents.files import FileId, Files
from lionrock.documents.members import TABLE
from lionrock.documents.naming import clean_name
from lionrock.documents.parsing.detect import CONTAINERS
from lionrock.documents.parsing.members import DEEPEST, MOST_MEMBERS
from lionrock.documents.parsing.sandbox import Limits
from lionrock.documents.parsing.unpacking import Arriving, members, nothing
from lionrock.documents.records import Records, row_name
from lionrock.documents.uploads import Upload
from lionrock.errors import Erased, InvalidInput, TooLarge, UnreadableDocument
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

_MOST_REASON: Final = 1_000
_MEDIA_TYPES: Final = frozenset(found.value for found in CONTAINERS)

_CONTAINER: Final = """
SELECT d.name, d.added_by, v.media_type, v.name AS own_name, v.effective_from, v.effective_given,
       (SELECT count(*) FROM document_members m WHERE (m.tenant_id, m.version_id) = (v.tenant_id, v.id)) AS kept
FROM documents d JOIN versions v ON (v.tenant_id, v.document_id) = (d.tenant_id, d.id)
WHERE d.tenant_id = $1 AND d.id = $2 AND v.id = $3
"""
_ABOVE: Final = """
WITH RECURSIVE above AS (
    SELECT id, parent_id, 0 AS depth FROM documents WHERE tenant_id = $1 AND id = $2
    UNION SELECT d.id, d.parent_id, a.depth + 1 FROM documents d JOIN above a ON d.id = a.parent_id
    WHERE d.tenant_id = $1
) SELECT id, depth FROM above ORDER BY depth DESC LIMIT 1
"""
_LOCK: Final = "SELECT id FROM documents WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE"
_IN_ALL: Final = """
WITH RECURSIVE tree AS (
    SELECT id FROM documents WHERE tenant_id = $1 AND id = $2
    UNION SELECT d.id FROM documents d JOIN tree t ON d.parent_id = t.id WHERE d.tenant_id = $1
)
SELECT count(*) FILTER (WHERE m.reason IS NULL) AS files,
       coalesce(sum(m.bytes) FILTER (WHERE m.reason IS NULL), 0)::bigint AS bytes
FROM tree t JOIN versions v ON v.tenant_id = $1 AND v.document_id = t.id
JOIN document_members m ON (m.tenant_id, m.version_id) = (v.tenant_id, v.id)
"""
_INSERT_DOCUMENT: Final = """
INSERT INTO documents (tenant_id, id, collection_id, name, added_by, parent_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_INSERT_MEMBER: Final = """
INSERT INTO document_members (tenant_id, version_id, number, path, bytes, document_id, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


class Progress(Protocol):
    async def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True, slots=True)
class _Container:
    """The version whose file is unpacked. `root` is the outermost document that it came in."""

    file: FileId
    collection: UUID
    added_by: UUID
    held: tuple[date, bool]
    """From when the version holds, and whether a member gave that day: what came in it holds from then."""
    root: UUID
    depth: int


class Unpacker:
    def __init__(
        self, database: Database, files: Files, vault: Vault, *, seconds: int, memory_bytes: int,
        most_bytes: int,
    ) -> None:  # fmt: skip
        self._database, self._files, self._vault = database, files, vault
        self._seconds, self._memory_bytes = seconds, memory_bytes
        self._most_bytes = most_bytes

    async def unpack(self, actor: Actor, version: asyncpg.Record, progress: Progress) -> None:
        """Keep what the version's file holds, from where an earlier attempt stopped. Does nothing
        for a format that holds nothing; what cannot be unpacked is told as a member with a reason."""
        tenant, document = actor.tenant_id, version["document_id"]
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(_CONTAINER, tenant, document, version["id"])
            if row is None:
                raise Erased("The document was removed while it was read.")
            if row["media_type"] not in _MEDIA_TYPES:
                return
            above = await db.fetchrow(_ABOVE, tenant, document)
        records = Records(self._vault, tenant)
        name = records.called(document, row["name"], version["id"], row["own_name"])
        file = FileId(tenant, document, version["id"])
        container = _Container(
            file, version["collection_id"], row["added_by"],
            (row["effective_from"], row["effective_given"]), above["id"], above["depth"],
        )  # fmt: skip
        limits = Limits(name, self._seconds, self._memory_bytes)
        number = row["kept"]
        try:
            async with (
                self._files.opened(file) as content,
                members(content, name, limits, first=number) as arriving,
            ):
                async for member in arriving:
                    await self._keep(actor, container, member)
                    number = member.number + 1
                    await progress(number, 0)
        except UnreadableDocument as refusal:
            rest = Arriving(number, "…", 0, refusal.detail, nothing())
            await self._keep(actor, container, rest)

    async def _keep(self, actor: Actor, container: _Container, member: Arriving) -> None:
        reason = member.reason or await self._left(actor, container, member.size)
        if not reason:
            try:
                await self._take(actor, container, member)
                return
            except (UnreadableDocument, TooLarge, InvalidInput) as refusal:
                reason = refusal.detail
        async with self._database.tenant_session(actor) as db:
            await self._insert_member(db, container, member, None, reason)
            details = {"parent": str(container.file.document), "number": member.number}
            await record(db, actor, Event.DOCUMENT_MEMBER_REFUSE, container.file.version, details)

    async def _left(self, actor: Actor, container: _Container, size: int) -> str:
        """Why there is no room for a further member; "" if there is."""
        if container.depth >= DEEPEST:
            return f"It is nested deeper than {DEEPEST} levels. Add the archive that holds it by itself."
        async with self._database.tenant_session(actor) as db:
            so_far = await db.fetchrow(_IN_ALL, actor.tenant_id, container.root)
        if so_far["files"] >= MOST_MEMBERS:
            return f"The document holds more than {MOST_MEMBERS:,} files in all. Split it."
        if so_far["bytes"] + size > self._most_bytes:
            return self._too_much()
        return ""

    def _too_much(self) -> str:
        return (
            f"What the document holds comes to more than {self._most_bytes // 2**20} MiB. Split it, or "
            "raise LIONROCK_MAX_UNPACKED_BYTES."
        )

    async def _take(self, actor: Actor, container: _Container, member: Arriving) -> None:
        tenant = actor.tenant_id
        async with (
            aclosing(self._counted(member)) as chunks,
            uploads.taken(self._files, self._vault, tenant, chunks) as upload,
            self._database.tenant_session(actor) as db,
        ):
            # The outermost document: removing it waits, and two of its members are not kept at once.
            if not await db.fetchval(_LOCK, tenant, container.root):
                raise Erased("The document was removed while it was unpacked.")
            known = await self._known(db, tenant, container, upload)
            if known is None and await self._insert(db, actor, container, member, upload):
                await upload.keep()
                return
            known = known or await self._known(db, tenant, container, upload)
            await self._insert_member(db, container, member, known, "", upload.size)
            details = {"parent": str(container.file.document), "bytes": upload.size}
            await record(
                db, actor, Event.DOCUMENT_MEMBER_LINK, known or upload.file.document, details
            )

    async def _counted(self, member: Arriving) -> AsyncGenerator[bytes]:
        """The member's bytes; more than its container said is as bad as more than there is room for."""
        left = max(min(self._most_bytes, 2 * member.size + 2**20), 0)
        async for chunk in member.chunks:
            left -= len(chunk)
            if left < 0:
                raise UnreadableDocument(self._too_much())
            yield chunk

    async def _known(
        self, db: asyncpg.Connection, tenant: UUID, container: _Container, upload: Upload
    ) -> UUID | None:
        row = await db.fetchrow(
            queries.VERSION_BY_HASH, tenant, container.collection, upload.sha256
        )
        return row["document_id"] if row else None

    async def _insert(
        self, db: asyncpg.Connection, actor: Actor, container: _Container, member: Arriving,
        upload: Upload,
    ) -> bool:  # fmt: skip
        """The member as a document, in the container's collection and its adder's name. False where
        someone adds the same bytes at this moment."""
        file, tenant = upload.file, actor.tenant_id
        key = Records(self._vault, tenant).key(file.document)
        name = key.seal_text("documents", file.document, "name", clean_name(member.path))
        async with db.transaction():
            await db.execute(
                _INSERT_DOCUMENT,
                *(tenant, file.document, container.collection, name, container.added_by),
                container.file.document,
            )
            inserted = await db.fetchval(
                queries.INSERT_VERSION,
                *(tenant, file.version, file.document, container.collection),
                *(upload.sha256, upload.size, None, *container.held),
            )
            if not inserted:
                await db.execute(queries.DELETE_DOCUMENT, tenant, file.document)
                return False
        await self._insert_member(db, container, member, file.document, "", upload.size)
        details = {
            "sha256": upload.sha256.hex(), "bytes": upload.size,
            "parent": str(container.file.document),
        }  # fmt: skip
        await record(db, actor, Event.DOCUMENT_VERSION_ADD, file.version, details)
        return True

    async def _insert_member(
        self, db: asyncpg.Connection, container: _Container, member: Arriving,
        document: UUID | None, reason: str, size: int | None = None,
    ) -> None:  # fmt: skip
        file = container.file
        key = Records(self._vault, file.tenant).key(file.document)
        where = row_name(file.version, member.number)
        await db.execute(
            _INSERT_MEMBER,
            *(file.tenant, file.version, member.number),
            key.seal_text(TABLE, where, "path", member.path),
            *(member.size if size is None else size, document),
            key.seal_text(TABLE, where, "reason", reason[:_MOST_REASON]) if reason else None,
        )
