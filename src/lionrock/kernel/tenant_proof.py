"""The proof that goes with a transaction's tenant, checked by `current_tenant()` in the database.

HMAC-SHA256 (RFC 2104) of the tenant id's 16 bytes. Its key is derived from the runtime role's
password, which the server has and SQL cannot read; the database has it in a table that the runtime
role has no grant on. SQL that slipped in may set another tenant's id, but cannot prove it.
"""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

_BLOCK = 64
_PURPOSE = b"lionrock tenant proof 1"


class TenantProofs:
    def __init__(self, runtime_password: str) -> None:
        if not runtime_password:
            raise ValueError("the runtime role's password is empty: it keys the tenant proofs")
        self._key = hmac.digest(runtime_password.encode(), _PURPOSE, "sha256")

    def of(self, tenant_id: UUID) -> str:
        """64 hex digits for `lionrock.proof`."""
        return hmac.digest(self._key, tenant_id.bytes, "sha256").hex()

    def pads(self) -> tuple[bytes, bytes]:
        """The key as RFC 2104's inner and outer block: with them HMAC is two calls of sha256()."""
        block = self._key.ljust(_BLOCK, b"\0")
        assert len(self._key) == hashlib.sha256().digest_size
        return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
