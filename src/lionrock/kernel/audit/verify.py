"""Verification of an export by someone who trusts nobody here: offline, from its bytes alone.

Checks that every file is the one exported, that the entries give the tiles and the tiles the root,
that the root is signed by a key the verifier trusts, that what witnesses cosigned and what the
verifier saw before are earlier states of the same log, and that opened payloads are the ones that
were committed to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lionrock.errors import NotVerified
from lionrock.kernel.audit import (
    checkpoints,
    cosignatures,
    edge,
    leaves,
    merkle,
    notes,
    proofs,
    tiles,
)
from lionrock.kernel.audit.archive import Source
from lionrock.kernel.audit.canonical import canonical, parse
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.cosignatures import Cosigned
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.keys import followed
from lionrock.kernel.audit.manifest import Listed
from lionrock.kernel.audit.merkle import SIZE, WIDTH
from lionrock.kernel.audit.notes import ED25519, Verifier
from lionrock.kernel.audit.tiles import Tile, decode_entries

CHECKPOINT, KEYS, WITNESSES = "checkpoint", "verifier-keys", "witnesses"
COSIGNED, SUCCESSIONS, OPENINGS = "cosigned/", "successions/", "openings/"
PLATFORM = "platform.tlog-proof"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the verifier brings: keys and witnesses they were given, a checkpoint they kept.

    Without `keys` the export's own are used: that shows the export to be whole, not whose it is.
    """

    now: float
    keys: tuple[Verifier, ...] = ()
    witnesses: tuple[Verifier, ...] = ()
    previous: bytes | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What holds. Anything that does not is a `NotVerified` instead."""

    origin: str
    first: int
    size: int
    root: bytes
    exported_at: str
    trusted: bool
    """The log's key is one the verifier brought, or follows from one."""
    keys: tuple[str, ...]
    opened: int
    """Payloads that are in the export and match their commitments."""
    cosigned: tuple[tuple[Cosigned, int], ...]
    """Who cosigned, and at which size."""
    previous: int | None
    """Size of the verifier's own checkpoint, which the log begins with."""
    platform: Head | None = field(default=None)
    """Head of the platform log that this log's checkpoint is in."""


class Reader:
    """Tiles of an export."""

    def __init__(self, files: Listed) -> None:
        self._files = files
        self._wide: dict[tuple[int | None, int], list[int]] = {}
        for name in files.named("tile/"):
            tile = tiles.parse(name)
            if tile is None:
                raise NotVerified(f"{name} is no tile of a log.")
            self._wide.setdefault((tile.level, tile.index), []).append(tile.width)

    def tile(self, level: int, index: int, width: int) -> bytes:
        for wide in sorted(self._wide.get((level, index), ())):
            if wide >= width:
                data = self._files.read(Tile(level, index, wide).path)
                if len(data) == wide * SIZE:
                    return data[: width * SIZE]
        raise NotVerified(f"The export lacks {Tile(level, index, width).path}, or it is cut short.")


def verify(source: Source, trust: Trust) -> Report:
    """Everything above. `NotVerified` says what does not hold."""
    files = Listed(source)
    manifest, reader = files.manifest, Reader(files)
    listed = [notes.parse_vkey(line) for line in files.read(KEYS).decode().splitlines()]
    trusted = _trusted(files, listed, trust, manifest.origin)
    signed = notes.verify(files.note, listed)
    if len(signed) != len(files.note.signatures) or not signed.keys() & set(trusted):
        raise NotVerified("The manifest is not signed by the log's keys and no others.")
    head, _ = checkpoints.open_checkpoint(files.read(CHECKPOINT), trusted)
    if (head.origin, head.size) != (manifest.origin, manifest.size):
        raise NotVerified("The checkpoint is not the one the manifest is about.")
    opened = _check_entries(files, reader, head, manifest.first)
    # Earlier heads may be signed by earlier keys; what counts is that they are of this history.
    cosigned = _check_cosigned(files, reader, head, listed, trust)
    previous = _check_previous(reader, head, listed, trust.previous)
    platform = _check_platform(files, reader, head, trusted)
    files.read_rest()
    return Report(
        head.origin, manifest.first, head.size, head.root, manifest.time, bool(trust.keys),
        tuple(v.vkey for v in trusted), opened, cosigned, previous, platform,
    )  # fmt: skip


def _trusted(
    files: Listed, listed: Sequence[Verifier], trust: Trust, origin: str
) -> list[Verifier]:
    """Keys under which this log's signatures count."""
    if any(v.name != origin for v in listed):
        raise NotVerified("The export lists keys of another log.")
    if not trust.keys:
        return list(listed)
    successions = [files.read(name) for name in files.named(SUCCESSIONS)]
    brought = {v.public for v in trust.keys if v.name == origin}
    if not brought:
        names = ", ".join(sorted({v.name for v in trust.keys}))
        raise NotVerified(f"The export is of {origin}; the keys given are for {names}.")
    return [Verifier(origin, ED25519, public) for public in followed(brought, successions)]


