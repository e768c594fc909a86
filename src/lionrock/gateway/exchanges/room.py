"""Bytes of memory that exchanges may take, over all calls of this process."""

from __future__ import annotations

from collections import Counter
from typing import Final
from uuid import UUID

MOST_BYTES: Final = 256 * 2**20


class Room:
    """No tenant takes more than half of it, so that none keeps the others out."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._each = most, most // 2
        self.held = 0
        self._of: Counter[UUID] = Counter()

    def take(self, tenant: UUID, count: int) -> bool:
        """False, and nothing is taken, where there is no room for so many bytes."""
        if self.held + count > self._most or self._of[tenant] + count > self._each:
            return False
        self.held += count
        self._of[tenant] += count
        return True

    def give(self, tenant: UUID, count: int) -> None:
        self.held -= count
        self._of[tenant] -= count
        if not self._of[tenant]:
            del self._of[tenant]
