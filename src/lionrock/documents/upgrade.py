"""What a start does before anyone is served: erasures applied, rows and files of old sealed.

Runs alone, before the workers: until it is done a row of an older release must not be written to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

from lionrock.documents import queries
from lionrock.documents.files import FileId, Files, Part
from lionrock.documents.upgrade_rows import tables
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from lionrock.kernel.run_records import RunRecords
from lionrock.kernel.vault import tombstones, upgrade
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.streams import SEGMENT

if TYPE_CHECKING:
    import asyncpg


async def make_good(database: Database, files: Files, vault: Vault, owner_url: str) -> None:
    """Refuse to go on without the keys; apply erasures; seal what is not sealed.

    Raises `VaultClosed`. `owner_url` connects as the schema's owner. May be killed anywhere and
    run again. On an installation where all is done it is a few queries.
    """
    await asyncio.to_thread(vault.unlock)
    sealed = await tombstones.sealed_tenants(database, vault)
    await tombstones.reconcile(database, vault, _Erasing(files))
    for tenant in await database.tenants():
        if tenant not in sealed:
            await seal_tenant(database, files, vault, worker(tenant))
    await upgrade.drop_plain_columns(owner_url)


async def seal_tenant(database: Database, files: Files, vault: Vault, actor: Actor) -> None:
    """Seal the rows and files of one tenant that an older release left open."""
    async with database.tenant_session(actor) as db:
        if not await db.fetchval(_FURNISHED, actor.tenant_id):
            return
    plain = await upgrade.plain_tables(database, actor)
    for table in [*tables(vault), RunRecords(vault).upgrade()]:
        if table.name in plain:
            await upgrade.seal_rows(database, actor, table)
    await seal_files(database, files, actor)
    await upgrade.mark_sealed(database, vault, actor)


class _Erasing:
    """Removes again what was erased and came back, with a database or a folder put back."""

    def __init__(self, files: Files) -> None:
        self._files = files

    async def __call__(self, db: asyncpg.Connection, actor: Actor, erased: Sequence[Scope]) -> None:
        for scope in erased:
            if scope.kind == "document":
                id = UUID(hex=scope.name)
                if await db.fetchval(queries.DELETE_DOCUMENT, actor.tenant_id, id):
                    details = {"cause": "it was erased before"}
                    await record(db, actor, Event.DOCUMENT_DOCUMENT_REMOVE, id, details)
                self._files.remove(actor.tenant_id, id)


_FURNISHED: Final = "SELECT 1 FROM tenants WHERE tenant_id = $1"

_FILES: Final = """
SELECT id, document_id, sha256, has_reading_copy FROM versions WHERE tenant_id = $1
"""


async def seal_files(database: Database, files: Files, actor: Actor) -> None:
    """Seal files of an older release (named by SHA-256) into their new places, then remove them."""
    folder = files.directory / actor.tenant_id.hex
    if not any(_old_files(folder)):
        return
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(_FILES, actor.tenant_id)
    for row in rows:
        file = FileId(actor.tenant_id, row["document_id"], row["id"])
        name = row["sha256"].hex()
        await _seal_file(files, file, folder / name[:2] / name, reading=False)
        await _seal_file(files, file, folder / "reading" / f"{row['id'].hex}.pdf", reading=True)
    # Not before all are sealed: two versions may have shared one.
    for path in list(_old_files(folder)):
        path.unlink()
        with suppress(OSError):
            path.parent.rmdir()


async def _seal_file(files: Files, file: FileId, plain: Path, *, reading: bool) -> None:
    part: Part = "reading copy" if reading else "content"
    if plain.is_file() and not files.path(file, part).exists():
        await asyncio.to_thread(files.put, file, part, _chunks(plain))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(SEGMENT):
            yield chunk


def _old_files(folder: Path) -> Iterator[Path]:
    """Files as older releases kept them; uploads that they left half-written are `uploads`' affair."""
    for pattern in ("??/" + "?" * 64, "reading/*"):
        yield from (p for p in folder.glob(pattern) if p.is_file())
