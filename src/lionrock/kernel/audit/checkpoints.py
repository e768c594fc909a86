"""Checkpoints (C2SP tlog-checkpoint): the signed head of a log at one size."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lionrock.errors import NotVerified
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.merkle import SIZE
from lionrock.kernel.audit.notes import Note, Signer, Verifier

_SIZE = re.compile(r"0|[1-9]\d{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Head:
    """A log's `origin`, its number of entries and its RFC 6962 root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text; extension lines are not written, as the specification recommends."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(head: Head, signers: Sequence[Signer]) -> bytes:
    """The checkpoint as it is published."""
    return notes.sign(head.text, signers).encoded()


def head_of(note: Note) -> Head:
    """The head that a note states, signed by whomever. `NotVerified` if it is no checkpoint."""
    lines = note.text.split("\n")
    if len(lines) != 4 or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise NotVerified("This is not a checkpoint: origin, size and root, one a line.")
    root = notes.unbase64(lines[2])
    if len(root) != SIZE:
        raise NotVerified("The root of a checkpoint is 32 bytes.")
    return Head(lines[0], int(lines[1]), root)


def open_checkpoint(data: bytes, verifiers: Sequence[Verifier]) -> tuple[Head, Note]:
    """The head of a checkpoint that at least one of the log's `verifiers` signed, and the note."""
    note = notes.parse(data)
    head = head_of(note)
    if not notes.verify(note, [v for v in verifiers if v.name == head.origin]):
        raise NotVerified(
            f"The checkpoint of {head.origin} has no signature of a key that is trusted for it."
        )
    return head, note
