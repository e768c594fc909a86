"""Attack 47: documentation, metrics, debug and administration that answer without a credential."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.attacks.doors import fetch
from tests.matrix.recipes import RECIPES
from tests.matrix.surface import operations
from tests.matrix.world import World

USUAL = (
    "/docs", "/redoc", "/openapi.json", "/v1/openapi.json", "/v1/docs", "/metrics", "/v1/metrics",
    "/debug", "/debug/pprof", "/admin", "/status", "/v1/status", "/env", "/config", "/actuator",
    "/healthz", "/info", "/version", "/server-status", "/.git/HEAD", "/.env", "/api", "/graphql",
    "/v1/models", "/v1/chat/completions", "/static/", "/static/../app.py", "/favicon.ico",
)  # fmt: skip
OPEN = {
    "GET /invitation", "GET /metrics", "GET /sign-in", "GET /sign-in/oidc", "GET /sign-in/oidc/callback",
    "GET /sign-in/oidc/options", "GET /v1/health", "GET /yente/healthz", "GET /yente/readyz",
    "POST /invitation", "POST /language", "POST /sign-in",
}  # fmt: skip
"""What a visitor may do: sign in, choose a language for it, and ask whether the server is alive.

yente's clients ask that at its own two addresses. Metrics take the installation's own token, and nothing without."""


@pytest.mark.parametrize("path", USUAL)
async def test_nothing_of_the_usual_answers_a_visitor(
    world: World, nobody: ClientSession, path: str
) -> None:
    reply = await fetch(nobody, "GET", path)
    assert reply.status in (303, 401, 404, 405), path
    for word in ("paths", "python", "Traceback", "lionrock_", str(world.house.settings.home)):
        assert word not in reply.text


async def test_what_needs_no_credential_is_this_and_no_more(world: World) -> None:
    assert {name for name, row in RECIPES.items() if row.open} == OPEN
    for operation in operations():
        row = RECIPES[operation.id]
        sent = await row.make(world.ours)
        reply = await world.send(operation, sent, "")
        refused = reply.status == 401 or (
            reply.status == 303 and dict(reply.headers)["location"].startswith("/sign-in")
        )
        assert refused or row.open, operation.id


async def test_a_visitor_learns_that_it_is_alive_and_nothing_of_it(nobody: ClientSession) -> None:
    reply = await fetch(nobody, "GET", "/v1/health")
    assert '"ok"' in reply.text
    page = await fetch(nobody, "GET", "/sign-in")
    for told in (reply, page):
        for word in ("postgres", "model", "uvicorn/", "python/"):
            assert word not in (told.text + str(told.headers)).lower()


async def test_an_error_shows_no_trace(
    world: World, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("inner words")

    monkeypatch.setattr(world.house.documents, "list", broken)
    reply = await fetch(client, "GET", "/v1/documents")
    assert reply.status == 500
    assert "inner words" not in reply.text and "Traceback" not in reply.text
    assert "content-security-policy" in reply.headers
