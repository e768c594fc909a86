"""Attack 39: a model that never stops, an answer without end, calls that pile up, a budget overrun."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from lionrock.assist.wording import MOST_SENTENCES, MOST_TOKENS
from lionrock.gateway.service import Gateway
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.attacks.calling import CHAT, SECRET, behind, budgeted, chat
from tests.attacks.doors import fetch
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


async def test_a_budget_that_is_spent_refuses_the_next_call(
    world: World, client: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At one millionth a token; the worst case of a call is less than 400 of them."""
    async with behind(world, tmp_path, monkeypatch) as engine, budgeted(world, 1000):
        statuses = []
        while len(statuses) < 400 and 402 not in statuses:
            reply = await chat(client, max_tokens=30)
            statuses.append(reply.status)
        assert statuses[0] == 200 and statuses[-1] == 402
        told = json.loads(reply.text)["error"]
        assert told["code"] == "insufficient_quota"
        served = len(engine.bodies)
        assert served == statuses.count(200)
        for path, body in (
            (CHAT, {"messages": [{"role": "user", "content": SECRET}], "stream": True}),
            ("/v1/responses", {"input": SECRET}),
            ("/v1/embeddings", {"input": [SECRET] * 40}),
        ):
            assert (await fetch(client, "POST", path, json={"model": "small"} | body)).status == 402
        assert len(engine.bodies) == served, "what was refused was sent all the same"


async def test_an_answer_without_end_is_cut_at_what_was_reserved_for_it(
    world: World, client: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with behind(world, tmp_path, monkeypatch) as engine:
        reply = await chat(client, "Count from one, and do not stop")
        told = json.loads(reply.text)
        assert told["choices"][0]["finish_reason"] == "length"
        assert told["usage"]["completion_tokens"] == engine.bodies[0]["max_tokens"] == 512
        for field, value in (
            ("max_tokens", 513), ("max_completion_tokens", 10**9), ("n", 100), ("best_of", 50),
            ("ignore_eos", True), ("min_tokens", 512), ("use_beam_search", True),
        ):  # fmt: skip
            reply = await chat(client, **{field: value})
            assert reply.status == 400 and json.loads(reply.text)["error"]["param"] == field
        assert len(engine.bodies) == 1
