"""Signed notes (C2SP signed-note): a text, and lines that say who signed it.

Encodings are read strictly: a base64 text that decodes but is not what encoding would give is
refused, so that no bit of a note can change unseen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lionrock.errors import NotVerified

ED25519: Final = 0x01
MOST_SIGNATURES: Final = 64
MOST_BYTES: Final = 1 << 20

_NAME = re.compile(r"[^\s+\x00-\x1f]+")
_LINE = re.compile(r"\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")

Message = Callable[[str, str, bytes], tuple[bytes, bytes]]
"""(signer's name, note text, what follows the key id) → (signed message, bare signature)."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A signature type of signed-note: its name, how long a key is, what is signed, how it is checked."""

    name: str
    key_bytes: int
    message: Message
    check: Callable[[bytes, bytes, bytes], None]
    """(public key, signature, message); raises `InvalidSignature` or `ValueError`."""


def check_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _whole_text(name: str, text: str, signature: bytes) -> tuple[bytes, bytes]:
    return text.encode(), signature


NOTE_ALGORITHMS: Final = {ED25519: Algorithm("Ed25519", 32, _whole_text, check_ed25519)}
"""By signature type byte. `cosignatures.ALGORITHMS` adds what witnesses use."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and a public key that are trusted to have signed."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ newline ‖ type ‖ key)[:4]."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return hashlib.sha256(material).digest()[:4]

    @property
    def vkey(self) -> str:
        """`name+key id+base64(type ‖ key)`, as signed-note writes a verifier key."""
        encoded = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


def parse_vkey(text: str, algorithms: dict[int, Algorithm] = NOTE_ALGORITHMS) -> Verifier:
    """The verifier of a `vkey`. `NotVerified` if it is malformed or of a type that is not known."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3 or not _NAME.fullmatch(parts[0]):
        raise NotVerified("A verifier key has the form name+key id+base64.")
    material = unbase64(parts[2])
    verifier = Verifier(parts[0], material[0] if material else 0, material[1:])
    known = algorithms.get(verifier.type)
    if known is None or len(verifier.public) != known.key_bytes:
        raise NotVerified(f"The verifier key of {parts[0]} is of a type that is not known here.")
    if verifier.key_id.hex() != parts[1]:
        raise NotVerified(f"The verifier key of {parts[0]} does not match its own key id.")
    return verifier


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        encoded = base64.b64encode(self.key_id + self.value).decode()
        return f"\u2014 {self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline; the signatures are not checked yet, see `verify`."""

    text: str
    signatures: tuple[Signature, ...]

    def encoded(self) -> bytes:
        return (self.text + "\n" + "".join(s.line for s in self.signatures)).encode()

    def with_signatures(self, others: Iterable[Signature]) -> Note:
        """The note with `others` behind its own signatures, each key once."""
        kept = {(s.name, s.key_id): s for s in self.signatures}
        for other in others:
            kept.setdefault((other.name, other.key_id), other)
        return Note(self.text, tuple(kept.values()))


def parse(data: bytes) -> Note:
    """A note from its bytes; `NotVerified` if they are not exactly a note's."""
    if len(data) > MOST_BYTES:
        raise NotVerified("A signed note of more than 1 MB is not read.")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotVerified("A signed note is not UTF-8.") from error
    if any(c < " " and c != "\n" for c in whole):
        raise NotVerified("A signed note holds control characters.")
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NotVerified("A signed note ends in a blank line and signatures.")
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise NotVerified(f"A signed note has more than {MOST_SIGNATURES} signatures.")
    note = Note(text + "\n", tuple(map(_signature, lines)))
    if len({(s.name, s.key_id) for s in note.signatures}) != len(lines):
        raise NotVerified("A signed note has two signatures of one key.")
    return note


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    value = unbase64(found[2]) if found else b""
    if found is None or len(value) < 5:
        raise NotVerified("A signed note has a line that is no signature.")
    return Signature(found[1], value[:4], value[4:])


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 key under a name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, ED25519, self.private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        return Signature(self.name, self.verifier.key_id, self.private.sign(text.encode()))


def sign(text: str, signers: Sequence[Signer]) -> Note:
    """`text` signed by each of `signers`; it must end in a newline."""
    if not text.endswith("\n") or not signers:
        raise ValueError("a note ends in a newline and has a signer")
    return Note(text, tuple(s.sign(text) for s in signers))


def verify(
    note: Note,
    verifiers: Iterable[Verifier],
    algorithms: dict[int, Algorithm] = NOTE_ALGORITHMS,
) -> dict[Verifier, Signature]:
    """Which of `verifiers` signed. One of them with a wrong signature is `NotVerified`; signatures
    of keys that are not among them are passed over, as signed-note requires."""
    known = {(v.name, v.key_id): v for v in verifiers}
    found = {}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        algorithm = algorithms[verifier.type]
        try:
            message, bare = algorithm.message(verifier.name, note.text, signature.value)
            algorithm.check(verifier.public, bare, message)
        except (InvalidSignature, ValueError) as error:
            raise NotVerified(f"The signature of {verifier.name} is wrong.") from error
        found[verifier] = signature
    return found


def unbase64(text: str) -> bytes:
    """RFC 4648, section 4, and only as an encoder writes it: padded, and no bit to spare."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotVerified("A base64 text is malformed.") from error
    if base64.b64encode(data).decode() != text:
        raise NotVerified("A base64 text is not written as encoding would write it.")
    return data
