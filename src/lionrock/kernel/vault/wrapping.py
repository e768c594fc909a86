"""Keys wrapped by keys: AES key wrap (RFC 3394), with what the key is for bound to it.

RFC 3394 has no associated data. So 64 bytes are wrapped, the key and the SHA-256 of its context:
a wrapped key put in the place of another unwraps, and is refused for its context.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap,
    aes_key_wrap,
)

from lionrock.kernel.vault.sealing import KEY_BYTES

WRAPPED_BYTES = 72


class WrongKey(Exception):
    """The wrapped key was wrapped by another key, for another context, or changed."""


def wrap(wrapping_key: bytes, key: bytes, context: bytes) -> bytes:
    """WRAPPED_BYTES bytes."""
    return aes_key_wrap(wrapping_key, key + hashlib.sha256(context).digest())


def unwrap(wrapping_key: bytes, wrapped: bytes, context: bytes) -> bytes:
    """The 32 bytes of the key. Raises `WrongKey`."""
    try:
        both = aes_key_unwrap(wrapping_key, wrapped)
    except (InvalidUnwrap, ValueError) as error:
        raise WrongKey from error
    key, bound = both[:KEY_BYTES], both[KEY_BYTES:]
    if not hmac.compare_digest(bound, hashlib.sha256(context).digest()):
        raise WrongKey
    return key
