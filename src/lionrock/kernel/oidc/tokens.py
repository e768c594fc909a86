"""Verification of an ID token (OpenID Connect Core 1.0, section 3.1.3.7). Whatever is doubtful is refused."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from lionrock.kernel.oidc.keys import Key
from lionrock.kernel.oidc.refusals import Reason, Refusal

LARGEST: Final = 16 * 1024
"""Characters of a token."""
SKEW_SECONDS: Final = 60
OLDEST_SECONDS: Final = 600
"""A token is issued when its code is exchanged: an older one is not of this sign-in."""

# RFC 7515, section 3.1, to the letter: decoders differ in what else they let pass.
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
# Core, section 2: ID tokens do not use them. One that does asks us to trust a key it brings.
_KEY_HEADERS: Final = frozenset({"jku", "jwk", "x5c", "x5u"})
# Core, section 3.1.3.6. Ed25519 has SHA-512 inside (RFC 8032), so that is its hash.
_HASHES: Final = {
    "ES256": "sha256", "PS256": "sha256", "RS256": "sha256",
    "Ed25519": "sha512", "EdDSA": "sha512",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    algorithm: str
    kid: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token of this one sign-in must hold."""

    issuer: str
    client_id: str
    nonce: str
    code: str
    access_token: str
    """Empty if the provider gave none."""


def header(token: str, algorithms: frozenset[str]) -> Header:
    """The token's header, before anything is verified: which of the issuer's keys to look for."""
    if len(token) > LARGEST:
        raise Refusal(Reason.TOKEN_SIZE)
    if not _COMPACT.fullmatch(token):
        raise Refusal(Reason.TOKEN_FORM)
    said = _json(token.partition(".")[0])
    if "crit" in said or "b64" in said:
        # RFC 7515, section 4.1.11: no extension is understood here, so none may be critical.
        raise Refusal(Reason.TOKEN_CRITICAL_HEADER)
    if _KEY_HEADERS & said.keys():
        raise Refusal(Reason.TOKEN_KEY_IN_HEADER)
    algorithm, kid = said.get("alg"), said.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms & _HASHES.keys():
        raise Refusal(Reason.TOKEN_ALGORITHM)
    if kid is not None and not (isinstance(kid, str) and len(kid) <= 256):
        raise Refusal(Reason.TOKEN_FORM)
    return Header(algorithm, kid)


def verified(token: str, of: Header, key: Key, expected: Expected, now: float) -> Mapping[str, Any]:
    """The claims of a token whose signature and every claim hold. `now` in seconds since 1970."""
    registry = _Registry(algorithms=[of.algorithm], strict_check_header=False)
    try:
        opened = jws.deserialize_compact(token, key, [of.algorithm], registry)
    except (JoseError, ValueError, TypeError):
        raise Refusal(Reason.TOKEN_SIGNATURE) from None
    claims = _object(opened.payload or b"")
    _parties(claims, expected)
    _times(claims, now)
    if not _same(claims.get("nonce"), expected.nonce):
        raise Refusal(Reason.TOKEN_NONCE)
    _hash(claims, "at_hash", expected.access_token, of, Reason.TOKEN_ACCESS_TOKEN_HASH)
    _hash(claims, "c_hash", expected.code, of, Reason.TOKEN_CODE_HASH)
    return claims


class _Registry(jws.JWSRegistry):
    """The one algorithm that was agreed on, and no other, whatever its library would recommend."""

    max_header_length = LARGEST

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()):
            raise Refusal(Reason.TOKEN_ALGORITHM)
        return self.algorithms[name]


def _parties(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Refusal(Reason.TOKEN_ISSUER)
    # Rule 3: no other audience is trusted, so a token for us and another is refused too.
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise Refusal(Reason.TOKEN_AUDIENCE)
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise Refusal(Reason.TOKEN_PARTY)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isascii():
        raise Refusal(Reason.TOKEN_SUBJECT)


def _times(claims: Mapping[str, Any], now: float) -> None:
    if now >= _time(claims, "exp", Reason.TOKEN_EXPIRED) + SKEW_SECONDS:
        raise Refusal(Reason.TOKEN_EXPIRED)
    issued = _time(claims, "iat", Reason.TOKEN_ISSUED_AT)
    if not now - OLDEST_SECONDS - SKEW_SECONDS <= issued <= now + SKEW_SECONDS:
        raise Refusal(Reason.TOKEN_ISSUED_AT)
    if "nbf" in claims and _time(claims, "nbf", Reason.TOKEN_NOT_YET) > now + SKEW_SECONDS:
        raise Refusal(Reason.TOKEN_NOT_YET)


def _time(claims: Mapping[str, Any], name: str, reason: Reason) -> float:
    """A NumericDate (RFC 7519, section 2). Infinity and NaN, which Python's JSON takes, are none."""
    value = claims.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**40:
        return value
    raise Refusal(reason)


def _hash(claims: Mapping[str, Any], name: str, value: str, of: Header, reason: Reason) -> None:
    """If the token has the hash, it must be that of `value`; one that cannot be checked is refused."""
    if name not in claims:
        return
    digest = hashlib.new(_HASHES[of.algorithm], value.encode()).digest()
    half = urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
    if not value or not _same(claims[name], half):
        raise Refusal(reason)


def _same(said: Any, expected: str) -> bool:
    return isinstance(said, str) and hmac.compare_digest(said.encode(), expected.encode())


def _json(segment: str) -> dict[str, Any]:
    try:
        raw = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise Refusal(Reason.TOKEN_FORM) from None
    return _object(raw)


def _object(raw: bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice: two readers could take different values."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    try:
        value = json.loads(raw, object_pairs_hook=once)
    except (ValueError, RecursionError):
        raise Refusal(Reason.TOKEN_FORM) from None
    if not isinstance(value, dict):
        raise Refusal(Reason.TOKEN_FORM)
    return value
