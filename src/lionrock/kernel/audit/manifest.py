"""What an export consists of: every file with its hash, and a signed note over that list."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lionrock.errors import NotVerified
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.archive import Source
from lionrock.kernel.audit.notes import Signer

MANIFEST = "manifest"
FILES = "files"
_TITLE = "lionrock audit export v1"
_TEXT = re.compile(
    rf"{_TITLE}\n([^\n]+)\nfirst (0|[1-9]\d*)\nsize (0|[1-9]\d*)\ntime ([^\n]+)\nfiles ([0-9a-f]{{64}})\n",
    re.ASCII,
)
_LINE = re.compile(r"([0-9a-f]{64}) ([^\s]+)")


@dataclass(frozen=True, slots=True)
class Manifest:
    """An export of the entries `first` … `size` of the log `origin`, made at `time` (RFC 3339)."""

    origin: str
    first: int
    size: int
    time: str
    files: str
    """SHA-256 of the list of files, in hex."""

    @property
    def text(self) -> str:
        return (
            f"{_TITLE}\n{self.origin}\nfirst {self.first}\nsize {self.size}\ntime {self.time}\n"
            f"files {self.files}\n"
        )


def file_list(hashes: Mapping[str, str]) -> bytes:
    """`hash name` a line, by name."""
    return "".join(f"{hashes[name]} {name}\n" for name in sorted(hashes)).encode()


def signed(
    origin: str, first: int, size: int, time: str, listing: bytes, signers: Sequence[Signer]
) -> bytes:
    manifest = Manifest(origin, first, size, time, hashlib.sha256(listing).hexdigest())
    return notes.sign(manifest.text, signers).encoded()


class Listed:
    """The files of an export, each checked against the list when it is read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.note = notes.parse(source.read(MANIFEST))
        found = _TEXT.fullmatch(self.note.text)
        if found is None:
            raise NotVerified("The manifest of the export is malformed.")
        self.manifest = Manifest(found[1], int(found[2]), int(found[3]), found[4], found[5])
        listing = source.read(FILES)
        if hashlib.sha256(listing).hexdigest() != self.manifest.files:
            raise NotVerified("The list of files is not the one that was signed.")
        self._hashes = _hashes(listing)
        self._unread = set(self._hashes)
        there = source.names() - {MANIFEST, FILES}
        if odd := sorted(there ^ self._hashes.keys()):
            raise NotVerified(
                f"The export has files missing or added: {', '.join(odd[:5])}"
                f"{' …' if len(odd) > 5 else ''}."
            )

    def __contains__(self, name: str) -> bool:
        return name in self._hashes

    def named(self, beginning: str) -> list[str]:
        return sorted(n for n in self._hashes if n.startswith(beginning))

    def read(self, name: str) -> bytes:
        if name not in self._hashes:
            raise NotVerified(f"The export holds no {name}.")
        data = self._source.read(name)
        if hashlib.sha256(data).hexdigest() != self._hashes[name]:
            raise NotVerified(f"{name} is not what was exported.")
        self._unread.discard(name)
        return data

    def read_rest(self) -> None:
        """Check what nothing else looked at."""
        for name in sorted(self._unread):
            self.read(name)


def _hashes(listing: bytes) -> dict[str, str]:
    hashes = {}
    for line in listing.decode("ascii", "replace").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            raise NotVerified("The list of files is malformed.")
        hashes[found[2]] = found[1]
    return hashes
