"""Attack 28: an HTML or SVG file that runs in the reader's browser when it is opened."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from tests.attacks.conftest import Taken
from tests.attacks.doors import fetch
from tests.attacks.markup import active
from tests.matrix.surface import operations

ACTIVE = (
    b"<html><body><p>Visible words</p><script>alert(document.cookie)</script>WORDS</body></html>"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text>Visible words</text></svg>'


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "note.md", "words.txt"])
async def test_active_content_reaches_a_browser_as_a_picture_or_as_text(
    client: ClientSession, browser: ClientSession, taken_in: Taken, name: str
) -> None:
    data = SVG if name.endswith("svg") else ACTIVE.replace(b"WORDS", SVG)
    document = await taken_in(name, data + name.encode())
    if document["state"] == "failed":
        return  # not read at all: nothing is shown
    address = f"/documents/{document['id']}/pages/1"
    page = await fetch(browser, "GET", address)
    assert page.status == 200
    assert active(page.text) == []
    picture = await fetch(client, "GET", f"/v1{address}/image")
    assert picture.headers["content-type"] == "image/png"
    for reply in (page, picture):
        assert reply.headers["x-content-type-options"] == "nosniff"
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"


TABLES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
OF_OURS = ("application/json", "application/problem+json", "text/html", "image/png", "")


async def test_no_door_gives_a_file_back_as_it_came(
    client: ClientSession, browser: ClientSession, taken_in: Taken
) -> None:
    """Every GET of a document answers JSON, a page of ours, a PNG, or a table of ours to be saved."""
    document = await taken_in("raw.html", ACTIVE.replace(b"WORDS", b"raw"))
    for operation in operations():
        if operation.method == "GET" and "{document_id}" in operation.path:
            path = operation.path.replace("{document_id}", document["id"]).replace("{number}", "1")
            reply = await fetch(client if operation.api else browser, "GET", path)
            kind = reply.headers.get("content-type", "").partition(";")[0]
            if reply.headers.get("content-disposition", "").startswith("attachment"):
                assert kind in TABLES and reply.headers["x-content-type-options"] == "nosniff", path
                continue
            assert kind in OF_OURS, path
            assert kind != "text/html" or active(reply.text) == [], path
