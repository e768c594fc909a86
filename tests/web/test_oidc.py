"""Signing in with a provider, as a browser goes through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Browser, async_playwright

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.oidc.providers import CALLBACK, Provider
from lionrock.web.oidc import COOKIE, local_path
from tests.exchange import HOST
from tests.kernel.oidc.conftest import (
    Installation,
    hostile,
    hostile_server,
    installation,
    query,
    real_provider,
)
from tests.kernel.oidc.hostile_provider import Hostile
from tests.kernel.oidc.real_provider import USERS
from tests.serving import served
from tests.web.client import Answer, Client

__all__ = ["hostile", "hostile_server", "installation"]
ELSEWHERE = [
    "https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "\\\\elsewhere",
    "/\t/elsewhere.example", "/\n/elsewhere.example", "javascript:alert(1)", "elsewhere", "", " /",
    "/sign-in/oidc?next=/", "/é", '/"><script>', "https:elsewhere.example",
]  # fmt: skip


@pytest.fixture
async def provider(installation: Installation, hostile: Hostile, house: Any) -> Provider:
    house.oidc = installation.oidc
    saved = await installation.save(hostile.issuer)
    await installation.link(saved, "subject-1")
    async with installation.database.tenant_session(installation.actor) as db:
        handle = f"bank-{saved.tenant_id.hex[:12]}"
        await db.execute(
            "UPDATE tenant_directory SET handle = $2 WHERE tenant_id = $1", saved.tenant_id, handle
        )
    return saved


def beginning(provider: Provider, next: str = "/") -> str:
    asked = {"tenant": provider.tenant_id, "provider": provider.id, "next": next}
    return f"/sign-in/oidc?{urlencode(asked)}"


async def through(visitor: Client, hostile: Hostile, path: str, **answer: str) -> Answer:
    """To the provider and back."""
    begun = await visitor.get(path)
    assert begun.status == 303, begun.text
    back = hostile.authorize(begun.headers["location"]) | answer
    return await visitor.get(f"{CALLBACK}?{urlencode(back)}")


async def test_a_visitor_signs_in_and_lands_where_they_wanted(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    done = await through(visitor, hostile, beginning(provider, "/documents?start=50"))
    assert done.status == 200 and 'content="0; url=/documents?start=50"' in done.text
    assert SESSION_COOKIE in visitor.cookies and COOKIE not in visitor.cookies
    assert (await visitor.get("/v1/documents")).status == 200


async def test_each_cookie_is_as_strict_as_the_way_allows(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    begun = await visitor.get(beginning(provider))
    (under_way,) = begun.cookies
    assert "SameSite=lax" in under_way and "HttpOnly" in under_way and "Max-Age=600" in under_way
    assert "Path=/sign-in/oidc" in under_way
    answer = hostile.authorize(begun.headers["location"])
    done = await visitor.get(f"{CALLBACK}?{urlencode(answer)}")
    session = next(c for c in done.cookies if c.startswith(SESSION_COOKIE))
    assert "SameSite=strict" in session and "HttpOnly" in session and "Path=/;" in f"{session};"
    for answer_ in (begun, done):
        assert answer_.headers["referrer-policy"] == "no-referrer"
        assert answer_.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("next", ELSEWHERE)
async def test_the_way_back_leads_nowhere_else(
    visitor: Client, provider: Provider, hostile: Hostile, next: str
) -> None:
    done = await through(visitor, hostile, beginning(provider, next))
    assert 'content="0; url=/"' in done.text and "elsewhere" not in done.text


@given(st.text(max_size=30) | st.sampled_from(ELSEWHERE))
def test_a_path_is_of_this_server_whatever_a_browser_drops_from_it(text: str) -> None:
    path = local_path(text)
    dropped = "".join(c for c in path if c not in "\t\r\n").replace("\\", "/")
    parts = urlsplit(dropped)
    assert dropped.startswith("/") and not dropped.startswith("//")
    assert (parts.scheme, parts.netloc) == ("", "")


async def test_the_address_to_come_back_to_does_not_follow_the_host_header(
    visitor: Client, provider: Provider
) -> None:
    begun = await visitor.get(beginning(provider), host="localhost:9999")
    assert query(begun.headers["location"])["redirect_uri"] == f"http://{HOST}{CALLBACK}"


async def test_an_answer_is_refused_in_another_browser(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    begun = await visitor.get(beginning(provider))
    answer = hostile.authorize(begun.headers["location"])
    other = await Client(visitor.app).get(f"{CALLBACK}?{urlencode(answer)}")
    assert other.status == 403 and "another browser" in other.text
    assert not [c for c in other.cookies if c.startswith(SESSION_COOKIE)]


async def test_an_answer_is_taken_once(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    begun = await visitor.get(beginning(provider))
    cookies = dict(visitor.cookies)
    path = f"{CALLBACK}?{urlencode(hostile.authorize(begun.headers['location']))}"
    assert (await visitor.get(path)).status == 200
    replayed = await Client(visitor.app, cookies).get(path)
    assert replayed.status == 403
    assert not [c for c in replayed.cookies if c.startswith(SESSION_COOKIE)]


@pytest.mark.parametrize("name", ["code", "state", "iss", "anything"])
async def test_nothing_may_stand_twice_in_an_answer(
    visitor: Client, provider: Provider, hostile: Hostile, name: str
) -> None:
    begun = await visitor.get(beginning(provider))
    answer = hostile.authorize(begun.headers["location"])
    twice = urlencode([*answer.items(), (name, answer.get(name, "x")), (name, "y")])
    assert (await visitor.get(f"{CALLBACK}?{twice}")).status == 403
    assert hostile.forms == []


async def test_a_refusal_is_told_in_the_readers_language_and_ends_the_attempt(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    hostile.claims = {"nonce": "x"}
    visitor.headers["accept-language"] = "zh-HK"
    refused = await through(visitor, hostile, beginning(provider))
    assert refused.status == 403 and "未能通過檢查（token-nonce）" in refused.text
    assert COOKIE not in visitor.cookies and SESSION_COOKIE not in visitor.cookies


async def test_what_the_provider_writes_is_not_shown(
    visitor: Client, provider: Provider, hostile: Hostile
) -> None:
    said = "<b>written-elsewhere</b>"
    refused = await through(
        visitor, hostile, beginning(provider), error=said, error_description=said
    )
    assert refused.status == 403 and "written-elsewhere" not in refused.text


async def test_another_site_does_not_begin_a_sign_in(visitor: Client, provider: Provider) -> None:
    for site in ("cross-site", "same-site"):
        answer = await visitor.get(beginning(provider), sec_fetch_site=site)
        assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
        assert answer.cookies == []


async def test_the_sign_in_page_offers_the_providers_of_its_tenant(
    visitor: Client, provider: Provider, stranger: Actor
) -> None:
    assert "/sign-in/oidc/options" in (await visitor.get("/sign-in")).text
    handle = f"bank-{provider.tenant_id.hex[:12]}"

    async def offered(query: str) -> str:
        here = f"http://{HOST}/sign-in?{query}"
        return (await visitor.get("/sign-in/oidc/options", hx_current_url=here)).text

    text = await offered(f"tenant={handle}&next=/runs")
    assert "Sign in with Example Bank" in text and str(provider.id) in text and "next=/runs" in text
    for other in ("tenant=nobody", f"tenant={stranger.tenant_id}", "tenant=' OR 1=1"):
        assert "Example Bank" not in await offered(other)


async def test_a_name_that_an_administrator_gave_is_text_on_the_button(
    visitor: Client, provider: Provider, installation: Installation
) -> None:
    await installation.change(provider, name="<script>alert('name')</script>")
    here = f"http://{HOST}/sign-in?tenant=bank-{provider.tenant_id.hex[:12]}"
    text = (await visitor.get("/sign-in/oidc/options", hx_current_url=here)).text
    assert "&lt;script&gt;" in text and "<script>" not in text


async def test_a_provider_that_is_not_there_is_said_not_to_be(
    visitor: Client, provider: Provider, stranger: Actor
) -> None:
    other = f"/sign-in/oidc?tenant={stranger.tenant_id}&provider={provider.id}"
    nobody = f"/sign-in/oidc?tenant={provider.id}&provider={provider.id}"
    answers = [await visitor.get(path) for path in (other, nobody)]
    assert [a.status for a in answers] == [404, 404]
    assert answers[0].text == answers[1].text


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.mark.browser
async def test_a_browser_signs_in_across_sites(
    visitor: Client, installation: Installation, house: Any, browser: Browser
) -> None:
    """The provider is another site (localhost) than Lionrock (127.0.0.1): Strict and Lax count."""
    house.oidc = installation.oidc
    async with served(visitor.app) as url:
        back = f"{url}{CALLBACK}"
        with real_provider(back, "ES256", host="localhost") as issuer:
            saved = await installation.save(
                issuer, redirect_uri=back, provision=True,
                provision_roles=frozenset({Role.ANALYST}),
            )  # fmt: skip
            page = await browser.new_page()
            await page.goto(f"{url}{beginning(saved, '/documents')}")
            await page.fill("input[name=username]", "may")
            await page.fill("input[name=password]", str(USERS["may"]["password"]))
            await page.click("button")
            await page.wait_for_url(f"{url}/documents")
            cookies = {c["name"]: c for c in await page.context.cookies()}
            assert cookies[SESSION_COOKIE]["sameSite"] == "Strict"
            assert COOKIE not in cookies
            assert await page.locator("nav").count()
