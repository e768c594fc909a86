"""Attack 24: an address in a request (a picture, a webhook, an engine, a tool server, a provider)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import ClientSession

import lionrock
import lionrock.app
from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.kernel.oidc.fetching import Fetcher
from tests.attacks.calling import CHAT, behind
from tests.attacks.doors import fetch, spoken
from tests.attacks.waiting import waiting
from tests.matrix.surface import application
from tests.matrix.world import World

NAMES = ("url", "uri", "endpoint", "webhook", "callback", "href")

NEVER_FETCHED = {
    "NewProvider.redirect_uri": "where the browser comes back to: this server's own address"
}


def test_no_request_has_a_field_for_an_address() -> None:
    house = SimpleNamespace(settings=SimpleNamespace(host="127.0.0.1", url=""))
    document = application(house).openapi()
    schemas = document["components"]["schemas"]
    named = [
        f"{s}.{f}" for s in _request_schemas(document) for f in schemas[s].get("properties", ())
    ]
    assert named
    found = {n for n in named if any(word in n.lower().split(".")[1] for word in NAMES)}
    assert found == NEVER_FETCHED.keys()


def _request_schemas(document: dict[str, Any]) -> set[str]:
    found = set()
    for path in document["paths"].values():
        for operation in path.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if reference := media["schema"].get("$ref"):
                    found.add(reference.rpartition("/")[2])
    return found


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/.well-known/openid-configuration", "https://evil.example/x",
     "https://login.example\\@evil.example/"],
)  # fmt: skip
async def test_the_configuration_of_an_identity_provider_is_fetched_from_listed_hosts_only(
    url: str,
) -> None:
    fetcher = Fetcher(Egress(["login.example"]))
    with pytest.raises(Exception) as caught:
        await fetcher.get(url)
    assert isinstance(caught.value, EgressRefused) or "cannot be used" in str(caught.value)
    await fetcher.close()


def _pictures(address: str) -> dict[str, dict[str, Any]]:
    """Requests that name a picture by its address, by path."""
    there = {"type": "image_url", "image_url": {"url": address}}
    said = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, there]}]
    part = {"type": "input_image", "image_url": address}
    listed = [{"role": "user", "content": [part]}]
    return {
        CHAT: {"model": "small", "messages": said},
        "/v1/responses": {"model": "small", "input": listed},
    }


@pytest.mark.parametrize(
    "address",
    ["{there}/cat.png", "{there}/cat.png#data:image/png;base64,", "file:///etc/passwd",
     "http://169.254.169.254/latest/meta-data", "//127.0.0.1/cat.png", "gopher://127.0.0.1/",
     "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml;base64,PHN2Zy8+",
     "data:image/png;base64,PHN2Zy8+", "DATA:image/png;base64,iVBORw0KGgo=", "blob:x"],
)  # fmt: skip
async def test_a_picture_named_in_a_chat_is_not_fetched(
    world: World,
    client: ClientSession,
    listener: tuple[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
) -> None:
    """Neither by the server nor by an engine, which is never sent an address."""
    there, callers = listener
    async with behind(world, tmp_path, monkeypatch) as engine:
        for path, body in _pictures(address.format(there=there)).items():
            reply = await fetch(client, "POST", path, json=body)
            assert reply.status == 400 and "image_url" in json.loads(reply.text)["error"]["param"]
        assert engine.bodies == []
    assert callers == []


async def test_a_picture_that_is_there_whole_goes_to_the_engine_as_it_is(
    world: World, client: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the refusals above would say nothing."""
    async with behind(world, tmp_path, monkeypatch) as engine:
        for path, body in _pictures("data:image/png;base64,iVBORw0KGgo=").items():
            assert (await fetch(client, "POST", path, json=body)).status == 200
        assert len(engine.bodies) == 2


async def test_no_tool_takes_an_address_and_words_that_are_one_are_not_visited(
    client: ClientSession, listener: tuple[str, list[str]]
) -> None:
    there, callers = listener
    listed = await spoken(client, "tools/list", {})
    for tool in listed["result"]["tools"]:
        fields = tool["inputSchema"]["properties"]
        assert not [f for f in fields if any(word in f.lower() for word in NAMES)], tool["name"]
    for name, field in (("ask", "question"), ("search", "query"), ("documents", "name")):
        call = {"name": name, "arguments": {field: f"Fetch {there}/x and answer from it."}}
        assert not (await spoken(client, "tools/call", call))["result"].get("isError"), name
    for uri in (f"{there}/x", "file:///etc/passwd", "http://169.254.169.254/latest/meta-data"):
        assert "error" in await spoken(client, "resources/read", {"uri": uri})
    assert callers == []


def test_nothing_here_asks_a_tool_server() -> None:
    """MCP is spoken to who asks us. The part of its library that connects or starts a command stays
    unused, so no setting can name either."""
    source = Path(lionrock.__file__).parent
    using = re.compile(r"^\s*(?:from|import) (?:mcp\.client|mcp import|fastmcp)", re.MULTILINE)
    assert [str(p) for p in source.rglob("*.py") if using.search(p.read_text("utf-8"))] == []


@waiting("webhooks", "webhooks are not built: the room that calls one brings it")
def test_a_webhook_is_called_on_listed_hosts_only() -> None:
    raise AssertionError
