from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Role
from lionrock.kernel.egress import parse_url
from lionrock.kernel.oidc.addresses import checked
from lionrock.kernel.oidc.providers import ALGORITHMS, CALLBACK, Provider

RIGHT: dict[str, Any] = {
    "id": uuid4(), "tenant_id": uuid4(), "name": "Example Bank", "issuer": "https://login.example/t",
    "client_id": "lionrock", "redirect_uri": f"https://work.example{CALLBACK}",
}  # fmt: skip


def test_a_right_configuration_is_taken() -> None:
    made = Provider(**RIGHT)
    assert made.algorithms == ALGORITHMS and not made.provision and made.scopes == ("openid",)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"issuer": "http://login.example"}, "not https"),
        ({"issuer": "https://login.example?x=1"}, "query"),
        ({"issuer": "https://login.example?"}, "query"),
        ({"issuer": "https://login.example#x"}, "fragment"),
        ({"issuer": "https://user@login.example"}, "user name"),
        ({"issuer": "login.example"}, "https://"),
        ({"redirect_uri": "https://work.example/elsewhere"}, "must end with"),
        ({"redirect_uri": f"https://work.example{CALLBACK}?x=1"}, "must end with"),
        ({"redirect_uri": f"http://work.example{CALLBACK}"}, "not https"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"client_id": ""}, "client_id"),
        ({"scopes": ("profile",)}, "openid"),
        ({"scopes": ("openid", "a b")}, "words"),
        ({"scopes": ("openid", "")}, "words"),
        ({"acr_values": ("a b",)}, "words"),
        ({"algorithms": frozenset()}, "algorithms"),
        ({"algorithms": frozenset({"none"})}, "algorithms"),
        ({"algorithms": frozenset({"HS256", "RS256"})}, "algorithms"),
        ({"role_claim": "groups"}, "belong together"),
        ({"role_map": {"a": Role.ANALYST}}, "belong together"),
        ({"provision": True}, "list their roles"),
        ({"role_claim": "g", "role_map": {"a": Role.PLATFORM_OPERATOR}}, "cannot come from"),
        ({"role_claim": "g", "role_map": {"a": Role.SERVICE}}, "cannot come from"),
        ({"provision_roles": frozenset({Role.PLATFORM_OPERATOR})}, "cannot come from"),
        (
            {"provision_roles": frozenset({Role.REGULATOR_OBSERVER, Role.ANALYST})},
            "held together",
        ),
    ],
)
def test_a_configuration_that_could_not_be_safely_used_is_refused(
    changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        Provider(**{**RIGHT, **changed})


def test_the_secret_is_not_shown() -> None:
    assert "hush" not in repr(Provider(**RIGHT, client_secret="hush"))


@given(st.text(max_size=40), st.sampled_from(["https://", "http://", "https://a.example", ""]))
def test_an_address_that_is_taken_is_encrypted_or_leads_nowhere_else(rest: str, start: str) -> None:
    try:
        url = checked(start + rest)
    except ValueError:
        return
    assert url == parse_url(start + rest)
    assert (
        url.scheme == "https"
        or str(url.host) in ("localhost", "::1")
        or str(url.host).startswith("127.")
    )
