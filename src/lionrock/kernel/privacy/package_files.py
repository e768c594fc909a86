"""Packages on the disk, sealed with their person's key."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from lionrock.errors import NotFound
from lionrock.kernel import disk
from lionrock.kernel.vault import scopes, streams
from lionrock.kernel.vault.service import Vault

_TABLE: Final = "packages"


class PackageFiles:
    """TENANT/SUBJECT/REQUEST: what was made for a person goes with the person."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder, self._vault = folder, vault

    def put(self, tenant: UUID, subject: UUID, request: UUID, data: bytes) -> None:
        path = self._path(tenant, subject, request)
        disk.make_folder(path.parent)
        key = self._vault.key(tenant, scopes.subject(subject))
        with disk.replacing(path) as file:
            sealing = streams.SealingWriter(file, key, _TABLE, request.hex, "content")
            sealing.write(data)
            sealing.finish()

    def get(self, tenant: UUID, subject: UUID, request: UUID) -> bytes:
        key = self._vault.key(tenant, scopes.subject(subject))
        try:
            with self._path(tenant, subject, request).open("rb") as file:
                return b"".join(streams.opened(file, key, _TABLE, request.hex, "content"))
        except FileNotFoundError:
            raise NotFound("The package is not there any more: make it again.") from None

    def remove(self, tenant: UUID, subject: UUID) -> None:
        folder = self._folder / tenant.hex / subject.hex
        for path in folder.glob("*") if folder.is_dir() else ():
            path.unlink(missing_ok=True)
        if folder.is_dir():
            folder.rmdir()

    def _path(self, tenant: UUID, subject: UUID, request: UUID) -> Path:
        return self._folder / tenant.hex / subject.hex / request.hex
