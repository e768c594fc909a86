"""An export: all an outsider needs to verify a tenant's log, as one tar file made while it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files as resources

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import archive, entries, manifest, tiles
from lionrock.kernel.audit import verify as names
from lionrock.kernel.audit.canonical import canonical, parse
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.leaves import rfc3339
from lionrock.kernel.audit.merkle import WIDTH
from lionrock.kernel.audit.records import Signed
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.audit.tiles import Tile, encode_entries
from lionrock.kernel.audit.witnesses import Cosignature
from lionrock.kernel.database import Database

README = "README.md"


@dataclass(frozen=True, slots=True)
class Export:
    """What one export is made of; `first` is the position its entries begin at."""

    database: Database
    actor: Actor
    signed: Signed
    store: Folder
    keys: KeyRing
    first: int
    openings: bool
    """Whether the actor may see payloads."""
    cosigned: Sequence[Cosignature]
    witnesses: Sequence[str]
    platform: bytes | None
    """Proof that the log's checkpoint is in the platform log."""

    async def stream(self) -> AsyncIterator[bytes]:
        """The tar file in pieces."""
        store, head, hashes = self.store, self.signed.head, dict[str, str]()

        def put(name: str, data: bytes) -> bytes:
            hashes[name] = hashlib.sha256(data).hexdigest()
            return archive.member(name, data)

        first = min(self.first, head.size) // WIDTH * WIDTH
        yield put(README, resources(__package__).joinpath("EXPORT.md").read_bytes())
        yield put(names.CHECKPOINT, self.signed.checkpoint)
        for name, data in self._papers(head):
            yield put(name, data)
        for tile in self._tiles(head, first):
            assert tile.level is not None, "of hashes"
            yield put(tile.path, store.tile(tile.level, tile.index, tile.width))
        for index in range(first // WIDTH, -(-head.size // WIDTH)):
            bundle = Tile(None, index, min(WIDTH, head.size - index * WIDTH))
            kept = store.entries(index, bundle.width)
            yield put(bundle.path, encode_entries(kept))
            if self.openings and (opened := await self._openings(bundle)):
                path = Tile(None, index).path.removeprefix("tile/entries/")
                yield put(names.OPENINGS + path, opened)
        listing = manifest.file_list(hashes)
        note = manifest.signed(
            head.origin, first, head.size, rfc3339(datetime.now(UTC)), listing,
            self.keys.signers(head.origin),
        )  # fmt: skip
        yield archive.member(manifest.FILES, listing)
        yield archive.member(manifest.MANIFEST, note) + archive.end()

    def _papers(self, head: Head) -> Iterator[tuple[str, bytes]]:
        keys = [v.vkey for v in self.keys.verifiers(head.origin)]
        yield names.KEYS, "".join(f"{key}\n" for key in keys).encode()
        for number, succession in enumerate(self.keys.successions, 1):
            yield f"{names.SUCCESSIONS}{number:03d}", succession
        if self.witnesses:
            yield names.WITNESSES, "".join(f"{key}\n" for key in self.witnesses).encode()
        for number, cosigned in enumerate(self.cosigned, 1):
            if cosigned.head.size <= head.size:
                yield f"{names.COSIGNED}{number:03d}", cosigned.note.encoded()
        if self.platform is not None:
            yield names.PLATFORM, self.platform

    def _tiles(self, head: Head, first: int) -> Iterator[Tile]:
        """All above the leaves; of the leaves those after `first`, and where cosigned trees end."""
        ends = {(c.head.size - 1) // WIDTH for c in self.cosigned if c.head.size}
        for tile in tiles.tiles_of(head.size):
            if tile.level or tile.index >= first // WIDTH or tile.index in ends:
                yield tile

    async def _openings(self, bundle: Tile) -> bytes:
        start = bundle.index * WIDTH
        rows = await entries.positions(self.database, self.actor, start, start + bundle.width)
        lines = [
            canonical(
                {
                    "payload": parse(row["payload"]),
                    "position": row["position"],
                    "salt": row["salt"].hex(),
                }
            )
            for row in rows
        ]
        return b"".join(line + b"\n" for line in lines)
