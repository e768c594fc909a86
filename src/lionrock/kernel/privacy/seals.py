"""Short texts of this room, sealed with a person's key or the tenant's own."""

from __future__ import annotations

import asyncio
from uuid import UUID

from lionrock.errors import Erased
from lionrock.kernel.vault.scopes import TENANT, Scope
from lionrock.kernel.vault.service import Vault


class Seals:
    """Seals and opens columns of one tenant. What a destroyed key sealed reads as empty."""

    def __init__(self, vault: Vault, tenant: UUID, scope: Scope = TENANT) -> None:
        self._vault, self._tenant, self._scope = vault, tenant, scope

    async def ready(self) -> Seals:
        """Make the key now, in a thread: the first use syncs the disk."""
        await asyncio.to_thread(self._vault.make, self._tenant, self._scope)
        return self

    def seal(self, table: str, row: UUID, column: str, text: str) -> bytes:
        return self._vault.make(self._tenant, self._scope).seal_text(table, row, column, text)

    def open(self, table: str, row: UUID, column: str, kept: bytes | None) -> str:
        if kept is None:
            return ""
        try:
            key = self._vault.key(self._tenant, self._scope)
        except Erased:
            return ""
        return key.open_text(table, row, column, kept)
