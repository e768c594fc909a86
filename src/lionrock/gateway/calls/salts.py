"""Salts of prefix caches: whose cache a request may meet. They differ by tenant, model and day."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from uuid import UUID

_DAY_SECONDS = 86_400


class Salts:
    """HMAC-SHA256 (RFC 2104) over tenant, model and the day in UTC, in hex. An engine that sees one
    learns nothing of another; a new day's finds nothing of the day before in a cache."""

    def __init__(self, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        """`clock`: seconds since 1970."""
        self._secret, self._clock = secret, clock
        self._day = -1
        self._known: dict[tuple[UUID, str], str] = {}

    def of(self, tenant: UUID, model: str) -> str:
        day = int(self._clock() // _DAY_SECONDS)
        if day != self._day:
            self._day = day
            self._known.clear()
        salt = self._known.get((tenant, model))
        if salt is None:
            said = tenant.bytes + day.to_bytes(8, "big") + model.encode()
            salt = hmac.new(self._secret, said, hashlib.sha256).hexdigest()
            self._known[tenant, model] = salt
        return salt
