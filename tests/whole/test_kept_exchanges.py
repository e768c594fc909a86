"""What is asked at the OpenAI door: kept nowhere under `metadata` and `none`, and under `standard` sealed.

A real server each time. Every table, file and line that was printed is looked through for marked words,
as in `test_zero_retention`; and one is killed between the answer and the keeping of it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import aiohttp

from lionrock.cli.client import running
from lionrock.gateway.ledger.service import LEASE
from tests.models.fake_openai import fake_openai, stream
from tests.whole.test_killed_call import Installation, _are, until
from tests.whole.test_killed_call import installation as installation  # a fixture
from tests.whole.test_zero_retention import Served, _bytes, _files, canary, served
from tests.whole.test_zero_retention import swept as swept  # a fixture

_STANDARD = {"guards": {}, "retention": "standard"}


def prompt(word: str) -> str:
    """Of words that do not compress: what is kept of it is larger than what else a call leaves."""
    return f"{secrets.token_hex(3_000)} {word}"


async def chatted(
    server: Served, words: str, *, zero_retention: bool = False, asks: str = "standard"
) -> str:
    """The id of the call."""
    key = await server.key(zero_retention=zero_retention)
    headers = {"Authorization": f"Bearer {key}", "x-lionrock-retention": asks}
    async with server.http.get("/v1/models", headers=headers) as reply:
        model = (await reply.json())["data"][0]["id"]
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": words}]}
    await server.large()
    async with server.http.post("/v1/chat/completions", json=body, headers=headers) as reply:
        told = await reply.text()
        assert reply.status == 200 and "[DONE]" in told, told
        id = reply.headers["x-request-id"]
    await until(lambda: settled(server, id))
    return id


async def settled(server: Served, id: str) -> bool:
    found = await server.admin.fetchval(
        "SELECT outcome FROM lionrock.gateway_usage WHERE id = $1", id
    )
    return bool(found == "finished")


async def keeps(server: Served) -> None:
    async with server.http.put(
        "/v1/gateway/policy", json={"version": 0, "policy": _STANDARD}
    ) as reply:
        assert reply.status == 200, await reply.text()


async def test_words_are_kept_sealed_under_standard_and_else_not_at_all(
    embedding_weights: Path,
) -> None:
    said = canary()
    async with fake_openai() as engine:
        engine.answer = [stream(f"It was {said}.", usage=(7, 2))]
        async with served(LIONROCK_ENGINE=f"{engine.url}/v1") as server:
            less = [canary() for _ in range(3)]
            await chatted(server, prompt(less[0]))
            assert await server.large() == [], "a tenant that decided nothing keeps metadata"
            await keeps(server)
            await chatted(server, prompt(less[1]), asks="none")
            assert await server.large() == []
            await chatted(server, prompt(less[2]), zero_retention=True)
            assert await server.large() == []
            assert all(any(w in str(asked) for _, asked in engine.asked) for w in less)
            for word in (*less, said):
                assert await server.holds(word) == []

            kept = canary()
            id = await chatted(server, prompt(kept))
            assert await server.large() == ["gateway_exchanges"]
            async with server.http.get(f"/v1/gateway/exchanges/{id}") as reply:
                found: dict[str, Any] = await reply.json()
            assert kept in found["request"]
            assert found["answer"]["choices"][0]["content"] == f"It was {said}."
            for word in (kept, said):
                assert await server.holds(word) == []
        for word in (*less, kept, said):
            assert not [p for p in _files(server.home) if word.encode() in _bytes(p)]


async def test_a_server_killed_before_it_kept_an_answer_calls_it_lost(
    installation: Installation,
) -> None:
    """The client has the answer, and it is kept nowhere: the call is then never one that finished."""

    async def ask(words: str) -> str:
        async with installation.client() as client:
            done = await client.chat.completions.create(
                model="small", temperature=0, messages=[{"role": "user", "content": words}]
            )
        return done.choices[0].message.content or ""

    async def count() -> int:
        return int(await installation.admin.fetchval("SELECT count(*) FROM gateway_exchanges"))

    async with installation.up() as process:
        await _decide(installation)
        assert await ask("Repeat exactly: one") == "one"
        await until(lambda: _are(installation, ["finished"]))
        assert await count() == 1
        async with installation.admin.transaction():
            await installation.admin.execute("LOCK TABLE gateway_exchanges IN EXCLUSIVE MODE")
            assert await ask("Repeat exactly: two") == "two", "the client does not wait for it"
            assert await installation.outcomes() == ["finished", "started"]
            process.kill()
            await process.wait()
    assert (await installation.outcomes(), await count()) == (["finished", "started"], 1)
    await installation.admin.execute(
        "UPDATE gateway_instances SET beat_at = beat_at - $1::interval * 2", LEASE
    )
    async with installation.up():
        await until(lambda: _are(installation, ["finished", "lost"]))
        assert await count() == 1
        await ask("Repeat exactly: three")
        await until(lambda: _are(installation, ["finished", "lost", "finished"]))
        assert await count() == 2


async def _decide(installation: Installation) -> None:
    facts = running(installation.home)
    assert facts
    headers = {"Authorization": f"Bearer {facts['key']}"}
    async with (
        aiohttp.ClientSession(facts["url"], headers=headers) as session,
        session.put("/v1/gateway/policy", json={"version": 0, "policy": _STANDARD}) as reply,
    ):
        assert reply.status == 200, await reply.text()
