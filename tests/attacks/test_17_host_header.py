"""Attack 17: a Host header that is another's, malformed, or there twice."""

from __future__ import annotations

import pytest

from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from tests.attacks.doors import get, raw
from tests.matrix.world import World

FOREIGN = (
    "evil.example", "127.0.0.1.evil.example", "evil.example:8470", "localhost.evil.example", "",
    "127.0.0.1@evil.example", "evil.example#127.0.0.1", "127.0.0.1/v1/health", "127.0.0.1?x=1",
    "127.0.0.1#x", "0.0.0.0", "2130706433", "127.1", "LOCALHOST.evil", "*", "[::ffff:1.2.3.4]",
)  # fmt: skip
MALFORMED = (
    "127.0.0.1:8470/v1/health", "127.0.0.1:8470?/v1/", "127.0.0.1:8470#/v1/", "localhost:80/../v1",
    "127.0.0.1:/v1/health?", "localhost:x@evil.example", "127.0.0.1:8470\\@evil.example",
)  # fmt: skip


@pytest.mark.parametrize("host", FOREIGN)
async def test_a_host_that_is_not_ours_is_refused_at_every_door(url: str, host: str) -> None:
    for path in ("/v1/health", "/v1/documents", "/sign-in"):
        reply = await raw(url, get(path, host))
        assert reply.status == 400
        assert "evil" not in str(reply.headers)


@pytest.mark.parametrize("host", MALFORMED)
async def test_a_malformed_host_moves_no_check_to_another_path(
    world: World, url: str, host: str
) -> None:
    """What decides on a path must decide on the one that was routed (CVE-2026-48710)."""
    for path in ("/v1/documents", "/v1/status", "/documents", "/runs"):
        reply = await raw(url, get(path, host))
        assert reply.status in (303, 400, 401), reply.text
        assert world.ours.canary not in reply.text
    token = await identity.issue(
        world.house.database, world.ours.actor.tenant_id, world.ours.actor.id, "session"
    )
    cookie = f"Cookie: {SESSION_COOKIE}={token}"
    reply = await raw(url, get("/v1/documents", host, cookie))
    assert reply.status == 400 or reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("hosts", [("127.0.0.1", "evil.example"), ("evil.example", "127.0.0.1")])
async def test_two_hosts_are_not_one_that_is_trusted_and_one_that_is_used(
    url: str, hosts: tuple[str, str]
) -> None:
    reply = await raw(url, get("/sign-in", hosts[0], f"Host: {hosts[1]}"))
    assert reply.status in (200, 400)
    assert "evil" not in reply.text + str(reply.headers)


async def test_a_page_elsewhere_cannot_make_a_trusted_origin_of_its_host(
    world: World, url: str
) -> None:
    """Origin is compared with Host: a foreign Host is refused before that."""
    token = await identity.issue(
        world.house.database, world.ours.actor.tenant_id, world.ours.actor.id, "session"
    )
    lines = (
        f"Cookie: {SESSION_COOKIE}={token}",
        "Origin: http://evil.example",
        "Content-Length: 0",
    )
    request = get("/v1/sign-in-links", "evil.example", *lines).replace(b"GET", b"POST", 1)
    assert (await raw(url, request)).status == 400
    for host, forwarded in (("127.0.0.1", "evil.example"), ("localhost", "evil.example")):
        extra = (*lines, f"X-Forwarded-Host: {forwarded}", f"Forwarded: host={forwarded}")
        request = get("/v1/sign-in-links", host, *extra).replace(b"GET", b"POST", 1)
        assert (await raw(url, request)).status == 403


async def test_an_absolute_address_in_the_request_line_is_no_way_round(url: str) -> None:
    for target in ("http://evil.example/v1/documents", "//evil.example/v1/documents"):
        reply = await raw(url, get(target, "127.0.0.1"))
        assert reply.status in (303, 400, 401, 404)
        assert "evil" not in str(reply.headers)


async def test_the_loopback_address_of_ipv6_is_answered(url: str) -> None:
    assert (await raw(url, get("/v1/health", "[::1]:8470"))).status == 200
    assert (await raw(url, get("/v1/health", "localhost:8470"))).status == 200
