"""The keys an issuer signs with (RFC 7517), fetched from its `jwks_uri` and nowhere else."""

from __future__ import annotations

import asyncio
import time
from base64 import urlsafe_b64decode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from lionrock.kernel.oidc.fetching import Fetcher
from lionrock.kernel.oidc.refusals import Reason, Refusal

REFRESH_SECONDS = 60.0
"""An unknown `kid` makes the keys be fetched again, but no sooner than this after the last time."""
KEPT_SECONDS = 3600.0
"""Keys are fetched again after this, so that a withdrawn one does not live on here."""
SMALLEST_RSA = 2048
_MOST_KEYS = 100

Key = RSAKey | ECKey | OKPKey
_KINDS: dict[str, tuple[str, str | None]] = {
    "ES256": ("EC", "P-256"), "Ed25519": ("OKP", "Ed25519"), "EdDSA": ("OKP", "Ed25519"),
    "PS256": ("RSA", None), "RS256": ("RSA", None),
}  # fmt: skip
"""Algorithm → key type and curve."""
_NAMES = {"Ed25519": ("Ed25519", "EdDSA"), "EdDSA": ("Ed25519", "EdDSA")}
"""One algorithm with two names (RFC 9864)."""


def choose(keys: list[Any], kid: str | None, algorithm: str) -> Key | None:
    """The one public signing key for `kid` and `algorithm`; None if there is none or several.

    A token without `kid` is verified only if the issuer has a single key for the algorithm
    (OpenID Connect Core 1.0, section 10.1).
    """
    found = [k for k in keys if isinstance(k, dict) and _fits(k, algorithm)]
    if kid is not None:
        found = [k for k in found if k.get("kid") == kid]
    return _imported(found[0]) if len(found) == 1 else None


def _fits(key: dict[str, Any], algorithm: str) -> bool:
    kind, curve = _KINDS[algorithm]
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("kty") == kind
        and (curve is None or key.get("crv") == curve)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) in _NAMES.get(algorithm, (algorithm,))
        and isinstance(operations, list)
        and "verify" in operations
        and "d" not in key
    )


def _imported(key: dict[str, Any]) -> Key | None:
    names = ("kty", "kid", "n", "e", "crv", "x", "y")
    public = {name: key[name] for name in names if name in key}
    try:
        if key["kty"] == "RSA":
            return RSAKey.import_key(public) if _bits(key["n"]) >= SMALLEST_RSA else None
        return ECKey.import_key(public) if key["kty"] == "EC" else OKPKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _bits(modulus: str) -> int:
    raw = urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(raw, "big").bit_length()


@dataclass(slots=True)
class _Kept:
    keys: list[Any] = field(default_factory=list)
    fetched: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Keys:
    """Key sets by tenant and address, kept for an hour."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher, self._clock = fetcher, clock
        self._kept: dict[tuple[UUID, str], _Kept] = defaultdict(_Kept)

    async def find(self, tenant_id: UUID, uri: str, kid: str | None, algorithm: str) -> Key:
        """`Refusal` if the issuer has no such key; errors of fetching as `Fetcher.get` has them."""
        kept = self._kept[tenant_id, uri]
        async with kept.lock:
            age = self._clock() - kept.fetched
            if age < KEPT_SECONDS:
                key = choose(kept.keys, kid, algorithm)
                if key is not None:
                    return key
            if age < REFRESH_SECONDS:
                raise Refusal(Reason.TOKEN_KEY)
            await self._fetch(uri, kept)
            key = choose(kept.keys, kid, algorithm)
        if key is None:
            raise Refusal(Reason.TOKEN_KEY)
        return key

    async def _fetch(self, uri: str, kept: _Kept) -> None:
        keys = (await self._fetcher.get(uri)).get("keys")
        kept.keys = keys[:_MOST_KEYS] if isinstance(keys, list) else []
        kept.fetched = self._clock()
