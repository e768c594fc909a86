"""Witness cosignatures (C2SP tlog-cosignature): "this is the largest consistent tree I have seen".

Ed25519 (0x04) is what witnesses here make; ML-DSA-44 (0x06, FIPS 204) is checked and can be made
too, so that a witness may change over without a new release.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from lionrock.errors import NotVerified
from lionrock.kernel.audit import checkpoints, notes
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.notes import Algorithm, Note, Signature, Verifier, check_ed25519

ED25519: Final = 0x04
ML_DSA_44: Final = 0x06
AHEAD_SECONDS: Final = 300
"""How far in the future a cosignature may be dated: clocks differ."""


def _split(value: bytes) -> tuple[int, bytes]:
    if len(value) < 8:
        raise ValueError("a cosignature begins with its time")
    (time,) = struct.unpack(">Q", value[:8])
    if time >= 2**63:
        raise ValueError("a cosignature is dated beyond what can be")
    return time, value[8:]


def _ed25519_message(name: str, text: str, value: bytes) -> tuple[bytes, bytes]:
    time, bare = _split(value)
    return f"cosignature/v1\ntime {time}\n{text}".encode(), bare


def _ml_dsa_44_message(name: str, text: str, value: bytes) -> tuple[bytes, bytes]:
    """The structure `cosigned_message`, in the presentation language of RFC 8446, section 3."""
    time, bare = _split(value)
    head = checkpoints.head_of(Note(text, ()))
    cosigner, origin = name.encode(), head.origin.encode()
    if max(len(cosigner), len(origin)) > 255:
        raise ValueError("a name is longer than 255 bytes")
    message = b"subtree/v1\n\0" + bytes([len(cosigner)]) + cosigner + struct.pack(">Q", time)
    message += bytes([len(origin)]) + origin + struct.pack(">QQ", 0, head.size) + head.root
    return message, bare


def _check_ml_dsa_44(public: bytes, signature: bytes, message: bytes) -> None:
    MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)


ALGORITHMS: Final = notes.NOTE_ALGORITHMS | {
    ED25519: Algorithm("Ed25519 cosignature", 32, _ed25519_message, check_ed25519),
    ML_DSA_44: Algorithm("ML-DSA-44 cosignature", 1312, _ml_dsa_44_message, _check_ml_dsa_44),
}


@dataclass(frozen=True, slots=True)
class Cosigned:
    """Who stands for a head, and since when (POSIX seconds)."""

    witness: Verifier
    time: int


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness's name and private key."""

    name: str
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @property
    def verifier(self) -> Verifier:
        type_ = ED25519 if isinstance(self.private, Ed25519PrivateKey) else ML_DSA_44
        return Verifier(self.name, type_, self.private.public_key().public_bytes_raw())

    def cosign(self, text: str, time: int) -> Signature:
        """A signature over a checkpoint's text as of `time`. Check the tree first."""
        stamp, verifier = struct.pack(">Q", time), self.verifier
        message, _ = ALGORITHMS[verifier.type].message(self.name, text, stamp)
        return Signature(self.name, verifier.key_id, stamp + self.private.sign(message))


def parse_witness(vkey: str) -> Verifier:
    """A witness's verifier key; `NotVerified` if it is one for signing notes."""
    verifier = notes.parse_vkey(vkey, ALGORITHMS)
    if verifier.type not in (ED25519, ML_DSA_44):
        raise NotVerified(f"The key of {verifier.name} is not one for cosigning checkpoints.")
    return verifier


def cosigners(note: Note, witnesses: Sequence[Verifier], now: float) -> list[Cosigned]:
    """Which of `witnesses` cosigned. A wrong cosignature, or one dated ahead of `now`, is `NotVerified`."""
    found = []
    for verifier, signature in notes.verify(note, witnesses, ALGORITHMS).items():
        time, _ = _split(signature.value)
        if time > now + AHEAD_SECONDS:
            raise NotVerified(
                f"The cosignature of {verifier.name} is dated {int(time - now)} s in the future: "
                "the clock of the witness or of this machine is wrong."
            )
        found.append(Cosigned(verifier, time))
    return found


def head_cosigned(
    data: bytes, log: Sequence[Verifier], witnesses: Sequence[Verifier], now: float
) -> tuple[Head, Note, list[Cosigned]]:
    """A checkpoint of the log with the witnesses that stand for it."""
    head, note = checkpoints.open_checkpoint(data, log)
    return head, note, cosigners(note, witnesses, now)
