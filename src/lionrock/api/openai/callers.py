"""Who calls: the actor behind a key, remembered for a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from time import monotonic
from typing import Final

from lionrock.errors import Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database

SECONDS: Final = 2.0
"""How long a key that was ended by another process may still open. What ends in this process is
forgotten at once."""
_MOST: Final = 10_000
_ELSEWHERE: Final = frozenset(
    {b"api-key", b"api_key", b"apikey", b"x-api-key", b"access_token", b"access-token"}
)

Headers = Iterable[tuple[bytes, bytes]]


class Callers:
    """Keys alone: a browser's session opens the pages and the rest of the API, not this door."""

    def __init__(self, database: Database, clock: Callable[[], float] = monotonic) -> None:
        self._database, self._clock = database, clock
        self._known: dict[tuple[bytes, str | None], tuple[float, Actor]] = {}
        self._forgets = 0

    async def of(self, headers: Headers, query: bytes, address: str | None) -> Actor:
        """Unauthenticated without a valid key; Forbidden from an address the key is not for."""
        token = _token(headers, query)
        known = (sha256(token).digest(), address)
        found = self._known.get(known)
        if found is not None and self._clock() < found[0]:
            return found[1]
        forgets = self._forgets
        until = self._clock() + SECONDS
        actor = await identity.resolve(
            self._database, token.decode("latin-1"), ("key",), address=address
        )
        if forgets == self._forgets:  # else it may have ended while it was looked up
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[known] = (until, actor)
        return actor

    def forget(self) -> None:
        """Something was ended: remember nobody."""
        self._forgets += 1
        self._known.clear()


def _token(headers: Headers, query: bytes) -> bytes:
    given = b""
    for name, value in headers:
        if name == b"authorization":
            if given:
                raise Unauthenticated("Send one key: there are two Authorization headers.")
            given = value
        elif name in _ELSEWHERE:
            raise _misplaced(name.decode())
    if query:
        for part in query.lower().split(b"&"):
            if (name := part.partition(b"=")[0]) in _ELSEWHERE:
                raise _misplaced(name.decode())
    scheme, _, token = given.partition(b" ")
    if scheme.lower() != b"bearer" or not token.strip():
        raise Unauthenticated("Send a key: Authorization: Bearer KEY.")
    return token.strip()


def _misplaced(name: str) -> Unauthenticated:
    return Unauthenticated(
        f"A key is not taken from {name}. Send it as Authorization: Bearer KEY, and end this one if "
        "others could have read it."
    )
