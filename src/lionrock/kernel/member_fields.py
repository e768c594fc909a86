"""Members' personal fields: sealed where they are kept, found by a keyed hash. The one place that does both."""

from __future__ import annotations

import asyncio
import hmac
import unicodedata
from typing import Final
from uuid import UUID

from lionrock.errors import Erased, InvalidInput
from lionrock.kernel.vault.scopes import subject
from lionrock.kernel.vault.service import Vault

FIRST_NAME: Final = "Administrator"
"""What a member without a name is called: the first, before they gave one."""

_TABLES: Final = {
    "name": "members", "email": "members", "totp": "member_proofs", "totp_pending": "member_proofs",
}  # fmt: skip


class MemberFields:
    def __init__(self, vault: Vault, secret: bytes) -> None:
        """`secret`: 32 bytes of this installation, for keyed hashes."""
        self._vault, self._secret = vault, secret

    async def seal(self, tenant: UUID, member: UUID, column: str, text: str) -> bytes:
        """The field sealed, under a key of the member's own. In a thread: the first makes that key."""
        return await asyncio.to_thread(
            self._vault.seal_text,
            *(tenant, _TABLES[column], member, column, text),
            scope=subject(member),
        )

    def open(self, tenant: UUID, member: UUID, column: str, kept: bytes | None) -> str:
        """The text of a field; empty where nothing is kept or its key was destroyed."""
        if kept is None:
            return ""
        try:
            return self._vault.open_text(
                *(tenant, _TABLES[column], member, column, kept), scope=subject(member)
            )
        except Erased:
            return ""

    def email_hash(self, tenant: UUID, email: str) -> bytes:
        """By it a member is found at sign-in. The tenant is in it: two tenants' hashes do not match."""
        return self.keyed("email", tenant.bytes, email.encode())

    def keyed(self, use: str, *parts: bytes) -> bytes:
        """HMAC-SHA256 (RFC 2104) of `parts`, under this installation's secret, for one use alone."""
        message = b"".join(len(p).to_bytes(4, "big") + p for p in (use.encode(), *parts))
        return hmac.digest(self._secret, message, "sha256")


def email_address(text: str) -> str:
    """The address in the form it is kept and looked for; `InvalidInput` if it cannot be one.

    Case is not told apart, as no mail system in use does (RFC 5321, 2.4, lets a host do so).
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    local, at, domain = plain.rpartition("@")
    if not (local and at and domain) or len(plain) > 254 or any(c.isspace() for c in plain):
        raise InvalidInput("This is not an e-mail address.")
    if not plain.isprintable():
        raise InvalidInput("The e-mail address holds characters that cannot be seen.")
    return plain


def person_name(text: str) -> str:
    """A name as shown: one line, 1 to 100 characters, nothing invisible in it."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if not plain or len(plain) > 100 or not plain.isprintable():
        raise InvalidInput("A name is 1 to 100 characters on one line.")
    return plain
