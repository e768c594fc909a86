"""The key store: wrapped data keys, a small file each, apart from all that they seal.

    TENANT/tenant.key          the tenant's key, wrapped by the key source
    TENANT/KIND/NAME.key       the key of a scope, wrapped by the tenant's
    TENANT/destroyed/KIND.NAME a tombstone: this key was destroyed and must not come back

It is no part of the database or of the stored files, so a backup of those brings no key back. It
has a backup of its own, with a short life. A load is one open; growth with the number of scopes is
the folder's alone.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from lionrock.errors import Erased, VaultClosed
from lionrock.kernel import disk
from lionrock.kernel.vault.scopes import Scope

_DESTROYED = "destroyed"
_STAGING = "staging"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A wrapped key: its own id, the id of what wrapped it, the bytes."""

    id: bytes
    by: str
    wrapped: bytes

    def to_bytes(self) -> bytes:
        told = {"format": 1, "key": self.id.hex(), "by": self.by}
        return json.dumps(told | {"wrapped": b64encode(self.wrapped).decode()}).encode() + b"\n"


class KeyStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tenants(self) -> list[UUID]:
        """Every tenant with a key. Growth: linear in tenants."""
        return sorted(UUID(hex=p.parent.name) for p in self._folder.glob("*/tenant.key"))

    def tenant(self, tenant: UUID) -> Wrapped | None:
        """The tenant's key; `VaultClosed` if there is none though other keys need it."""
        folder = self._of(tenant)
        path = folder / "tenant.key"
        found = _read(path)
        if found is None and any(folder.glob("*/*.key")):
            found = _read(path)  # another thread may have made it since, and a key under it
            if found is None:
                raise VaultClosed(
                    f"{path} is missing and other keys there were wrapped by it. Put back the key "
                    "store from its own backup."
                )
        return found

    def add_tenant(self, tenant: UUID, wrapped: Wrapped) -> bool:
        return self._add(self._of(tenant) / "tenant.key", wrapped.to_bytes())

    def replace_tenant(self, tenant: UUID, wrapped: Wrapped) -> None:
        disk.write(self._of(tenant) / "tenant.key", wrapped.to_bytes())

    def scope(self, tenant: UUID, scope: Scope) -> Wrapped | None:
        """The scope's key, None if it never had one. `Erased` if it was destroyed."""
        if self._tombstone(tenant, scope).exists():
            raise Erased("This was erased: its key has been destroyed.")
        return _read(self._path(tenant, scope))

    def add_scope(self, tenant: UUID, scope: Scope, wrapped: Wrapped) -> bool:
        """False if another thread was faster: theirs stands."""
        return self._add(self._path(tenant, scope), wrapped.to_bytes())

    def destroy(self, tenant: UUID, scope: Scope) -> None:
        """The tombstone first: from then on the key is dead, whatever happens next."""
        self._add(self._tombstone(tenant, scope), b"")
        disk.destroy(self._path(tenant, scope))

    def discard(self, tenant: UUID, scope: Scope) -> None:
        """Remove the key of something that never came to be, without a tombstone."""
        disk.destroy(self._path(tenant, scope))

    def destroyed(self, tenant: UUID) -> Iterator[Scope]:
        """Every scope with a tombstone here."""
        folder = self._of(tenant) / _DESTROYED
        for path in folder.iterdir() if folder.is_dir() else ():
            kind, _, name = path.name.partition(".")
            yield Scope(kind, name)

    def sweep(self) -> None:
        """Finish what a killed process left: keys beneath a tombstone, files half-written."""
        for tenant in self.tenants():
            for scope in list(self.destroyed(tenant)):
                if self._path(tenant, scope).exists():
                    self.destroy(tenant, scope)
        staging = self._folder / _STAGING
        for leftover in (*self._folder.glob("*/tenant.key.*.new"), *staging.glob("*.new")):
            leftover.unlink(missing_ok=True)

    def _add(self, path: Path, data: bytes) -> bool:
        disk.make_folder(self._folder / _STAGING)
        disk.make_folder(path.parent)
        return disk.write_new(path, data, self._folder / _STAGING)

    def _of(self, tenant: UUID) -> Path:
        return self._folder / tenant.hex

    def _path(self, tenant: UUID, scope: Scope) -> Path:
        return self._of(tenant) / scope.kind / f"{scope.name}.key"

    def _tombstone(self, tenant: UUID, scope: Scope) -> Path:
        return self._of(tenant) / _DESTROYED / f"{scope.kind}.{scope.name}"


def _read(path: Path) -> Wrapped | None:
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != 1:
            raise ValueError("another format")
        return Wrapped(bytes.fromhex(told["key"]), told["by"], b64decode(told["wrapped"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VaultClosed(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise VaultClosed(
            f"{path} does not hold a wrapped key. Put back the key store from its own backup."
        ) from error
