"""Attack 39: a model that never stops, an answer without end, calls that pile up, a budget overrun."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from lionrock.assist.wording import MOST_SENTENCES, MOST_TOKENS
from lionrock.gateway.service import Gateway
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.attacks.doors import fetch
from tests.attacks.waiting import waiting
from tests.fakes import ScriptedEngine
from tests.matrix.world import QUESTION, World


class NeverEnds(ScriptedEngine):
    """Says the same sentence for ever, and counts how many calls are in it at once."""

    at_once = most = said = 0

    async def chat(self, request: ChatRequest) -> AsyncIterator[Delta | Finished]:
        self.requests.append(request)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            while True:
                self.said += 1
                yield Delta("The records are kept for seven years [1]. ")
                await asyncio.sleep(0)
        finally:
            self.at_once -= 1


async def test_a_model_that_never_stops_is_stopped(
    world: World, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = NeverEnds("")
    monkeypatch.setattr(world.house.gateway, "_engine", engine)
    reply = await fetch(client, "POST", "/v1/ask", json={"question": QUESTION})
    assert len(json.loads(reply.text)["sentences"]) <= MOST_SENTENCES
    assert engine.at_once == 0 and engine.said < 1000
    assert all(0 < request.max_tokens <= MOST_TOKENS for request in engine.requests)


async def test_calls_take_turns_at_an_engine_that_has_one_place(
    world: World, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = NeverEnds("")
    monkeypatch.setattr(world.house, "gateway", Gateway(engine, at_once=1))
    body = {"question": QUESTION}
    replies = await asyncio.gather(*(fetch(client, "POST", "/v1/ask", json=body) for _ in range(8)))
    assert {r.status for r in replies} == {200}
    assert engine.most == 1 and engine.at_once == 0


async def test_a_reader_who_leaves_stops_the_call_he_paid_for(
    world: World, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = NeverEnds("")
    monkeypatch.setattr(world.house.gateway, "_engine", engine)
    headers = {"Accept": "text/event-stream"}
    async with client.post("/v1/ask", json={"question": QUESTION}, headers=headers) as response:
        await response.content.readline()
    for _ in range(500):
        if engine.at_once == 0:
            break
        await asyncio.sleep(0.01)
    assert engine.at_once == 0


async def test_a_question_and_a_search_have_a_greatest_length(client: ClientSession) -> None:
    long = {"question": "x" * 2001}
    assert (await fetch(client, "POST", "/v1/ask", json=long)).status == 422
    for params in ({"q": "x" * 2001}, {"q": "x", "limit": "1000"}, {"q": "x", "limit": "-1"}):
        assert (await fetch(client, "GET", "/v1/search", params=params)).status == 422


@waiting("issue 6", "the gateway's budgets: what tokens cost, and who may spend how much")
def test_a_budget_that_is_spent_refuses_the_next_call() -> None: ...
