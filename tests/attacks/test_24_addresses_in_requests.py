"""Attack 24: an address in a request (a picture, a webhook, an engine, a tool server, a provider)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.kernel.oidc.fetching import Fetcher
from tests.attacks.waiting import waiting
from tests.matrix.surface import application

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


@waiting("issue 6", "the gateway's chat door, which may be sent an image_url")
def test_a_picture_named_in_a_chat_is_not_fetched() -> None:
    raise AssertionError


@waiting("issue 6", "tools of other servers (MCP) and webhooks are not built")
def test_a_tool_server_or_webhook_is_reached_on_listed_hosts_only() -> None:
    raise AssertionError
