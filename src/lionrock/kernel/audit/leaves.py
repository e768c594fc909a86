"""What an entry of the log says of an event: metadata, pseudonyms and a salted commitment.

No personal data: who and about whom stand as HMAC-SHA256 of their ids under a key of the tenant's
own, and everything else is behind `commitment` = SHA-256(salt ‖ RFC 8785 of the payload). Without the
32 random bytes of salt a payload cannot be guessed from its commitment, so deleting the salt and
the payload erases it while the log stays whole.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json.encoder import encode_basestring as _string
from typing import Any
from uuid import UUID

from lionrock.errors import NotVerified
from lionrock.kernel.audit.canonical import parse

VERSION = 1
LIMIT = 65_535
"""Bytes of an entry: its length is a uint16 in an entry bundle (tlog-tiles, "Log entries")."""

_FIELDS = frozenset("actor actor_kind commitment event id origin subject time v".split())


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event as the log holds it; `actor`, `subject` and `commitment` are 32 bytes each."""

    id: UUID
    time: datetime
    event: str
    actor_kind: str
    actor: bytes
    subject: bytes
    commitment: bytes
    origin: str

    def encoded(self) -> bytes:
        """The entry's bytes. `ValueError` beyond 65,535 of them."""
        # RFC 8785 of these nine members, written out: this is done for every event again at a start.
        text = (
            f'{{"actor":"{self.actor.hex()}","actor_kind":{_string(self.actor_kind)},'
            f'"commitment":"{self.commitment.hex()}","event":{_string(self.event)},'
            f'"id":"{self.id}","origin":{_string(self.origin)},'
            f'"subject":"{self.subject.hex()}","time":"{rfc3339(self.time)}","v":{VERSION}}}'
        )
        entry = text.encode()
        if len(entry) > LIMIT:
            raise ValueError(f"an entry of {len(entry)} bytes is over the {LIMIT} a log can hold")
        return entry


def of_row(row: Mapping[str, Any], origin: str) -> Leaf:
    """The leaf of a row of `events` (id, at, event, actor_kind, actor, subject, commitment)."""
    return Leaf(
        row["id"], row["at"], row["event"], row["actor_kind"], row["actor"], row["subject"],
        row["commitment"], origin,
    )  # fmt: skip


def decode(entry: bytes) -> Leaf:
    """The leaf in an entry's bytes. `NotVerified` unless they are exactly what `encoded` writes."""
    try:
        values = parse(entry)
        if not isinstance(values, dict) or values.keys() != _FIELDS or values["v"] != VERSION:
            raise ValueError("other fields")
        leaf = Leaf(
            UUID(values["id"]), datetime.fromisoformat(values["time"]), values["event"],
            values["actor_kind"], bytes.fromhex(values["actor"]), bytes.fromhex(values["subject"]),
            bytes.fromhex(values["commitment"]), values["origin"],
        )  # fmt: skip
        if leaf.encoded() != entry:
            raise ValueError("not canonical")
    except (ValueError, TypeError, AttributeError) as error:
        raise NotVerified(f"An entry of the log is not an event of version {VERSION}.") from error
    return leaf


def pseudonym(key: bytes, id: UUID) -> bytes:
    """32 bytes that stand for `id` in one tenant's log; only the holder of `key` can tell for whom."""
    return hmac.digest(key, id.bytes, "sha256")


def commitment(salt: bytes, payload: bytes) -> bytes:
    """SHA-256(salt ‖ payload), 32 bytes; `payload` is RFC 8785 JSON."""
    if len(salt) != 32:
        raise ValueError("a salt is 32 bytes")
    return hashlib.sha256(salt + payload).digest()


def rfc3339(time: datetime) -> str:
    """UTC with microseconds (RFC 3339), always of the same length: 2026-03-04T05:06:07.000008Z."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
