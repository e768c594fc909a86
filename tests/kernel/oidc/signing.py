"""Keys and ID tokens for tests, written by hand so that anything can be wrong with them."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

Key = RSAKey | ECKey | OKPKey | OctKey
ISSUER, CLIENT = "http://127.0.0.1:1", "lionrock"
NONCE, CODE, ACCESS = "n" * 43, "code-1", "access-1"


@cache
def rsa(kid: str = "rsa-1", bits: int = 2048) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": kid, "use": "sig"}, auto_kid=False)


@cache
def ec(kid: str = "ec-1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"}, auto_kid=False)


@cache
def ed(kid: str = "ed-1") -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig"}, auto_kid=False)


def public(*keys: Key) -> list[dict[str, Any]]:
    return [dict(key.as_dict(private=False)) for key in keys]


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def half_hash(value: str, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm, value.encode()).digest()
    return encoded(digest[: len(digest) // 2])


def claims(**changed: Any) -> dict[str, Any]:
    """A right set of claims, issued now; a value of None leaves a claim out."""
    now = int(time.time())
    whole = {
        "iss": ISSUER, "sub": "subject-1", "aud": CLIENT, "exp": now + 300, "iat": now,
        "nonce": NONCE, **changed,
    }  # fmt: skip
    return {name: value for name, value in whole.items() if value is not None}


class _All(jws.JWSRegistry):
    max_header_length = 100_000

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]

    def check_header(self, header: Any) -> None:
        pass


def token(of: Mapping[str, Any] | bytes, key: Key, algorithm: str = "RS256", **header: Any) -> str:
    """Signed; `header` goes over the right one, None leaves a name out."""
    whole = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **header}
    kept = {name: value for name, value in whole.items() if value is not None}
    payload = of if isinstance(of, bytes) else json.dumps(of).encode()
    first = f"{encoded(json.dumps(kept).encode())}.{encoded(payload)}"
    if algorithm == "none":
        return f"{first}."
    signature = _All().get_alg(algorithm).sign(first.encode(), key)
    return f"{first}.{encoded(signature)}"
