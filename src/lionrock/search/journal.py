"""Which versions a word index holds: a line before each change of it, and one after.

A process killed between the two leaves versions of which nobody knows whether the index has them:
`unsure`, to be taken out and indexed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from lionrock.kernel import disk


class Journal:
    """`editions` of the versions held. Growth: linear in versions at a start, then in what changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.editions: dict[UUID, int] = {}
        self.unsure: set[UUID] = set()
        self._counts: dict[UUID, int] = {}
        with suppress(FileNotFoundError):
            self._read(path.read_text("ascii", "replace"))
        # Written whole at each start: it does not grow with what was and is no more.
        lines = [*map(self._line, self.editions), *(f"?{v.hex}\n" for v in self.unsure)]
        disk.write(path, "".join(lines).encode())

    @property
    def total(self) -> int:
        """Passages in all."""
        return sum(self._counts.values())

    def begin(self, versions: Sequence[UUID]) -> None:
        """These are about to change."""
        with self._path.open("ab") as file:
            file.write("".join(f"?{v.hex}\n" for v in versions).encode())
            disk.sync(file)

    def end(
        self, added: Sequence[tuple[UUID, int, int]] = (), removed: Sequence[UUID] = ()
    ) -> None:
        """They have changed. `added`: version, edition and how many passages."""
        for version, edition, count in added:
            self._put(version, edition, count)
        for version in removed:
            self._drop(version)
        lines = [self._line(v) for v, _, _ in added] + [f"-{v.hex}\n" for v in removed]
        with self._path.open("ab") as file:
            file.write("".join(lines).encode())

    def clear(self) -> None:
        self.editions, self._counts, self.unsure = {}, {}, set()
        disk.write(self._path, b"")

    def _line(self, version: UUID) -> str:
        return f"+{version.hex} {self.editions[version]} {self._counts[version]}\n"

    def _put(self, version: UUID, edition: int, count: int) -> None:
        self.editions[version], self._counts[version] = edition, count
        self.unsure.discard(version)

    def _drop(self, version: UUID) -> None:
        self.editions.pop(version, None)
        self._counts.pop(version, None)
        self.unsure.discard(version)

    def _read(self, text: str) -> None:
        for line in text.split("\n")[:-1]:  # the last is empty, or half written
            with suppress(ValueError):
                if line.startswith("-"):
                    self._drop(UUID(hex=line[1:]))
                elif line.startswith("+"):
                    version, edition, count = line[1:].split(" ")
                    self._put(UUID(hex=version), int(edition), int(count))
                elif line.startswith("?"):
                    version_id = UUID(hex=line[1:])
                    self._drop(version_id)
                    self.unsure.add(version_id)
