"""`.tlog-proof` (C2SP tlog-proof): that one entry is in a log, on a page of text, checked offline.

The entry itself travels as the proof's `extra`: without it nobody could tell what is proven.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lionrock.errors import NotVerified
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.checkpoints import Head, open_checkpoint
from lionrock.kernel.audit.merkle import SIZE, check_inclusion, leaf_hash
from lionrock.kernel.audit.notes import Note, Verifier

_FIRST = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9]\d{0,18})", re.ASCII)
_MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class Proof:
    """`entry` is entry number `index` of the log whose `checkpoint` (a signed note) is given."""

    entry: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def encoded(self) -> bytes:
        lines = [_FIRST, f"extra {base64.b64encode(self.entry).decode()}", f"index {self.index}"]
        lines += [base64.b64encode(h).decode() for h in self.hashes]
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint

    def check(self, log: Sequence[Verifier]) -> tuple[Head, Note]:
        """The head the entry is under, and its note; `NotVerified` if anything does not hold."""
        head, note = open_checkpoint(self.checkpoint, log)
        check_inclusion(leaf_hash(self.entry), self.index, head.size, self.hashes, head.root)
        return head, note


def parse(data: bytes) -> Proof:
    """A proof from its file; `NotVerified` unless it is written exactly as `encoded` writes it."""
    top, gap, checkpoint = data.partition(b"\n\n")
    try:
        lines = top.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise NotVerified("A proof holds other than ASCII above its checkpoint.") from error
    if not gap or lines[0] != _FIRST:
        raise NotVerified(f"This is not a proof: it does not begin with {_FIRST}.")
    if len(lines) < 3 or not lines[1].startswith("extra "):
        raise NotVerified("The proof does not hold the entry it is about.")
    index = _INDEX.fullmatch(lines[2])
    hashes = tuple(map(notes.unbase64, lines[3:]))
    if index is None or len(hashes) > _MOST_HASHES or any(len(h) != SIZE for h in hashes):
        raise NotVerified("The proof's index or hashes are malformed.")
    return Proof(notes.unbase64(lines[1][6:]), int(index[1]), hashes, checkpoint)
