"""At start: is the log on disk the log that was signed, and is it what the database says happened?

The whole log is written again in memory from the database's rows, and each file compared with what
that gives. It costs about ten microseconds an entry (see bench/audit.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from lionrock.errors import NotVerified
from lionrock.kernel.audit import checkpoints, merkle, notes
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.edge import Edge, File
from lionrock.kernel.audit.logs import Log
from lionrock.kernel.audit.merkle import SIZE, WIDTH
from lionrock.kernel.audit.notes import Verifier
from lionrock.kernel.audit.records import Signed
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.audit.tiles import encode_entries

Read = Callable[[int], Awaitable[list[bytes]]]
"""Entries on record from a position on; an empty list at the end."""


async def checked(signed: Signed, store: Folder, verifiers: Sequence[Verifier], read: Read) -> Log:
    """The log, open for appending at its signed head. `NotVerified` says what does not hold.

    Where there are no files at all (a new machine, or an operator moved them away) they are
    written again, if what that gives has the root that was signed.
    """
    head = signed.head
    _check_record(signed, verifiers)
    store.sweep()
    renewing = store.empty()
    compare = store.write if renewing else _comparing(store)
    edge = Edge()
    while edge.size < head.size:
        entries = (await read(edge.size))[: head.size - edge.size]
        if not entries:
            raise NotVerified(
                f"{head.origin} was signed with {head.size} events and the database has {edge.size}: "
                "rows are gone, or the database is an older copy."
            )
        edge = await asyncio.to_thread(_again, edge, entries, compare)
    if edge.root() != head.root:
        raise NotVerified(f"The events of {head.origin} are not those that were signed.")
    _check_edge(store, edge, head.origin)
    _check_published(store, head, verifiers)
    if signed.checkpoint:
        # A crash may have come between signing and showing it.
        store.publish(signed.checkpoint)
    return Log(head.origin, store, edge, head)


class Latest:
    """The newest head of each log that the platform log has an entry for."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}

    def note(self, entries: Sequence[bytes]) -> None:
        for entry in entries:
            head = checkpoints.head_of(notes.parse(entry))
            self._heads[head.origin] = head

    def check(self, signed: Head) -> None:
        """`NotVerified` if the platform log has a later head than the tenant's own record."""
        latest = self._heads.get(signed.origin, signed)
        if latest.size > signed.size or (latest.size == signed.size and latest.root != signed.root):
            raise NotVerified(
                f"The platform log has {signed.origin} with {latest.size} events and its own record "
                f"says {signed.size}: the record was put back to an older state."
            )


def _check_record(signed: Signed, verifiers: Sequence[Verifier]) -> None:
    """The database's own head is one that our key signed."""
    if not signed.checkpoint:
        if signed.head.size:
            raise NotVerified(f"The record of {signed.head.origin} has entries nobody signed.")
        return
    head, _ = checkpoints.open_checkpoint(signed.checkpoint, verifiers)
    if head != signed.head:
        raise NotVerified(f"The record of {signed.head.origin} is not what was signed.")


def _again(edge: Edge, entries: Sequence[bytes], compare: Callable[[list[File]], None]) -> Edge:
    edge, files = edge.extended(entries)
    compare(files)
    return edge


def _comparing(store: Folder) -> Callable[[list[File]], None]:
    def compare(files: list[File]) -> None:
        for file in files:
            # A partial tile of a batch's end was perhaps never written; the last is checked after.
            if file.tile.width == WIDTH and store.read(file.tile) != file.data:
                raise NotVerified(
                    f"{store.path / file.tile.path} was changed or removed: it does not hold what "
                    "the database says happened."
                )

    return compare


def _check_edge(store: Folder, edge: Edge, origin: str) -> None:
    """The partial tiles and the partial bundle of the signed size."""
    for level, hashes in enumerate(edge.levels):
        width = len(hashes) // SIZE
        index = edge.size >> (8 * (level + 1))
        if width and store.tile(level, index, width) != hashes:
            raise NotVerified(f"The last tile of level {level} of {origin} was changed.")
    index, width = divmod(edge.size, WIDTH)
    if width and encode_entries(store.entries(index, width)) != edge.bundle:
        raise NotVerified(f"The last entries of {origin} were changed.")


def _check_published(store: Folder, head: Head, verifiers: Sequence[Verifier]) -> None:
    """What was shown to the world is of this log, and not ahead of it."""
    published = store.checkpoint()
    if published is None:
        return
    shown, _ = checkpoints.open_checkpoint(published, verifiers)
    if shown.origin != head.origin:
        raise NotVerified(f"{store.path} holds the checkpoint of another log, {shown.origin}.")
    if shown.size > head.size:
        raise NotVerified(
            f"{head.origin} has shown a checkpoint over {shown.size} events and the database has "
            f"signed {head.size}: the database is an older copy."
        )
    if merkle.root(store, shown.size) != shown.root:
        raise NotVerified(f"{head.origin} has shown a checkpoint that is not of its history.")
