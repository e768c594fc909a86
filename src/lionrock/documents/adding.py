"""A file into the library: as a document of its own, or as a further version of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from lionrock.documents import members, queries, uploads
from lionrock.documents.files import FileId, Files
from lionrock.documents.naming import clean_name
from lionrock.documents.records import Records
from lionrock.documents.schemas import Added, State
from lionrock.documents.uploads import Upload
from lionrock.documents.versions import today
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.access import readable_collections, require_on
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg


class Adding:
    def __init__(self, database: Database, files: Files, vault: Vault) -> None:
        self._database, self._files, self._vault = database, files, vault

    async def add(
        self, actor: Actor, name: str, chunks: AsyncIterator[bytes], *, collection: str,
        replaces: UUID | None, effective: date | None,
    ) -> Added:  # fmt: skip
        """See `DocumentService.add`."""
        require(actor, P.DOCUMENTS_DOCUMENT_ADD)
        name = clean_name(name)
        if replaces is not None:
            async with self._database.tenant_session(actor) as db:
                await self._replaced(db, actor, replaces)
        tenant = actor.tenant_id
        async with (
            uploads.taken(self._files, self._vault, tenant, chunks, replaces=replaces) as upload,
            self._database.tenant_session(actor) as db,
        ):
            if replaces is None:
                collection_id = await self._collection(db, actor, collection)
            else:
                collection_id = await self._replaced(db, actor, replaces)
            known = await self._known(db, actor, collection_id, upload, replaces)
            if known:
                if await members.made_own(db, tenant, known.document_id):
                    await record(db, actor, Event.DOCUMENT_MEMBER_OWN, known.document_id)
                return known
            if await self._insert(db, actor, collection_id, name, upload, replaces, effective):
                # Its container does not hold this version: it must not take it along.
                if replaces and await members.made_own(db, tenant, replaces):
                    await record(db, actor, Event.DOCUMENT_MEMBER_OWN, replaces)
                await upload.keep()
                return _added(upload.file, name)
            # Someone added the same bytes at the same moment: theirs stands.
            if replaces is None:
                await db.execute(queries.DELETE_DOCUMENT, tenant, upload.file.document)
            known = await self._known(db, actor, collection_id, upload, replaces)
        if known is None:
            raise Conflict("The same file was being removed at this moment. Add it again.")
        return known

    async def _replaced(self, db: asyncpg.Connection, actor: Actor, document: UUID) -> UUID:
        """The collection of the document that gets a further version."""
        within = await db.fetchval(
            f"{queries.COLLECTION_OF} FOR KEY SHARE", actor.tenant_id, document
        )
        if within not in await readable_collections(db, actor, P.DOCUMENTS_DOCUMENT_ADD):
            raise NotFound("There is no such document here to add a version to.")
        return UUID(str(within))

    async def _insert(
        self, db: asyncpg.Connection, actor: Actor, collection_id: UUID, name: str, upload: Upload,
        replaces: UUID | None, effective: date | None,
    ) -> bool:  # fmt: skip
        file, own = upload.file, None
        key = Records(self._vault, actor.tenant_id).key(file.document)
        if replaces is None:
            sealed = key.seal_text("documents", file.document, "name", name)
            await db.execute(
                queries.INSERT_DOCUMENT,
                *(actor.tenant_id, file.document, collection_id, sealed, actor.id),
            )
        else:
            own = key.seal_text("versions", file.version, "name", name)
        inserted = await db.fetchval(
            queries.INSERT_VERSION,
            *(actor.tenant_id, file.version, file.document, collection_id),
            *(upload.sha256, upload.size, own),
            *(effective or (today() if replaces else None), effective is not None),
        )
        if inserted:
            details = {"sha256": upload.sha256.hex(), "bytes": upload.size}
            if replaces is not None or effective is not None:
                details["effective"] = str(effective or today())
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, file.version, details)
        return bool(inserted)

    async def _known(
        self, db: asyncpg.Connection, actor: Actor, collection_id: UUID, upload: Upload,
        replaces: UUID | None = None,
    ) -> Added | None:  # fmt: skip
        """The version that holds these bytes already, queued again if it had failed."""
        known = await db.fetchrow(
            queries.VERSION_BY_HASH, actor.tenant_id, collection_id, upload.sha256
        )
        if known is None:
            return None
        if replaces not in (None, known["document_id"]):
            raise Conflict("This very file is another document of the collection already.")
        if known["state"] == State.FAILED:
            await db.execute(queries.REQUEUE, actor.tenant_id, known["id"])
        return Added(
            document_id=known["document_id"],
            version_id=known["id"],
            name=Records(self._vault, actor.tenant_id).name(known["document_id"], known["name"]),
            state=State.QUEUED if known["state"] == State.FAILED else State(known["state"]),
            duplicate=True,
        )

    async def _collection(self, db: asyncpg.Connection, actor: Actor, name: str) -> UUID:
        found: UUID | None = await db.fetchval(queries.COLLECTION, actor.tenant_id, name)
        if found is not None:
            with suppress(NotFound):
                await require_on(db, actor, P.DOCUMENTS_DOCUMENT_ADD, found)
                return found
        raise InvalidInput(f"There is no collection named {name!r}.")


def _added(file: FileId, name: str) -> Added:
    return Added(
        document_id=file.document,
        version_id=file.version,
        name=name,
        state=State.QUEUED,
        duplicate=False,
    )
