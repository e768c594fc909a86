"""Entities as bytes and back, each field that says something; and keyed hashes of them."""

from __future__ import annotations

import hmac
import json
import zlib
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from lionrock.errors import InvalidInput
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.secrets import installation_secret
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import told, understood

_HALF: Final = "A text holds half a character (a lone surrogate)."


def packed(entity: Entity) -> bytes:
    """What is sealed of an entity. `InvalidInput` for text that is no Unicode."""
    return pack(told(entity))


def unpacked(data: bytes) -> Entity:
    return understood(unpack(data))


def pack(value: Any) -> bytes:
    try:
        return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    except UnicodeEncodeError as error:
        raise InvalidInput(_HALF) from error


def encoded(text: str) -> bytes:
    """`InvalidInput` for text that is no Unicode."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(_HALF) from error


def unpack(data: bytes) -> Any:
    return json.loads(zlib.decompress(data))


class Hashes:
    """HMAC-SHA256 (RFC 2104) under a secret of this installation: who has the database alone cannot
    tell by trying whether a name or a reference stands in it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, home: Path) -> Hashes:
        """Blocks for some milliseconds where the secret is made."""
        return cls(bytes.fromhex(installation_secret(home / "keys", "screening")))

    def entry_id(self, list_id: UUID, source_id: str) -> UUID:
        """The same for an entry in every version of its list."""
        return UUID(bytes=self._keyed("entry", list_id.bytes, encoded(source_id))[:16])

    def reference(self, tenant: UUID, reference: str) -> bytes:
        return self._keyed("reference", tenant.bytes, encoded(reference))

    def digest(self, tenant: UUID, entity: Entity, *besides: str) -> bytes:
        """32 bytes: another where anything said of the entity is another."""
        parts = (encoded(p) for p in besides)
        try:
            said = canonical(told(entity))
        except UnicodeEncodeError as error:
            raise InvalidInput(_HALF) from error
        return self._keyed("entity", tenant.bytes, said, *parts)

    def _keyed(self, use: str, *parts: bytes) -> bytes:
        message = b"".join(len(p).to_bytes(4, "big") + p for p in (use.encode(), *parts))
        return hmac.digest(self._secret, message, "sha256")
