"""A data key, and what it seals: short fields, each bound to the place where it is kept.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. What is bound as associated data is
tenant | key | table | row | column, each with its length before it, so that sealed bytes moved to
another tenant, table, row or column do not open. A sealed field is

    1 byte format | 8 bytes key id | 12 bytes nonce | ciphertext | 16 bytes tag

which is OVERHEAD bytes more than what it holds. SP 800-38D, 8.3 allows 2^32 random nonces a key.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lionrock.errors import SealBroken

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
_FORMAT: Final = b"\x01"
_NONCE: Final = 12
_TAG: Final = 16
_HEAD: Final = len(_FORMAT) + KEY_ID_BYTES + _NONCE
OVERHEAD: Final = _HEAD + _TAG
_LABEL: Final = "lionrock sealed 1"
_HASHING: Final = "lionrock fingerprint 1"


def encoded(*parts: str | bytes) -> bytes:
    """Parts as bytes that read back in one way only: each after its length, four bytes big-endian."""
    return b"".join([_part(p) if isinstance(p, str) else _with_length(p) for p in parts])


@lru_cache(maxsize=1024)
def _part(part: str) -> bytes:
    return _with_length(part.encode())


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


class DataKey:
    """A key of one tenant and one scope. Never printed; no method gives the key itself away."""

    __slots__ = ("_aead", "_bound", "_hashing", "_head", "id")

    def __init__(self, tenant: UUID, key_id: bytes, key: bytes) -> None:
        if len(key) != KEY_BYTES or len(key_id) != KEY_ID_BYTES:
            raise ValueError("a data key is 32 bytes with an id of 8")
        self.id = key_id
        self._aead = AESGCM(key)
        self._head = _FORMAT + key_id
        self._bound = encoded(_LABEL, tenant.bytes, key_id)
        self._hashing = hmac.digest(key, encoded(_HASHING, tenant.bytes, key_id), "sha256")

    def __repr__(self) -> str:
        return f"DataKey({self.id.hex()})"

    def place(self, table: str, row: UUID | str, column: str) -> bytes:
        """The associated data of a field: what it is bound to."""
        name = row.bytes if isinstance(row, UUID) else row.encode()
        return self._bound + _part(table) + _with_length(name) + _part(column)

    def seal(self, table: str, row: UUID | str, column: str, data: bytes) -> bytes:
        """`data` sealed for that place; `row` is the row's whole key but the tenant."""
        return b"".join((self._head, *self.encrypt(data, self.place(table, row, column))))

    def open(self, table: str, row: UUID | str, column: str, sealed: bytes) -> bytes:
        """The inverse. `SealBroken` for bytes changed, moved from elsewhere, or of another key."""
        if len(sealed) < OVERHEAD or sealed[:1] != _FORMAT:
            raise SealBroken(
                f"{_where(table, row, column)} does not hold a sealed value. {_ADVICE}"
            )
        if not sealed.startswith(self._head):
            kept = sealed[1 : 1 + KEY_ID_BYTES].hex()
            raise SealBroken(
                f"{_where(table, row, column)} was sealed with the key {kept}; the key store has "
                f"{self.id.hex()} for it. Put back the key store that belongs to this database."
            )
        try:
            return self.decrypt(sealed[len(self._head) :], self.place(table, row, column))
        except InvalidTag as error:
            raise SealBroken(
                f"{_where(table, row, column)} does not open: its bytes were changed, or moved "
                f"there from another tenant, table, row or column. {_ADVICE}"
            ) from error

    def fingerprint(self, use: str, text: str) -> bytes:
        """HMAC-SHA256 of `text` under a key derived from this one, cut to 16 bytes: to look sealed
        things up by what they say. Equal for equal `use` and `text` only."""
        return hmac.digest(self._hashing, encoded(use, text), "sha256")[:16]

    def seal_text(self, table: str, row: UUID | str, column: str, text: str) -> bytes:
        return self.seal(table, row, column, text.encode())

    def open_text(self, table: str, row: UUID | str, column: str, sealed: bytes) -> str:
        return self.open(table, row, column, sealed).decode()

    def encrypt(self, data: bytes | memoryview, bound: bytes) -> tuple[bytes, bytes]:
        """Nonce, and ciphertext with its tag; `bound` as associated data. For `streams`."""
        nonce = os.urandom(_NONCE)
        return nonce, self._aead.encrypt(nonce, data, bound)

    def decrypt(self, sealed: bytes, bound: bytes) -> bytes:
        """The inverse, of both in one. Raises cryptography's `InvalidTag`."""
        return self._aead.decrypt(sealed[:_NONCE], memoryview(sealed)[_NONCE:], bound)


_ADVICE = "Put it back from a backup, and find out who can write there."


def _where(table: str, row: UUID | str, column: str) -> str:
    return f"Column {column} of {table}, row {row},"
