"""Which addresses a listed name led to, for a short time: what was checked is what is connected to."""

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
        self._until: dict[tuple[Address, int | None], tuple[float, str]] = {}

    def add(self, name: str, address: Address, port: int | None) -> None:
        """`port` None: any."""
        now = self._clock()
        with self._lock:
            if len(self._until) >= _MOST:
                self._until = {key: pin for key, pin in self._until.items() if pin[0] > now}
            if len(self._until) < _MOST:
                self._until[address, port] = (now + SECONDS, name)

    def name(self, address: Address, port: int) -> str | None:
        """The name that led to this address lately, if one did."""
        now = self._clock()
        for key in ((address, port), (address, None)):
            until, name = self._until.get(key, (0.0, ""))
            if until > now:
                return name
        return None
