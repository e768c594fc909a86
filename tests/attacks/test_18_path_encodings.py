"""Attack 18: a path written another way, a doubled slash, a trailing dot, a method in a header."""

from __future__ import annotations

import pytest

from lionrock.kernel import identity
from tests.attacks.doors import get, raw
from tests.matrix.world import World

PATHS = (
    "/%76%31/documents", "/v1//documents", "//v1/documents", "/v1/documents/", "/v1/documents.",
    "/v1/documents%20", "/v1/documents;x=1", "/v1/./documents", "/v1/health/../documents",
    "/v1/health/%2e%2e/documents", "/v1/health%2f..%2fdocuments", "/V1/documents", "/v1/DOCUMENTS",
    "/v1/documents%00", "/v1/documents%0d%0aX: y", "/v1/documents?x=/v1/health", "/v1/documents%23",
    "/\\v1/documents", "/v1\\documents", "/v1/documents%2f", "/%2e%2e/v1/documents",
    "/static/../v1/documents", "/static/%2e%2e/%2e%2e/v1/documents", "/sign-in/../documents",
)  # fmt: skip
FILES = (
    "/static/../web/auth.py", "/static/%2e%2e/auth.py", "/static/..%2fauth.py", "/static/....//auth.py",
    "/static//etc/passwd", "/static/%2fetc/passwd", "/static/vendor/../../auth.py",
    "/static/..%5cauth.py", "/static/%252e%252e/auth.py", "/static/app.css%00.py", "/static/",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_no_spelling_of_a_path_opens_it_without_a_credential(
    world: World, url: str, path: str
) -> None:
    reply = await raw(url, get(path))
    assert reply.status in (303, 307, 400, 401, 404)
    assert world.ours.canary not in reply.text
    location = reply.headers.get("location", "/")
    assert location.startswith(("/", "http://127.0.0.1/")) and not location.startswith("//")


@pytest.mark.parametrize("path", FILES)
async def test_the_static_files_are_those_of_the_pages_and_no_other(url: str, path: str) -> None:
    reply = await raw(url, get(path))
    assert reply.status in (400, 404)
    assert "import" not in reply.text and "root:" not in reply.text


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
async def test_a_header_or_field_does_not_make_another_method(
    world: World, url: str, header: str
) -> None:
    key = await identity.issue(
        world.house.database, world.ours.actor.tenant_id, world.ours.actor.id, "key"
    )
    path = f"/v1/documents/{world.ours.document}"
    lines = (f"Authorization: Bearer {key}", f"{header}: DELETE")
    before = await world.state()
    assert (await raw(url, get(path, "127.0.0.1", *lines))).status == 200
    assert (await raw(url, get(f"{path}?_method=DELETE", "127.0.0.1", *lines))).status == 200
    post = get(path, "127.0.0.1", *lines, "Content-Length: 0").replace(b"GET", b"POST", 1)
    assert (await raw(url, post)).status == 405
    assert await world.state() == before


@pytest.mark.parametrize(
    "ending",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/documents HTTP/1.1\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"Content-Length: -1\r\n\r\n", b"Content-Length: 0x10\r\n\r\n",
    ],
)  # fmt: skip
async def test_a_request_with_two_lengths_is_not_two_requests(
    world: World, url: str, ending: bytes
) -> None:
    request = b"POST /v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + ending
    reply = await raw(url, request)
    assert reply.status in (0, 400, 401)
    assert world.ours.canary not in reply.text


async def test_a_header_cannot_be_split_into_an_answer(world: World, url: str) -> None:
    """CR and LF in what a redirect repeats."""
    request = (
        b"POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
    )
    for back in (b"/%0d%0aSet-Cookie:x=1", b"/%0aX:y", b"/%E5%98%8A%E5%98%8DX:y", b"/\xff"):
        body = b"language=en&back=" + back
        reply = await raw(url, request % (len(body), body))
        assert reply.status in (303, 400, 422)
        assert "x=1" not in reply.headers.get("set-cookie", "") and "x" not in reply.headers
