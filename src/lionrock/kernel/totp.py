"""One-time codes by time: RFC 6238 over RFC 4226 (HMAC-SHA-1, 6 digits, 30 seconds).

SHA-1, because it is what every authenticator app computes; HMAC-SHA-1 stands (RFC 6194, section 3.3).
"""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
WINDOW = 1
"""Steps before and after now whose code is taken: clocks differ."""


def new_secret() -> str:
    """160 random bits (RFC 4226, section 4) in base 32, as an authenticator app takes them."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def accepted_step(secret: str, code: str, after: int, now: float | None = None) -> int | None:
    """The time step that `code` is of; None if it is wrong, too old, or not after step `after`.

    Who keeps the step and passes it as `after` next time accepts no code twice (section 5.2).
    """
    present = int((time.time() if now is None else now) // STEP_SECONDS)
    given = code.replace(" ", "").encode()
    found = None
    for step in range(present - WINDOW, present + WINDOW + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), given)
        if same and step > after:
            found = step
    return found


def address(secret: str, account: str, issuer: str = "Lionrock") -> str:
    """The otpauth:// address that authenticator apps open."""
    label = f"{quote(issuer)}:{quote(account)}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_SECONDS}"
