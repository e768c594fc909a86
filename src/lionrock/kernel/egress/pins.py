"""Which addresses a listed name led to, for a short time: what was checked is what is connected to.

One address may stand for many names (a mirror, a content network), so each keeps its own pin.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from lionrock.kernel.egress.addresses import Address

SECONDS = 60.0
"""How long after a lookup a connection to its address may begin."""
_MOST = 4096


class Pins:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[tuple[Address, int | None, str], float] = {}

    def add(self, name: str, address: Address, port: int | None) -> None:
        """`port` None: any."""
        now = self._clock()
        with self._lock:
            if len(self._until) >= _MOST:
                self._until = {pin: until for pin, until in self._until.items() if until > now}
            if len(self._until) < _MOST:
                self._until[address, port, name] = now + SECONDS

    def names(self, address: Address, port: int) -> list[str]:
        """The names that led to this address lately."""
        now = self._clock()
        with self._lock:
            return [
                name
                for (pinned, at, name), until in self._until.items()
                if pinned == address and at in (port, None) and until > now
            ]
