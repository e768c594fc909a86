"""Passwords of local accounts: Argon2id, and what may be one.

Parameters are RFC 9106's second recommended option (section 4: 64 MiB, 3 passes, 4 lanes), above
OWASP's minimum (19 MiB, 2 passes). Two are hashed at once: a flood of sign-ins waits, it does not
fill the memory.
"""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lionrock.errors import InvalidInput

SHORTEST: Final = 12
LONGEST: Final = 200
_AT_ONCE: Final = 2


class Passwords:
    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        """The PHC string to keep; `InvalidInput` for a password that is none."""
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, normal(password))

    async def verify(self, kept: str, password: str) -> bool:
        """Is `password` the one behind `kept`? The same work is done where nothing is kept."""
        if not kept:
            self._nobodys = self._nobodys or await self.hash("nobody has this password")
        async with self._places:
            right = await asyncio.to_thread(self._verify, kept or self._nobodys, normal(password))
        return right and bool(kept)

    def outdated(self, kept: str) -> bool:
        """Was it hashed with other parameters than today's?"""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


def normal(password: str) -> str:
    """NFKC (NIST SP 800-63B, 5.1.1.2): the same characters typed on another keyboard are the same."""
    return unicodedata.normalize("NFKC", password)


def fit(password: str, *, other_than: str = "") -> str:
    """`password` if it may be one; `InvalidInput` says what is wrong with it.

    Length counts, not a mixture of kinds (NIST SP 800-63B, 5.1.1.2). `other_than` is the e-mail
    address it must not be.
    """
    plain = normal(password)
    if len(plain) < SHORTEST:
        raise InvalidInput(
            f"The password is shorter than {SHORTEST} characters. A few words will do."
        )
    if len(plain) > LONGEST:
        raise InvalidInput(f"The password is longer than {LONGEST} characters.")
    if len(set(plain.casefold())) < 5:
        raise InvalidInput("The password repeats a few characters. A few words will do.")
    address = other_than.casefold()
    if address and plain.casefold() in (address, address.partition("@")[0]):
        raise InvalidInput("The password is the e-mail address. Choose another.")
    return password
