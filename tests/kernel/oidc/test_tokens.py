from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey

from lionrock.kernel.oidc import tokens
from lionrock.kernel.oidc.keys import choose
from lionrock.kernel.oidc.providers import ALGORITHMS
from lionrock.kernel.oidc.refusals import Reason, Refusal
from lionrock.kernel.oidc.tokens import Expected
from tests.kernel.oidc.signing import (
    ACCESS,
    CLIENT,
    CODE,
    ISSUER,
    NONCE,
    claims,
    ec,
    ed,
    encoded,
    half_hash,
    public,
    rsa,
    token,
)  # fmt: skip

EXPECTED = Expected(ISSUER, CLIENT, NONCE, CODE, ACCESS)


def verify(
    signed: str,
    *,
    keys: list[Any] | None = None,
    expected: Expected = EXPECTED,
    algorithms: frozenset[str] = ALGORITHMS,
) -> Any:
    """Header, key and claims, as the service goes through them."""
    header = tokens.header(signed, algorithms)
    key = choose(public(rsa(), ec(), ed()) if keys is None else keys, header.kid, header.algorithm)
    if key is None:
        raise Refusal(Reason.TOKEN_KEY)
    return tokens.verified(signed, header, key, expected, time.time())


def reason(signed: str, **how: Any) -> Reason:
    with pytest.raises(Refusal) as refused:
        verify(signed, **how)
    return refused.value.reason


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(rsa, "RS256"), (rsa, "PS256"), (ec, "ES256"), (ed, "EdDSA"), (ed, "Ed25519")],
)
def test_a_right_token_is_accepted_under_each_algorithm(key: Any, algorithm: str) -> None:
    digest = "sha512" if algorithm.startswith("Ed") else "sha256"
    whole = claims(at_hash=half_hash(ACCESS, digest), c_hash=half_hash(CODE, digest), azp=CLIENT)
    assert verify(token(whole, key(), algorithm))["sub"] == "subject-1"


# The three faults of Authlib named in the security note, and one more of the same year. The first
# let alg none pass (CVE-2026-28802), the second a hash it could not compute (CVE-2026-28498), the
# third a critical header it did not know; the fourth a key that the token brought (CVE-2026-27962).


@pytest.mark.parametrize("none", ["none", "None", "NONE", "nOnE", "", None])
def test_a_token_without_signature_is_refused(none: str | None) -> None:
    for signature in ("", encoded(b"x" * 256)):
        signed = token(claims(), rsa(), "none", alg=none) + signature
        assert reason(signed) is Reason.TOKEN_ALGORITHM


def test_a_hash_that_does_not_match_or_cannot_be_computed_is_refused() -> None:
    wrong = [half_hash("other"), "", half_hash(ACCESS)[:-1], 5, [half_hash(ACCESS)]]
    for value in wrong:
        signed = token(claims(at_hash=value), rsa())
        assert reason(signed) is Reason.TOKEN_ACCESS_TOKEN_HASH
        assert reason(token(claims(c_hash=value), rsa())) is Reason.TOKEN_CODE_HASH
    null = json.dumps(claims() | {"at_hash": None}).encode()
    assert reason(token(null, rsa())) is Reason.TOKEN_ACCESS_TOKEN_HASH
    without = Expected(ISSUER, CLIENT, NONCE, CODE, "")
    assert (
        reason(token(claims(at_hash=half_hash("")), rsa()), expected=without)
        is Reason.TOKEN_ACCESS_TOKEN_HASH
    )
    # The other hash of the same value, as an algorithm of another size would have it.
    other = token(claims(at_hash=half_hash(ACCESS, "sha512")), rsa())
    assert reason(other) is Reason.TOKEN_ACCESS_TOKEN_HASH


@pytest.mark.parametrize("crit", [["x"], ["b64"], ["exp"], [], ["alg"], "x", None])
def test_a_critical_header_is_refused_known_to_others_or_not(crit: Any) -> None:
    signed = token(claims(), rsa(), crit=crit or ["kid"], x=1, exp=1, b64=True)
    assert reason(signed) is Reason.TOKEN_CRITICAL_HEADER
    assert reason(token(claims(), rsa(), b64=False)) is Reason.TOKEN_CRITICAL_HEADER


