"""Where uploaded files and reading copies are kept: one directory a tenant, named by SHA-256."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from lionrock.errors import InvalidInput, TooLarge, Unavailable


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: bytes
    size: int


class Files:
    def __init__(self, directory: Path, largest: int) -> None:
        self._directory = directory
        self._largest = largest

    def path(self, tenant: UUID, sha256: bytes) -> Path:
        name = sha256.hex()
        return self._directory / tenant.hex / name[:2] / name

    def reading_copy(self, tenant: UUID, version: UUID) -> Path:
        return self._directory / tenant.hex / "reading" / f"{version.hex}.pdf"

    async def put(self, tenant: UUID, chunks: AsyncIterator[bytes]) -> Stored:
        """Keep a file under its own hash. It appears whole (written, synced, renamed) or not at all."""
        folder = self._directory / tenant.hex
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        try:
            with NamedTemporaryFile(dir=folder, prefix="incoming-", delete=False) as file:
                try:
                    async for chunk in chunks:
                        size += len(chunk)
                        self._check_size(size)
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                    if not size:
                        raise InvalidInput("The file is empty: there is nothing to read in it.")
                    self._settle(Path(file.name), self.path(tenant, digest.digest()))
                finally:
                    Path(file.name).unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"The file could not be stored: {error.strerror}.") from error
        return Stored(digest.digest(), size)

    def put_reading_copy(self, tenant: UUID, version: UUID, data: bytes) -> None:
        path = self.reading_copy(tenant, version)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)

    def remove(self, path: Path) -> None:
        with suppress(FileNotFoundError):
            path.unlink()

    def sweep(self) -> None:
        """Remove uploads that a killed process left half-written."""
        for leftover in self._directory.glob("*/incoming-*"):
            self.remove(leftover)

    def _check_size(self, size: int) -> None:
        if size > self._largest:
            raise TooLarge(
                f"The file is larger than {self._largest // 2**20} MiB. Split it, or raise "
                "LIONROCK_MAX_UPLOAD_BYTES."
            )

    def _settle(self, temporary: Path, final: Path) -> None:
        final.parent.mkdir(mode=0o700, exist_ok=True)
        temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
