"""One log: its name, the edge of what its files hold, and the head that was signed last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lionrock.errors import NotVerified
from lionrock.kernel.audit import checkpoints
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.notes import Signer
from lionrock.kernel.audit.store import Store


@dataclass(slots=True)
class Log:
    origin: str
    store: Store
    edge: Edge
    signed: Head
    signed_at: datetime | None = None
    signed_by: frozenset[bytes] = frozenset()
    """Public keys of the last signature made in this process."""
    to_show: bytes | None = None
    """A checkpoint that is signed and on record, and not published yet."""
    behind: bool = True
    """There may be entries on record that the files do not hold yet."""

    def append(self, entries: Sequence[bytes]) -> None:
        """Make `entries` durable. `OSError` leaves the log as it was, to be tried again."""
        edge, files = self.edge.extended(entries)
        self.store.write(files)
        self.edge = edge

    def unsigned(self, signers: Sequence[Signer]) -> bool:
        """Is there anything to sign: entries, or old ones under a new key?"""
        changed = bool(self.signed_by) and self.signed_by != _publics(signers)
        return self.edge.size > self.signed.size or (self.edge.size > 0 and changed)

    def sign(self, signers: Sequence[Signer]) -> tuple[Head, bytes]:
        """The head of the files and its checkpoint. `NotVerified` rather than sign a tree that is
        smaller than, or other than, what was signed before."""
        head = Head(self.origin, self.edge.size, self.edge.root())
        shrunk = head.size < self.signed.size
        if shrunk or (head.size == self.signed.size and head.root != self.signed.root):
            raise NotVerified(
                f"{self.origin} was signed with {self.signed.size} entries and has {head.size}."
            )
        return head, checkpoints.sign(head, signers)

    def on_record(self, head: Head, checkpoint: bytes, signers: Sequence[Signer]) -> None:
        """The database has this head as signed; it is still to be shown."""
        self.signed, self.signed_by, self.to_show = head, _publics(signers), checkpoint
        self.signed_at = datetime.now(UTC)

    def show(self) -> None:
        """Publish the checkpoint that is on record. `OSError` leaves it to be shown later."""
        if self.to_show is not None:
            self.store.publish(self.to_show)
            self.to_show = None


def _publics(signers: Sequence[Signer]) -> frozenset[bytes]:
    return frozenset(s.verifier.public for s in signers)
