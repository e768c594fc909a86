"""The way in: a path to a `Reading`, which iterates the entities of one published list.

    for entity in reading.read(Path("un.xml")):
        ...

A reading ends in `InvalidInput` if the file is damaged, cut off, changed while it was read, or holds no
entry. It has given entities by then: what keeps them must keep all of them or none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Entity
from lionrock.screening.lists import formats
from lionrock.screening.lists.detecting import detect
from lionrock.screening.lists.kinds import ListKind
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source

__all__ = ["ListKind", "Reading", "detect", "read"]

_UNCHECKED = frozenset((ListKind.FTM,))
"""Their ids are not kept to find repeats: millions of entries would not fit in bounded memory."""


class Reading:
    """One list, to be iterated as often as needed; each time the files are read anew.

    `sha256` is the file's, in hex; for several files the hash of their hashes in hex, a line each, in the
    order primary, aliases, addresses, comments. `skipped` and `notices` belong to the latest iteration.
    """

    def __init__(
        self,
        kind: ListKind,
        files: tuple[Source, ...],
        published: date | None,
        stream: Callable[[Report], Iterator[Entity]],
    ) -> None:
        self.kind = kind
        self.published = published
        self.files = tuple(source.name for source in files)
        self._sources = files
        self._states = [source.state() for source in files]
        self._stream = stream
        self._report = Report()
        self.sha256 = _digest(files)

    @property
    def skipped(self) -> list[str]:
        """ "<where>: <why>" for each entry that is not among the entities; the first thousand."""
        return self._report.skipped

    @property
    def skipped_count(self) -> int:
        return self._report.skipped_count

    @property
    def notices(self) -> list[str]:
        """What the user should know: what could not be checked, what was not read."""
        return self._report.notices

    def __iter__(self) -> Iterator[Entity]:
        self._report.clear()
        seen: set[str] = set()
        count = 0
        for entity in self._stream(self._report):
            count += 1
            if self.kind not in _UNCHECKED:
                self._refuse_repeat(seen, entity.id)
            yield entity
        if [source.state() for source in self._sources] != self._states:
            raise InvalidInput(f"{self.files[0]} changed while it was read: import it again.")
        if not count:
            raise InvalidInput(f"{self.files[0]} holds no entry that can be read{self._why()}.")

    def _refuse_repeat(self, seen: set[str], id: str) -> None:
        if id in seen:
            raise InvalidInput(
                f"{self.files[0]}: entry {id[:80]} stands in it twice. Nothing of it is used."
            )
        seen.add(id)

    def _why(self) -> str:
        return f" ({self.skipped[0]})" if self.skipped else ""


def read(
    path: Path, kind: ListKind | None = None, mapping: Mapping[str, str] | None = None
) -> Reading:
    """The list at a path: a file, a folder or a zip of its files.

    `kind` is found by content if it is not given. `mapping` (column → field, see `mapping`) is for tables;
    without one it is guessed from the headers. Raises `InvalidInput` for what cannot be a list; errors in
    the content are raised by the iteration.
    """
    return Reading(*formats.opened(path, kind or detect(path), mapping))


def _digest(files: tuple[Source, ...]) -> str:
    digests = [source.sha256() for source in files]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()
