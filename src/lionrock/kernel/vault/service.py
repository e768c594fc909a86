"""The vault: data keys of tenants and scopes, made, had, destroyed and re-wrapped.

The key source wraps a tenant's key, the tenant's key wraps those of its scopes, and those seal
content. Nothing here falls back to plaintext: without its key a thing is neither sealed nor opened.
Methods that are not coroutines may touch the disk for a tenth of a millisecond (a key not used
lately) or, where they say that they sync, for some milliseconds: call those in a thread.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from lionrock.errors import Conflict, LionrockError, SealBroken, VaultClosed
from lionrock.kernel.vault import wrapping
from lionrock.kernel.vault.key_file import KeyFile
from lionrock.kernel.vault.recent import Recent
from lionrock.kernel.vault.scopes import TENANT, Scope
from lionrock.kernel.vault.sealing import KEY_BYTES, KEY_ID_BYTES, DataKey, encoded
from lionrock.kernel.vault.sources import KeySource, named_source
from lionrock.kernel.vault.store import KeyStore, Wrapped

KEY_FILE: Final = "vault.key"
STORE: Final = "data"
_CACHED_SCOPES: Final = 20_000
_CACHED_TENANTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: tenants' keys re-wrapped now, of how many, and what may be destroyed."""

    key_id: str
    rewrapped: int
    tenants: int
    retired: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The source's key, tenants with a key, how many are wrapped by another, and the key before."""

    key_id: str
    tenants: int
    behind: int
    retired: str | None