def test_an_empty_list_of_critical_headers_is_refused_too() -> None:
    assert reason(token(claims(), rsa(), crit=[])) is Reason.TOKEN_CRITICAL_HEADER


def test_a_key_that_the_token_brings_is_not_used() -> None:
    mine = rsa("mine")
    address = "http://127.0.0.1:9/keys"
    for name, value in (
        ("jwk", public(mine)[0]), ("jku", address), ("x5u", address), ("x5c", ["MIIB"]),
    ):  # fmt: skip
        signed = token(claims(), mine, kid="rsa-1", **{name: value})
        assert reason(signed) is Reason.TOKEN_KEY_IN_HEADER
    assert reason(token(claims(), mine, kid="rsa-1")) is Reason.TOKEN_SIGNATURE


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    """RS256 to HS256: the issuer's public key, which all know, taken for a shared secret."""
    for secret in (rsa().as_pem(private=False), json.dumps(public(rsa())[0]).encode(), b"x" * 32):
        signed = token(claims(), OctKey.import_key(encoded(secret)), "HS256", kid="rsa-1")
        assert reason(signed) is Reason.TOKEN_ALGORITHM
    assert all(not name.startswith("HS") and name != "none" for name in ALGORITHMS)


def test_an_algorithm_that_the_tenant_does_not_allow_is_refused() -> None:
    only = frozenset({"ES256"})
    assert verify(token(claims(), ec(), "ES256"), algorithms=only)
    assert reason(token(claims(), rsa()), algorithms=only) is Reason.TOKEN_ALGORITHM
    everything = frozenset({"none", "HS256", "RS1", "RS512"}) | ALGORITHMS
    for name in ("none", "RS512", "HS256"):
        signed = token(claims(), rsa(), "RS256", alg=name)
        assert reason(signed, algorithms=everything) is Reason.TOKEN_ALGORITHM


def test_one_keys_token_is_not_taken_under_another_algorithm() -> None:
    assert reason(token(claims(), rsa(), "RS256", alg="PS256")) is Reason.TOKEN_SIGNATURE
    assert reason(token(claims(), rsa(), "RS256", alg="ES256")) is Reason.TOKEN_KEY


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://elsewhere.example"}, Reason.TOKEN_ISSUER),
        ({"iss": f"{ISSUER}/"}, Reason.TOKEN_ISSUER),
        ({"iss": [ISSUER]}, Reason.TOKEN_ISSUER),
        ({"iss": None}, Reason.TOKEN_ISSUER),
        ({"aud": "another"}, Reason.TOKEN_AUDIENCE),
        ({"aud": []}, Reason.TOKEN_AUDIENCE),
        ({"aud": [CLIENT, "another"]}, Reason.TOKEN_AUDIENCE),
        ({"aud": [CLIENT, "another"], "azp": CLIENT}, Reason.TOKEN_AUDIENCE),
        ({"aud": {CLIENT: 1}}, Reason.TOKEN_AUDIENCE),
        ({"aud": None}, Reason.TOKEN_AUDIENCE),
        ({"azp": "another"}, Reason.TOKEN_PARTY),
        ({"sub": ""}, Reason.TOKEN_SUBJECT),
        ({"sub": 7}, Reason.TOKEN_SUBJECT),
        ({"sub": "s" * 256}, Reason.TOKEN_SUBJECT),
        ({"sub": "аdmin"}, Reason.TOKEN_SUBJECT),
        ({"sub": None}, Reason.TOKEN_SUBJECT),
        ({"nonce": "m" * 43}, Reason.TOKEN_NONCE),
        ({"nonce": [NONCE]}, Reason.TOKEN_NONCE),
        ({"nonce": None}, Reason.TOKEN_NONCE),
    ],
)
def test_a_token_for_someone_else_is_refused(changed: dict[str, Any], why: Reason) -> None:
    assert reason(token(claims(**changed), rsa())) is why


