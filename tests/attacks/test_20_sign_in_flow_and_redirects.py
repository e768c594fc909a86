"""Attack 20: a sign-in begun by someone else, answered twice or without its verifier; open redirects."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession

from lionrock.errors import Forbidden
from tests.attacks.doors import fetch
from tests.attacks.taken_apart import missing
from tests.kernel.oidc.conftest import Installation
from tests.kernel.oidc.hostile_provider import Hostile

ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
    "/%09/evil.example", "javascript:alert(1)", "data:text/html,x", "https:evil.example", "@evil.example",
    "http://127.0.0.1@evil.example/", "/\n/evil.example", "///evil.example", " //evil.example",
)  # fmt: skip


async def test_an_answer_counts_once_in_the_browser_that_asked_with_its_state_and_verifier(
    installation: Installation,
    hostile: Hostile,
) -> None:
    provider = await installation.save(hostile.issuer)
    begun = await installation.begin(provider)
    asked = parse_qs(urlsplit(begun.url).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["state"] and asked["nonce"]
    answer = hostile.authorize(begun.url)
    victim = await installation.begin(provider)
    for cookie, told in (
        (victim.cookie, answer), ("", answer), (begun.cookie, answer | {"state": "guessed"}),
        (begun.cookie, {"code": answer["code"]}),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            await installation.oidc.finish(cookie, told)


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_no_redirect_of_this_server_leads_to_another(
    browser: ClientSession, where: str
) -> None:
    for method, path, sent in (
        ("POST", "/language", {"data": {"language": "en", "back": where}}),
        ("GET", "/sign-in/oidc", {"params": {"next": where, "tenant": "0" * 32, "provider": "0" * 32},
                                  "headers": {"sec-fetch-site": "cross-site"}}),
    ):  # fmt: skip
        reply = await fetch(browser, method, path, **sent)
        location = reply.headers.get("location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\"))
        assert not any(c.isspace() for c in location)  # browsers drop tabs and line breaks


def test_each_step_is_taken_apart_in_its_room() -> None:
    assert missing(
        "kernel/oidc/test_flow", "a_sign_in_ends_only_in_the_browser_that_began_it",
        "an_answer_without_the_right_state_is_refused", "a_sign_in_is_used_once",
        "the_verifier_goes_to_the_token_endpoint_alone", "the_issuer_of_an_answer_is_checked",
    ) == []  # fmt: skip
    assert missing("web/test_oidc", "the_way_back_leads_nowhere_else") == []
