"""Attack 19: an identity token without signature, with a trick in its header, or meant for another."""

from __future__ import annotations

from typing import Any

import pytest

from lionrock.errors import Forbidden
from tests.attacks.taken_apart import missing
from tests.kernel.oidc.conftest import Installation
from tests.kernel.oidc.hostile_provider import Hostile

FORGED: dict[str, dict[str, Any]] = {
    "no algorithm": {"header": {"alg": "none"}},
    "an unknown critical header": {"header": {"crit": ["x"], "x": 1}},
    "a kid that is a path": {"header": {"kid": "../../dev/null"}},
    "a kid that is SQL": {"header": {"kid": "' UNION SELECT 'x"}},
    "a key of the attacker's": {"header": {"jku": "https://evil.example/keys"}},
    "another audience": {"claims": {"aud": "another-client"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "an end long ago": {"claims": {"exp": 1, "iat": 0}},
    "another's nonce": {"claims": {"nonce": "replayed"}},
    "no nonce": {"claims": {"nonce": None}},
}


@pytest.mark.parametrize("what", FORGED)
async def test_a_sign_in_with_a_forged_token_ends_in_a_refusal(
    installation: Installation,
    hostile: Hostile,
    what: str,
) -> None:
    provider = await installation.save(hostile.issuer)
    await installation.link(provider, "alice")
    hostile.claims |= {"sub": "alice"}
    for part, changed in FORGED[what].items():
        getattr(hostile, part).update(changed)
    if what == "a key of the attacker's":
        hostile.published = []
    with pytest.raises(Forbidden):
        await installation.sign_in(provider, hostile)
    assert await installation.refusals()


def test_each_claim_and_header_is_taken_apart_in_its_room() -> None:
    assert missing(
        "kernel/oidc/test_tokens", "a_token_without_signature_is_refused",
        "a_hash_that_does_not_match_or_cannot_be_computed_is_refused",
        "a_critical_header_is_refused_known_to_others_or_not",
        "a_key_that_the_token_brings_is_not_used", "the_public_key_is_no_secret_to_sign_with",
        "a_token_for_someone_else_is_refused", "a_token_out_of_its_time_is_refused",
    ) == []  # fmt: skip
    assert missing("kernel/oidc/test_flow", "a_token_of_an_earlier_sign_in_is_refused") == []