class Vault:
    def __init__(self, source: KeySource, store: KeyStore) -> None:
        self._source, self.store = source, store
        self._tenants = Recent[UUID, bytes](_CACHED_TENANTS)
        self._keys = Recent[tuple[UUID, Scope], DataKey](_CACHED_SCOPES)

    @classmethod
    def open(
        cls, folder: Path, *, source: str = "file", key_file: Path | None = None, make: bool = True
    ) -> Vault:
        """The vault of an installation whose keys are in `folder`. `VaultClosed` without its key.

        With `make` a key file is made, but only where none is named and no key in the store would
        need another.
        """
        store = KeyStore(folder / STORE)
        if source != "file":
            return cls(named_source(source, folder), store)
        path = key_file or folder / KEY_FILE
        if make and key_file is None and not path.exists() and not store.tenants():
            return cls(KeyFile.make(path), store)
        return cls(KeyFile(path), store)

    def unlock(self) -> None:
        """Unwrap every tenant's key now, not at its first use, and sweep the store. Syncs."""
        self.store.sweep()
        for tenant in self.store.tenants():
            self._tenant_key(tenant, make=False)

    def key(self, tenant: UUID, scope: Scope = TENANT) -> DataKey:
        """The scope's key. `Erased` once destroyed; `SealBroken` if the key store lacks it."""
        key = self._keys.get((tenant, scope)) or self._load(tenant, scope)
        if key is None:
            raise SealBroken(
                f"The key store has no key of tenant {tenant} for {scope}. Put back the key store "
                "that belongs to this database."
            )
        return key

    def make(self, tenant: UUID, scope: Scope = TENANT) -> DataKey:
        """The scope's key, made if it has none. `Erased` once destroyed. Syncs when it makes one."""
        key = self._keys.get((tenant, scope)) or self._load(tenant, scope)
        if key is None:
            data, key_id = os.urandom(KEY_BYTES), os.urandom(KEY_ID_BYTES)
            context = _context(tenant, str(scope), key_id)
            wrapped = wrapping.wrap(self._tenant_key(tenant, make=True), data, context)
            self.store.add_scope(tenant, scope, Wrapped(key_id, "tenant", wrapped))
            key = self._load(tenant, scope)  # another thread's, if that was faster
            assert key is not None
        return key

    def seal_text(
        self, tenant: UUID, table: str, row: UUID | str, column: str, text: str,
        *, scope: Scope = TENANT,
    ) -> bytes:  # fmt: skip
        """`text` sealed for that place; the scope's key is made at its first use."""
        return self.make(tenant, scope).seal_text(table, row, column, text)

    def open_text(
        self, tenant: UUID, table: str, row: UUID | str, column: str, sealed: bytes,
        *, scope: Scope = TENANT,
    ) -> str:  # fmt: skip
        """The inverse. `Erased` once the scope's key is destroyed, `SealBroken` for anything else."""
        return self.key(tenant, scope).open_text(table, row, column, sealed)

    def destroy(self, tenant: UUID, scope: Scope) -> None:
        """Destroy a scope's key, for good. Syncs.

        Write the tombstone of the database (`tombstones.condemn`) in the transaction that erases,
        and call this once it has committed: killed in between, the next start does it.
        """
        self._keys.forget((tenant, scope))
        self.store.destroy(tenant, scope)
        self._keys.forget((tenant, scope))

    def discard(self, tenant: UUID, scope: Scope) -> None:
        """Remove the key of something that never came to be. Syncs."""
        self._keys.forget((tenant, scope))
        self.store.discard(tenant, scope)

    def tenant_key_id(self, tenant: UUID) -> bytes:
        """The id of the tenant's key, which is made if there is none. Syncs when it makes one."""
        self._tenant_key(tenant, make=True)
        found = self.store.tenant(tenant)
        assert found is not None
        return found.id

    @property
    def key_id(self) -> str:
        """The key that the source wraps with now."""
        return self._source.key_id

    def status(self) -> Status:
        """Reads every tenant's key file, and opens none."""
        kept = [self.store.tenant(t) for t in self.store.tenants()]
        behind = sum(k is not None and k.by != self.key_id for k in kept)
        return Status(self.key_id, len(kept), behind, self._source.retired())

    def rotate(self) -> Rotation:
        """Re-wrap every tenant's key under a new key of the source. Content is not touched. Syncs.

        May be killed anywhere and called again. `Conflict` when there is nothing to do but to
        destroy the key before.
        """
        begun = self._source.renew()
        tenants, rewrapped = self.store.tenants(), 0
        for tenant in tenants:
            found = self.store.tenant(tenant)
            if found is not None and found.by != self.key_id:
                self.store.replace_tenant(tenant, self._rewrapped(tenant, found))
                rewrapped += 1
        retired = self._source.retired()
        if not begun and not rewrapped and retired:
            raise Conflict(
                f"Nothing is wrapped by {retired} any more. Destroy it and its copies first (shred "
                "-u); then a new rotation can begin."
            )
        return Rotation(self.key_id, rewrapped, len(tenants), retired)

    def _rewrapped(self, tenant: UUID, found: Wrapped) -> Wrapped:
        context = _context(tenant, "", found.id)
        key = self._unwrapped(found, context)
        return Wrapped(found.id, self.key_id, self._source.wrap(key, context))

    def _load(self, tenant: UUID, scope: Scope) -> DataKey | None:
        found = self.store.scope(tenant, scope)
        if found is None:
            return None
        wrapping_key = self._tenant_key(tenant, make=False)
        try:
            data = wrapping.unwrap(
                wrapping_key, found.wrapped, _context(tenant, str(scope), found.id)
            )
        except wrapping.WrongKey as error:
            raise SealBroken(
                f"The key of tenant {tenant} for {scope} does not unwrap: its file was changed, or "
                "is another's. Put back the key store from its own backup."
            ) from error
        key = DataKey(tenant, found.id, data)
        self._keys.put((tenant, scope), key)
        return key

    def _tenant_key(self, tenant: UUID, *, make: bool) -> bytes:
        key = self._tenants.get(tenant)
        if key is None:
            found = self.store.tenant(tenant)
            if found is None:
                if not make:
                    raise VaultClosed(
                        f"The key store has no key of tenant {tenant}. Put back the key store that "
                        "belongs to this database, from its own backup."
                    )
                found = self._new_tenant(tenant)
            key = self._unwrapped(found, _context(tenant, "", found.id))
            self._tenants.put(tenant, key)
        return key

    def _new_tenant(self, tenant: UUID) -> Wrapped:
        key_id = os.urandom(KEY_ID_BYTES)
        wrapped = self._source.wrap(os.urandom(KEY_BYTES), _context(tenant, "", key_id))
        self.store.add_tenant(tenant, Wrapped(key_id, self.key_id, wrapped))
        found = self.store.tenant(tenant)
        assert found is not None
        return found

    def _unwrapped(self, found: Wrapped, context: bytes) -> bytes:
        try:
            key = self._source.unwrap(found.wrapped, context, found.by)
        except LionrockError:
            raise
        except Exception as error:
            raise VaultClosed(
                f"The key source does not unwrap a tenant's key ({type(error).__name__}). Nothing is "
                "sealed or opened without it: see that the system behind it answers."
            ) from error
        if len(key) != KEY_BYTES:
            raise VaultClosed("The key source gave back something that is not a key.")
        return key


def _context(tenant: UUID, scope: str, key_id: bytes) -> bytes:
    """What a wrapped key is bound to; an empty scope stands for the tenant's own key."""
    return encoded("lionrock key 1", tenant.bytes, scope, key_id)
