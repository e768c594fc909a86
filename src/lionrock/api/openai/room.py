"""How many bytes of requests may be under way: a body is held while its call waits and is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from lionrock.errors import EngineBusy
from lionrock.gateway.fields.kinds import Caps

MOST_BYTES: Final = 256 * 2**20
"""In this process; read and prepared they take about three times as much. A tenant has half of it."""
_SMALL: Final = 2**16
"""Bodies up to here are not counted: limits of requests bound them."""
_RETRY_AFTER: Final = 2


class Room:
    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._held = most, 0
        self._of: dict[UUID, int] = {}

    @contextmanager
    def hold(self, tenant: UUID, headers: list[tuple[bytes, bytes]]) -> Iterator[None]:
        """For as long as the request lives. EngineBusy where there is no room."""
        size = _said(headers)
        if size <= _SMALL:
            yield
            return
        mine = self._of.get(tenant, 0)
        if self._held + size > self._most or mine + size > self._most // 2:
            raise EngineBusy("Too many large requests are under way. Ask again.", _RETRY_AFTER)
        self._held += size
        self._of[tenant] = mine + size
        try:
            yield
        finally:
            self._held -= size
            self._of[tenant] -= size
            if not self._of[tenant]:
                del self._of[tenant]


def _said(headers: list[tuple[bytes, bytes]]) -> int:
    """As large as it says, or as it may be where it does not say."""
    most = Caps().body_bytes
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return min(int(value), most)
    return most
