"""The certificate of an erasure, and its check by anyone who has an export of the audit log.

The certificate says what was erased, by ids, hashes and counts, which keys were destroyed, when, and
who proposed and approved (by the log's pseudonyms). Its SHA-256 is a detail of the event that ended
the erasure; the event's payload and salt, which travel with it, lead to the commitment in the log's
leaf. Changing a byte of it breaks one of the three.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from lionrock.errors import NotVerified
from lionrock.kernel.audit.canonical import Json, canonical
from lionrock.kernel.audit.leaves import Leaf, commitment

FORMAT: Final = "lionrock-erasure-certificate-1"
EVENT: Final = "privacy:erasure:finish"
_KEYS: Final = {"format", "certificate", "event_id", "payload", "salt"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What holds: the certificate, and where in the log it is committed to."""

    certificate: Mapping[str, Any]
    sha256: str
    event_id: UUID
    position: int
    """Index of the leaf in the tenant's log."""
    origin: str


def digest(certificate: Mapping[str, Json]) -> str:
    """SHA-256 of the certificate as RFC 8785 writes it, 64 hex digits."""
    return hashlib.sha256(canonical(certificate)).hexdigest()


def sealed_with(
    certificate: Mapping[str, Json], event_id: UUID, payload: Mapping[str, Json], salt: bytes
) -> bytes:
    """The file that is given out: the certificate, and what leads from it to the log's leaf."""
    return canonical(
        {
            "format": FORMAT,
            "certificate": certificate,
            "event_id": str(event_id),
            "payload": payload,
            "salt": salt.hex(),
        }
    )


def verify(data: bytes, leaf_of: Callable[[UUID], tuple[int, Leaf] | None]) -> Checked:
    """Check a certificate's file against a log that was verified before.

    `leaf_of` gives an event's position and leaf. Raises `NotVerified`, saying what does not hold.
    """
    held = _parsed(data)
    hashed = digest(held["certificate"])
    payload = held["payload"]
    if not hmac.compare_digest(str(payload.get("details", {}).get("certificate")), hashed):
        raise NotVerified("The certificate is not the one that the event names: it was changed.")
    event_id = UUID(held["event_id"])
    found = leaf_of(event_id)
    if found is None:
        raise NotVerified("The audit export holds no such event: it is of another log, or older.")
    position, leaf = found
    if leaf.event != EVENT or leaf.id != event_id:
        raise NotVerified("The event in the log is not the end of an erasure.")
    if commitment(bytes.fromhex(held["salt"]), canonical(payload)) != leaf.commitment:
        raise NotVerified("The log commits to something else: payload or salt were changed.")
    return Checked(held["certificate"], hashed, event_id, position, leaf.origin)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        held = json.loads(data)
        if not isinstance(held, dict) or held.keys() != _KEYS or held["format"] != FORMAT:
            raise ValueError("other fields")
        UUID(held["event_id"]), bytes.fromhex(held["salt"])
        if not isinstance(held["certificate"], dict) or not isinstance(held["payload"], dict):
            raise ValueError("not objects")
        if len(bytes.fromhex(held["salt"])) != 32:
            raise ValueError("salt")
    except (ValueError, TypeError, AttributeError) as error:
        raise NotVerified("This is not a certificate of erasure.") from error
    return held
