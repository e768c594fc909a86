"""What must stay the same: digests of a subject, of an alert's evidence, of what is proposed.

Names and dates are easily guessed, so what is kept of a subject is a keyed hash, never a plain one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

from pydantic import TypeAdapter

from lionrock.kernel.audit.canonical import Json, canonical
from lionrock.screening.entities import Entity

_ENTITY: Final[TypeAdapter[Entity]] = TypeAdapter(Entity)
_IDENTIFYING: Final = ("schema", "names", "identifiers", "births", "gender", "countries")
_PRECISION: Final = 4


class Keyed(Protocol):
    """HMAC-SHA256 under the installation's secret: `kernel.member_fields.MemberFields`."""

    def keyed(self, use: str, *parts: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair as it was compared: what a clearance is of."""

    list_id: UUID
    entry_id: UUID
    entry_digest: bytes
    subject_digest: bytes
    score: float

    @property
    def pair(self) -> tuple[UUID, UUID]:
        return self.list_id, self.entry_id

    def same_as(self, entry_digest: bytes, subject_digest: bytes) -> bool:
        return (self.entry_digest, self.subject_digest) == (entry_digest, subject_digest)


def subject_digest(keyed: Keyed, tenant: UUID, subject: Entity) -> bytes:
    """32 bytes: changes with names, identifiers, births, gender and countries, in whatever order they
    are given, and with nothing else. These are what a pair is told apart by."""
    whole = _ENTITY.dump_python(subject, mode="json")
    told: dict[str, Json] = {name: _ordered(whole[name]) for name in _IDENTIFYING}
    return keyed.keyed("alert-subject", tenant.bytes, canonical(told))


def is_bare(subject: Entity) -> bool:
    """Is nothing said that tells one bearer of the name from another?"""
    return not subject.births and not subject.identifiers


def adhoc_id(keyed: Keyed, tenant: UUID, digest: bytes, erased: int = 0) -> UUID:
    """The id of a subject that is no customer: the same whenever the same is screened again, until
    their cases are erased. `erased`: how often they were; the key of those is gone for good."""
    parts = (digest, erased.to_bytes(4, "big")) if erased else (digest,)
    return UUID(bytes=keyed.keyed("alert-adhoc", tenant.bytes, *parts)[:16], version=4)


def evidence_digest(keyed: Keyed, alert: UUID, hits: Iterable[Compared]) -> bytes:
    """32 bytes over an alert's live hits. A new version of a list that says the same changes nothing."""
    told: Json = sorted(
        f"{h.list_id} {h.entry_id} {h.entry_digest.hex()} {h.subject_digest.hex()}"
        f" {h.score:.{_PRECISION}f}"
        for h in hits
    )
    return keyed.keyed("alert-evidence", alert.bytes, canonical(told))


def content_hash(alert: UUID, evidence: bytes, proposed: Mapping[str, Json]) -> bytes:
    """What the second person approves: disposition, reason, note, references, and the evidence."""
    told: dict[str, Json] = {"alert": str(alert), "evidence": evidence.hex(), **proposed}
    return hashlib.sha256(canonical(told)).digest()


def _ordered(value: Json) -> Json:
    """Lists by their own text: the order in which a source gives names says nothing."""
    if isinstance(value, list):
        return sorted(value, key=lambda v: canonical(v))
    return value
