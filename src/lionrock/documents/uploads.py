"""Files on their way in: a key, a sealed file and a row, all three or none.

The key and the sealed file are made before the row that names them; the incoming file stays until
the row is committed. A server killed in between finds it at its next start, and looks the row up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

from lionrock.documents import queries
from lionrock.documents.files import FileId, Files, Stored
from lionrock.kernel.actors import worker
from lionrock.kernel.database import Database
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.service import Vault


class Upload:
    """A file taken in. `keep` once its row is written; what was not kept goes on leaving."""

    def __init__(self, file: FileId, stored: Stored, files: Files) -> None:
        self.file, self.sha256, self.size = file, stored.sha256, stored.size
        self.kept = False
        self._files = files

    async def keep(self) -> None:
        """In the transaction that writes the row, as its last step."""
        await asyncio.to_thread(self._files.settle, self.file)
        self.kept = True


@asynccontextmanager
async def taken(
    files: Files, vault: Vault, tenant: UUID, chunks: AsyncIterator[bytes],
    *, replaces: UUID | None = None,
) -> AsyncIterator[Upload]:  # fmt: skip
    """Take a file in under a new document and version, or as a further version of the document
    `replaces`, which is there. Leave only after the transaction ended."""
    file = FileId(tenant, replaces or uuid4(), uuid4())
    if replaces is None:
        await asyncio.to_thread(vault.make, tenant, scopes.document(file.document))
    upload = None
    try:
        upload = Upload(file, await files.take(file, chunks), files)
        yield upload
    finally:
        if upload is None or not upload.kept:
            files.discard(file, document=replaces is None)
            if replaces is None:
                vault.discard(tenant, scopes.document(file.document))
    # Not reached when the transaction failed after `keep`, perhaps only in telling that it
    # committed: then the incoming file stays, and the next start looks.
    if upload.kept:
        files.settled(file)


async def recover(
    database: Database, files: Files, vault: Vault, *, spare_seconds: int = 0
) -> None:
    """At start: settle what a killed server had committed, and drop what it had not. What was written
    to in the last `spare_seconds` stays: a worker may be about to commit it."""
    for path, file in files.left_incoming():
        if _age(path) < spare_seconds:
            continue
        if file is None:
            path.unlink(missing_ok=True)
            continue
        async with database.tenant_session(worker(file.tenant)) as db:
            there = await db.fetchval(queries.EXISTS, file.tenant, file.version, file.document)
            document = await db.fetchval(queries.COLLECTION_OF, file.tenant, file.document)
        if there:
            files.settle(file)
            files.settled(file)
        else:
            files.discard(file, document=document is None)
            if document is None:
                vault.discard(file.tenant, scopes.document(file.document))


def _age(path: Path) -> float:
    """Seconds since a file was written to; of one that is gone by now, none."""
    with suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime
    return 0.0