@pytest.mark.parametrize(
    ("name", "shift", "why"),
    [
        ("exp", -61, Reason.TOKEN_EXPIRED),
        ("iat", 90, Reason.TOKEN_ISSUED_AT),
        ("iat", -700, Reason.TOKEN_ISSUED_AT),
        ("nbf", 90, Reason.TOKEN_NOT_YET),
    ],
)
def test_a_token_out_of_its_time_is_refused(name: str, shift: int, why: Reason) -> None:
    now = int(time.time())
    assert reason(token(claims(**{name: now + shift}), rsa())) is why


@pytest.mark.parametrize(("name", "shift"), [("exp", -30), ("iat", 30), ("nbf", 30), ("iat", -500)])
def test_clocks_may_differ_by_a_minute(name: str, shift: int) -> None:
    assert verify(token(claims(**{name: int(time.time()) + shift}), rsa()))


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value", ["soon", True, "NaN", "Infinity", "-Infinity", 1e300, -5, [1], None]
)
def test_what_is_no_time_is_refused(name: str, value: Any) -> None:
    raw = json.dumps(claims() | {name: value})
    if isinstance(value, str) and value.endswith(("NaN", "Infinity")):
        raw = raw.replace(f'"{value}"', value)
    assert reason(token(raw.encode(), rsa())).startswith("token-")


@pytest.mark.parametrize("name", ["exp", "iat"])
def test_a_token_must_say_when(name: str) -> None:
    assert reason(token(claims(**{name: None}), rsa())).startswith("token-")


def test_a_kid_is_looked_for_among_the_issuers_keys_and_nowhere_else() -> None:
    for kid in ("other", "../../etc/passwd", "' OR 1=1 --", "http://127.0.0.1:9/k", "", "rsa-1\0"):
        assert reason(token(claims(), rsa(), kid=kid)) is Reason.TOKEN_KEY
    for kid in (7, ["rsa-1"], {"a": 1}, "k" * 257):
        assert reason(token(claims(), rsa(), kid=kid)) is Reason.TOKEN_FORM


def test_a_token_without_kid_needs_a_single_key_for_its_algorithm() -> None:
    bare = token(claims(), rsa(), kid=None)
    assert verify(bare)
    assert reason(bare, keys=public(rsa(), rsa("rsa-2"))) is Reason.TOKEN_KEY


def test_two_keys_of_one_kid_are_none() -> None:
    assert reason(token(claims(), rsa()), keys=public(rsa(), rsa())) is Reason.TOKEN_KEY


def test_a_changed_token_is_refused() -> None:
    head, body, signature = token(claims(), rsa()).split(".")
    other = encoded(json.dumps(claims(sub="administrator")).encode())
    assert reason(f"{head}.{other}.{signature}") is Reason.TOKEN_SIGNATURE
    assert reason(f"{head}.{body}.") is Reason.TOKEN_SIGNATURE
    assert reason(f"{head}.{body}.{signature[:-8]}") is Reason.TOKEN_SIGNATURE


def test_a_name_that_stands_twice_is_refused() -> None:
    raw = json.dumps(claims())[:-1] + ', "sub": "administrator"}'
    assert reason(token(raw.encode(), rsa())) is Reason.TOKEN_FORM
    header = encoded(b'{"alg": "none", "alg": "RS256"}')
    assert reason(f"{header}.{encoded(b'{}')}.x") is Reason.TOKEN_FORM


def test_a_token_of_another_shape_or_size_is_refused() -> None:
    whole = token(claims(), rsa())
    for wrong in (
        "",
        ".",
        "..",
        "a.b",
        f"{whole}.x.y",
        f" {whole}",
        f"{whole}\n",
        f"{whole}=",
        "é.a.b",
    ):
        assert reason(wrong) is Reason.TOKEN_FORM
    for payload in (b"[]", b"5", b"not json", b"\xff", b"[" * 5000):
        assert reason(token(payload, rsa())) is Reason.TOKEN_FORM
    assert reason(token(claims(long="x" * tokens.LARGEST), rsa())) is Reason.TOKEN_SIZE


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,9}")
)
def test_whatever_is_sent_for_a_token_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(Refusal):
        tokens.header(text, ALGORITHMS)