def _check_entries(files: Listed, reader: Reader, head: Head, first: int) -> int:
    """Hash every entry again and compare every tile with what that gives; count the openings."""
    if first % WIDTH or first > head.size:
        raise NotVerified("The export begins within a tile.")
    opened, at = 0, edge.at_tile(reader, first, head.size)
    for index in range(first // WIDTH, -(-head.size // WIDTH)):
        width = min(WIDTH, head.size - index * WIDTH)
        bundle = decode_entries(files.read(Tile(None, index, width).path), width)
        opened += _check_leaves(files, bundle, index, head.origin)
        at = _compared(reader, at, bundle)
    for level, hashes in enumerate(at.levels):
        width = len(hashes) // SIZE
        if width and reader.tile(level, at.size >> (8 * (level + 1)), width) != hashes:
            raise NotVerified(f"The last tile of level {level} is not that of the entries.")
    if at.root() != head.root:
        raise NotVerified("The entries do not have the root that is signed.")
    return opened


def _compared(reader: Reader, at: Edge, bundle: Sequence[bytes]) -> Edge:
    at, made = at.extended(bundle)
    for file in made:
        level = file.tile.level
        if level is not None and reader.tile(level, file.tile.index, file.tile.width) != file.data:
            raise NotVerified(f"{file.tile.path} is not the tile of the entries.")
    return at


def _check_leaves(files: Listed, bundle: Sequence[bytes], index: int, origin: str) -> int:
    """Each entry is an event of this log, and what is opened is what it committed to."""
    found = [leaves.decode(entry) for entry in bundle]
    if any(leaf.origin != origin for leaf in found):
        raise NotVerified(f"Bundle {index} holds an event of another log.")
    name = OPENINGS + Tile(None, index).path.removeprefix("tile/entries/")
    if name not in files:
        return 0
    opened = 0
    for line in files.read(name).decode().splitlines():
        try:
            opening: Any = parse(line)
            leaf = found[opening["position"] - index * WIDTH]
            salt = bytes.fromhex(opening["salt"])
            made = leaves.commitment(salt, canonical(opening["payload"]))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise NotVerified(f"{name} is malformed.") from error
        if made != leaf.commitment:
            raise NotVerified(f"The payload of event {leaf.id} is not the one it committed to.")
        opened += 1
    return opened


def _check_cosigned(
    files: Listed, reader: Reader, head: Head, listed: Sequence[Verifier], trust: Trust
) -> tuple[tuple[Cosigned, int], ...]:
    """Each cosigned checkpoint is an earlier state, and each witness the verifier brought is there."""
    lines = files.read(WITNESSES).decode().splitlines() if WITNESSES in files else []
    witnesses = list(trust.witnesses) or [cosignatures.parse_witness(line) for line in lines]
    found = []
    for name in files.named(COSIGNED):
        data = files.read(name)
        earlier, _, signers = cosignatures.head_cosigned(data, listed, witnesses, trust.now)
        _check_earlier(reader, head, earlier, f"The checkpoint that {name} holds")
        found += [(c, earlier.size) for c in signers]
    missing = {w.name for w in trust.witnesses} - {c.witness.name for c, _ in found}
    if missing:
        raise NotVerified(f"Not cosigned by {', '.join(sorted(missing))}.")
    return tuple(found)


def _check_previous(
    reader: Reader, head: Head, listed: Sequence[Verifier], previous: bytes | None
) -> int | None:
    if previous is None:
        return None
    earlier, _ = checkpoints.open_checkpoint(previous, listed)
    _check_earlier(reader, head, earlier, "The checkpoint you kept")
    return earlier.size


def _check_platform(
    files: Listed, reader: Reader, head: Head, trusted: Sequence[Verifier]
) -> Head | None:
    if PLATFORM not in files:
        return None
    proof = proofs.parse(files.read(PLATFORM))
    origin = checkpoints.head_of(notes.parse(proof.checkpoint)).origin
    platform, _ = proof.check([Verifier(origin, ED25519, v.public) for v in trusted])
    earlier, _ = checkpoints.open_checkpoint(proof.entry, trusted)
    _check_earlier(reader, head, earlier, "The checkpoint in the platform log")
    return platform


def _check_earlier(reader: Reader, head: Head, earlier: Head, what: str) -> None:
    """`earlier` is a state that the log at `head` went through: no fork, nothing taken back."""
    if earlier.origin != head.origin:
        raise NotVerified(f"{what} is of another log, {earlier.origin}.")
    if earlier.size > head.size:
        raise NotVerified(
            f"{what} has {earlier.size} entries and the export {head.size}: entries were taken away, "
            "or the export is older."
        )
    if merkle.root(reader, earlier.size) != earlier.root:
        raise NotVerified(
            f"{what} is of another history than the export: two views of this log exist."
        )
