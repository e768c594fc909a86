"""Attack 37: words of an untrusted document that end up in a field that leaves the house."""

from __future__ import annotations

import re

import pytest
from aiohttp import ClientSession

from lionrock.kernel.capabilities import capabilities
from tests.attacks.doors import fetch, spoken
from tests.attacks.waiting import waiting


async def test_no_capability_takes_a_destination(client: ClientSession) -> None:
    """Nothing goes out today: a request that names where to is refused, whatever its words came from."""
    for field in ("to", "recipient", "send_to", "path", "tool", "tools", "arguments"):
        reply = await fetch(client, "POST", "/v1/ask", json={"question": "x", field: "evil"})
        assert reply.status == 422


async def test_no_tool_takes_a_destination(client: ClientSession) -> None:
    """What a client's model read in a document it may pass to a tool: nothing of it can leave by that."""
    listed = await spoken(client, "tools/list", {})
    assert listed["result"]["tools"]
    for tool in listed["result"]["tools"]:
        assert tool["annotations"]["openWorldHint"] is False
        for field in ("to", "recipient", "send_to", "path", "webhook", "command"):
            call = {"name": tool["name"], "arguments": {field: "evil"}}
            told = (await spoken(client, "tools/call", call))["result"]
            assert told["isError"] and f"{field}: Extra inputs" in told["content"][0]["text"]


@pytest.mark.parametrize("word", ["send", "deliver", "email", "publish", "execute", "write"])
def test_no_capability_is_declared_that_sends(word: str) -> None:
    """One that will needs taint on its arguments first."""
    begins = re.compile(rf"(?<![a-z]){word}")
    assert [c.id for c in capabilities() if begins.search(c.id)] == []


@waiting(
    "procedures",
    "the desk drafts what someone may send: the procedures that send it carry the taint",
)
def test_an_outbound_field_holds_no_words_of_an_untrusted_document_without_approval() -> None: ...
