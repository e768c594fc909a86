"""Attack 32: something that visits the addresses found in documents, questions or answers."""

from __future__ import annotations

import json

import pytest
from aiohttp import ClientSession

from tests.attacks.conftest import Taken
from tests.attacks.doors import fetch
from tests.matrix.world import World


async def test_an_address_in_a_document_a_question_or_an_answer_is_not_visited(
    world: World, client: ClientSession, taken_in: Taken, listener: tuple[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    address, callers = listener
    text = (
        f"# Links\n\nRecords are kept for seven years, see {address}/doc and ![i]({address}/i.png)."
    )
    document = await taken_in("links.md", text.encode())
    assert document["state"] == "ready"
    monkeypatch.setattr(
        world.house.gateway._engine, "_say", f"Seven years, see {address}/said [1]."
    )
    reply = await fetch(
        client, "POST", "/v1/ask", json={"question": f"How long are records of {address}/q kept?"}
    )
    assert reply.status == 200 and json.loads(reply.text)["citations"]
    await fetch(client, "GET", f"/v1/documents/{document['id']}/pages/1/image")
    assert callers == []
