from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from lionrock.errors import Unavailable
from lionrock.kernel.oidc import keys
from lionrock.kernel.oidc.keys import KEPT_SECONDS, REFRESH_SECONDS, Keys, choose
from lionrock.kernel.oidc.refusals import Reason, Refusal
from tests.kernel.oidc.signing import ec, ed, public, rsa

URI = "https://login.example/keys"
TENANT = uuid4()


@dataclass
class Issuer:
    """Serves keys, and counts; a clock beside it."""

    keys: Any = field(default_factory=lambda: public(rsa()))
    fetched: list[str] = field(default_factory=list)
    now: float = 1000.0
    down: bool = False

    async def get(self, url: str) -> dict[str, Any]:
        self.fetched.append(url)
        if self.down:
            raise Unavailable("It does not answer.")
        return {"keys": self.keys}


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def kept(issuer: Issuer) -> Keys:
    return Keys(issuer, lambda: issuer.now)  # type: ignore[arg-type]


async def test_keys_are_fetched_once_and_kept(kept: Keys, issuer: Issuer) -> None:
    for _ in range(3):
        assert (await kept.find(TENANT, URI, "rsa-1", "RS256")).kid == "rsa-1"
    assert issuer.fetched == [URI]


async def test_a_new_key_of_the_issuer_is_found(kept: Keys, issuer: Issuer) -> None:
    await kept.find(TENANT, URI, "rsa-1", "RS256")
    issuer.keys, issuer.now = public(rsa("rsa-2")), issuer.now + REFRESH_SECONDS
    assert (await kept.find(TENANT, URI, "rsa-2", "RS256")).kid == "rsa-2"
    with pytest.raises(Refusal):  # the old one is withdrawn
        await kept.find(TENANT, URI, "rsa-1", "RS256")


async def test_unknown_kids_make_one_request_a_minute_at_most(kept: Keys, issuer: Issuer) -> None:
    for count in range(50):
        with pytest.raises(Refusal) as refused:
            await kept.find(TENANT, URI, f"made-up-{count}", "RS256")
        assert refused.value.reason is Reason.TOKEN_KEY
        issuer.now += 2
    assert len(issuer.fetched) == 2


async def test_an_issuer_that_did_not_answer_is_asked_again(kept: Keys, issuer: Issuer) -> None:
    issuer.down = True
    with pytest.raises(Unavailable):
        await kept.find(TENANT, URI, "rsa-1", "RS256")
    issuer.down = False
    assert await kept.find(TENANT, URI, "rsa-1", "RS256")


async def test_a_withdrawn_key_lives_on_for_an_hour_at_most(kept: Keys, issuer: Issuer) -> None:
    await kept.find(TENANT, URI, "rsa-1", "RS256")
    issuer.keys, issuer.now = [], issuer.now + KEPT_SECONDS
    with pytest.raises(Refusal):
        await kept.find(TENANT, URI, "rsa-1", "RS256")


async def test_tenants_do_not_share_keys(kept: Keys, issuer: Issuer) -> None:
    await kept.find(TENANT, URI, "rsa-1", "RS256")
    issuer.keys = []
    with pytest.raises(Refusal):
        await kept.find(uuid4(), URI, "rsa-1", "RS256")


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}, {"alg": "RS512"},
        {"alg": "HS256"}, {"kty": "EC"}, {"kty": "oct", "k": "AAAA"}, {"n": "AAAA"}, {"n": 5},
        {"n": "!"}, {"e": ""}, {"d": "AAAA"},
    ],
)  # fmt: skip
def test_a_key_for_something_else_is_not_chosen(change: dict[str, Any]) -> None:
    assert choose([public(rsa())[0] | change], "rsa-1", "RS256") is None


def test_a_short_rsa_key_is_not_chosen() -> None:
    short = {**public(rsa())[0], "n": public(rsa())[0]["n"][:170]}
    padded = {**short, "n": "A" * 200 + short["n"]}
    assert choose([short], "rsa-1", "RS256") is choose([padded], "rsa-1", "RS256") is None


@pytest.mark.parametrize("junk", [None, 5, "key", [], {"kty": None}, {"kty": ["RSA"]}])
def test_junk_among_the_keys_is_passed_over(junk: Any) -> None:
    found = choose([junk, *public(rsa(), ec(), ed())], "ec-1", "ES256")
    assert found is not None and found.kid == "ec-1"


def test_every_allowed_algorithm_has_its_kind_of_key() -> None:
    from lionrock.kernel.oidc.providers import ALGORITHMS

    assert set(keys._KINDS) == ALGORITHMS
