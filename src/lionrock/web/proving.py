"""A proof checked here, just now, by the verifier that an outsider would use: what it shows."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lionrock.errors import NotVerified
from lionrock.kernel.audit import cosignatures, leaves, notes, proofs
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.audit.entries import Entry


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed the checkpoint; `at` is when a witness cosigned it, None for the log's own key."""

    name: str
    key_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What holds of one entry: its place, and the tree that is signed. `opened`: the payload shown is
    the one committed to; None where it has been erased."""

    index: int
    size: int
    root: str
    origin: str
    signers: tuple[Signer, ...]
    opened: bool | None
    at: datetime
    file: str


def check(
    data: bytes, entry: Entry, keys: Sequence[str], witnesses: Sequence[str], now: datetime
) -> Checked:
    """Check a `.tlog-proof` of `entry` against verifier keys. `NotVerified` if anything does not hold."""
    proof = proofs.parse(data)
    log = [notes.parse_vkey(key) for key in keys]
    head, note = proof.check(log)
    leaf = leaves.decode(proof.entry)
    if leaf.id != entry.id:
        raise NotVerified("The proof is of another event.")
    opened = _opens(entry, leaf.commitment)
    if opened is False:
        raise NotVerified("What is shown of the event is not what the log committed to.")
    known = [cosignatures.parse_witness(key) for key in witnesses]
    signers = [Signer(v.name, v.key_id.hex(), None) for v in notes.verify(note, log)]
    for cosigned in cosignatures.cosigners(note, known, now.timestamp()):
        at = datetime.fromtimestamp(cosigned.time, UTC)
        signers.append(Signer(cosigned.witness.name, cosigned.witness.key_id.hex(), at))
    return Checked(
        proof.index, head.size, base64.b64encode(head.root).decode(), head.origin, tuple(signers),
        opened, now, f"{proof.index}.tlog-proof",
    )  # fmt: skip


def _opens(entry: Entry, commitment: bytes) -> bool | None:
    if entry.erased or entry.salt is None or entry.details is None:
        return None
    payload = canonical(
        {
            "actor_id": str(entry.actor_id),
            "details": entry.details,
            "purpose": entry.purpose,
            "subject_id": str(entry.subject_id),
        }
    )
    return leaves.commitment(bytes.fromhex(entry.salt), payload) == commitment
