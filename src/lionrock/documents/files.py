"""Where uploaded files and reading copies are kept, sealed: a directory a document, a file a version.

    TENANT/incoming-DOCUMENT-VERSION    being taken in, or taken in and not yet settled
    TENANT/DO/DOCUMENT/VERSION          the file as it was uploaded, sealed
    TENANT/DO/DOCUMENT/VERSION.reading  the PDF typeset of it, sealed

Nothing is ever on the disk unsealed: a reader gets an unnamed file in memory (memfd_create(2)).
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Literal
from uuid import UUID

from lionrock.errors import InvalidInput, SealBroken, TooLarge, Unavailable
from lionrock.kernel import disk
from lionrock.kernel.vault import scopes, streams
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

TABLE: Final = "files"
"""What a sealed file is bound to in place of a table; the row is the version."""
Part = Literal["content", "reading copy"]
"""The column it is bound to."""
_INCOMING: Final = "incoming-"


@dataclass(frozen=True, slots=True)
class FileId:
    """Whose file: tenant, document, version."""

    tenant: UUID
    document: UUID
    version: UUID


@dataclass(frozen=True, slots=True)
class Stored:
    """SHA-256 and size of a file as it was uploaded."""

    sha256: bytes
    size: int


class Files:
    def __init__(self, directory: Path, largest: int, vault: Vault) -> None:
        self.directory = directory
        self._largest, self._vault = largest, vault

    def path(self, file: FileId, part: Part = "content") -> Path:
        suffix = ".reading" if part == "reading copy" else ""
        return self._folder(file.tenant, file.document) / (file.version.hex + suffix)

    def incoming(self, file: FileId) -> Path:
        name = f"{_INCOMING}{file.document.hex}-{file.version.hex}"
        return self.directory / file.tenant.hex / name

    async def take(self, file: FileId, chunks: AsyncIterator[bytes]) -> Stored:
        """Seal an upload into its incoming file, written and synced whole or not there at all."""
        path, key = self.incoming(file), self._key(file)
        digest, size = hashlib.sha256(), 0
        try:
            disk.make_folder(path.parent)
            with disk.create(path) as kept:
                sealing = streams.SealingWriter(kept, key, TABLE, file.version.hex, "content")
                async for chunk in chunks:
                    size += len(chunk)
                    self._check_size(size)
                    digest.update(chunk)
                    sealing.write(chunk)
                if not size:
                    raise InvalidInput("The file is empty: there is nothing to read in it.")
                sealing.finish()
                disk.sync(kept)
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                raise Unavailable(f"The file could not be stored: {error.strerror}.") from error
            raise
        return Stored(digest.digest(), size)

    def settle(self, file: FileId) -> None:
        """Put an incoming file in its place. It keeps its incoming name too, until `settled`:
        by that name a start after a crash knows which files to look up in the database."""
        disk.make_folder(self.path(file).parent)
        with suppress(FileExistsError):
            os.link(self.incoming(file), self.path(file))
        disk.sync_folder(self.path(file).parent)

    def settled(self, file: FileId) -> None:
        """The database has the version: the incoming name may go."""
        self.incoming(file).unlink(missing_ok=True)

    def discard(self, file: FileId, *, document: bool = True) -> None:
        """The database has no such version: nothing of it may stay. Without `document` it was to be a
        further version of one that is there, and what else that has stays."""
        if document:
            self.remove(file.tenant, file.document)
        self.path(file).unlink(missing_ok=True)
        self.incoming(file).unlink(missing_ok=True)

    def put(self, file: FileId, part: Part, chunks: Iterable[bytes]) -> None:
        """Seal and keep a file or a reading copy, whole, in the place of what was there."""
        path, key = self.path(file, part), self._key(file)
        disk.make_folder(path.parent)
        with disk.replacing(path) as kept:
            sealing = streams.SealingWriter(kept, key, TABLE, file.version.hex, part)
            for chunk in chunks:
                sealing.write(chunk)
            sealing.finish()

    @asynccontextmanager
    async def opened(self, file: FileId, part: Part = "content") -> AsyncIterator[int]:
        """A descriptor of the whole content in memory, read-only, gone afterwards."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._unsealed, file, part))
        try:
            content = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close)
            raise
        with content:
            yield content.fileno()

    def segments(self, file: FileId, part: Part = "content") -> Iterator[bytes]:
        """The content, a segment at a time. `SealBroken` if it was changed; see `streams.opened`."""
        key = self._key(file)
        try:
            with self.path(file, part).open("rb") as sealed:
                yield from streams.opened(sealed, key, TABLE, file.version.hex, part)
        except FileNotFoundError as error:
            raise SealBroken(
                f"The stored file of version {file.version} is missing. Put it back from a backup."
            ) from error

    def remove(self, tenant: UUID, document: UUID) -> None:
        """Remove all files of a document."""
        shutil.rmtree(self._folder(tenant, document), ignore_errors=True)

    def left_incoming(self) -> Iterator[tuple[Path, FileId | None]]:
        """Incoming files that are there, with whose they are; None for a name that says nothing."""
        for path in self.directory.glob(f"*/{_INCOMING}*"):
            parts = [path.parent.name, *path.name.removeprefix(_INCOMING).split("-")]
            try:
                tenant, document, version = (UUID(hex=p) for p in parts)
            except ValueError:
                yield path, None
            else:
                yield path, FileId(tenant, document, version)

    def _unsealed(self, file: FileId, part: Part) -> BinaryIO:
        content = os.fdopen(
            os.memfd_create("lionrock", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "wb"
        )
        try:
            for segment in self.segments(file, part):
                content.write(segment)
            content.flush()
        except BaseException:
            content.close()
            raise
        kept = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(content, fcntl.F_ADD_SEALS, kept)
        return content

    def _key(self, file: FileId) -> DataKey:
        return self._vault.key(file.tenant, scopes.document(file.document))

    def _folder(self, tenant: UUID, document: UUID) -> Path:
        return self.directory / tenant.hex / document.hex[:2] / document.hex

    def _check_size(self, size: int) -> None:
        if size > self._largest:
            raise TooLarge(
                f"The file is larger than {self._largest // 2**20} MiB. Split it, or raise "
                "LIONROCK_MAX_UPLOAD_BYTES."
            )


def _close(opening: asyncio.Future[BinaryIO]) -> None:
    """What a cancelled reader will not close."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
