"""Files on their way in: a key, a sealed file and a row, all three or none.

The key and the sealed file are made before the row that names them; the incoming file stays until
the row is committed. A server killed in between finds it at its next start, and looks the row up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    files: Files, vault: Vault, tenant: UUID, chunks: AsyncIterator[bytes]
) -> AsyncIterator[Upload]:
    """Take a file in under a new document and version. Leave only after the transaction ended."""
    file = FileId(tenant, uuid4(), uuid4())
    await asyncio.to_thread(vault.make, tenant, scopes.document(file.document))
    upload = None
    try:
        upload = Upload(file, await files.take(file, chunks), files)
        yield upload
    finally:
        if upload is None or not upload.kept:
            files.discard(file)
            vault.discard(tenant, scopes.document(file.document))
    # Not reached when the transaction failed after `keep`, perhaps only in telling that it
    # committed: then the incoming file stays, and the next start looks.
    if upload.kept:
        files.settled(file)


async def recover(database: Database, files: Files, vault: Vault) -> None:
    """At start: settle what a killed server had committed, and drop what it had not."""
    for path, file in files.left_incoming():
        if file is None:
            path.unlink(missing_ok=True)
            continue
        async with database.tenant_session(worker(file.tenant)) as db:
            there = await db.fetchval(queries.EXISTS, file.tenant, file.version, file.document)
        if there:
            files.settle(file)
            files.settled(file)
        else:
            files.discard(file)
            vault.discard(file.tenant, scopes.document(file.document))
