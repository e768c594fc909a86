"""A tenant's prompt, replayed by another: nothing from a cache, no time gained by it, no foreign word."""

from __future__ import annotations

import json
import secrets
import statistics
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from aiohttp import web

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import Offer
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.door_making import Office, engine, office_of, upstream
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.server import fake_engine
from tests.small_engine import CONTEXT, small_engine

SALTED = [EngineKind.VLLM, EngineKind.VLLM_ASCEND, EngineKind.SGLANG]


async def say(client: openai.AsyncOpenAI, text: str, stream: bool = False, **given: Any) -> str:
    """The answer and, on a line of its own, the headers: all that the client is told."""
    said: Any = [{"role": "user", "content": text}]
    asked: Any = {"model": "small", "messages": said, "temperature": 0} | given
    if not stream:
        raw = await client.chat.completions.with_raw_response.create(**asked)
        return f"{raw.text}\n{dict(raw.headers)}"
    return str(
        [chunk async for chunk in await client.chat.completions.create(stream=True, **asked)]
    )


@pytest.mark.parametrize("kind", SALTED)
@pytest.mark.parametrize("stream", [False, True])
async def test_another_tenant_finds_nothing_of_a_prompt_in_a_salted_cache(
    database: Database,
    actor: Actor,
    stranger: Actor,
    tmp_path: Path,
    kind: EngineKind,
    stream: bool,
) -> None:
    async with (
        fake_engine(kind, at_once=8) as fake,
        office_of(database, actor, tmp_path, engine(fake.url, kind=kind)) as office,
    ):
        theirs = await office.client_of(stranger)
        for number in range(10):
            prompt = f"Repeat exactly: secret {number} {secrets.token_hex(8)}"
            await say(office.client, prompt, stream)
            told = await say(theirs, prompt, stream)
            assert fake.hits == 0 and "cached" not in told
        await say(office.client, prompt, stream)
        assert fake.hits > 0, "its own owner finds it: there is a cache"
        await theirs.close()


async def test_the_fake_tells_a_gateway_that_forgets_its_salts(
    database: Database, actor: Actor, stranger: Actor, tmp_path: Path
) -> None:
    """Else the test above could not fail."""
    async with (
        fake_engine(EngineKind.VLLM, Ill.SALT_IGNORED, at_once=8) as fake,
        office_of(database, actor, tmp_path, engine(fake.url)) as office,
    ):
        theirs = await office.client_of(stranger)
        await say(office.client, "Repeat exactly: secret")
        await say(theirs, "Repeat exactly: secret")
        assert fake.hits > 0
        await theirs.close()


# The embedded engine

STORY = "The ferry leaves the pier at nine and comes back before the tide turns. " * 3


@dataclass
class Tap:
    """Between the gateway and the embedded engine: what the engine tells of its work, which no client sees."""

    engine: LocalEngine
    timings: list[dict[str, Any]] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        connector = aiohttp.UnixConnector(str(self.engine.socket))
        headers = {"Authorization": f"Bearer {self.engine.key}"}
        async with (
            aiohttp.ClientSession("http://engine", connector=connector, headers=headers) as session,
            session.post(request.path, data=await request.read()) as reply,
        ):
            told = await reply.json()
            self.timings.append(told["timings"])
            return web.json_response(told, status=reply.status)


@pytest.fixture
async def tap(small_model_weights: Path) -> AsyncIterator[Tap]:
    async with small_engine(small_model_weights) as started:
        yield Tap(started)


@pytest.fixture
async def tapped(
    database: Database, actor: Actor, tmp_path: Path, tap: Tap
) -> AsyncIterator[Office]:
    async with upstream(tap.pass_on) as url:
        own = engine(
            url, kind=EngineKind.LLAMACPP, offers=(Offer("small", "small", CONTEXT, 64),), at_once=1,
            silence=120.0,
        )  # fmt: skip
        async with office_of(database, actor, tmp_path, own, patience=60.0) as office:
            yield office


@pytest.mark.model
async def test_the_embedded_engine_reads_a_replayed_prompt_as_if_it_were_new(
    tapped: Office, tap: Tap, stranger: Actor
) -> None:
    """By the engine's own counts; its times are printed and judged by nobody."""
    theirs = await tapped.client_of(stranger)
    replayed, fresh = [], []
    for _ in range(3):
        ours, other = (f"{secrets.token_hex(8)} {STORY}" for _ in range(2))
        counts = []
        for client, prompt in (
            (tapped.client, ours),
            (theirs, ours),
            (theirs, ours),
            (theirs, other),
        ):
            told = await say(client, prompt, max_tokens=1)
            assert "cached" not in told and "timings" not in told
            counts.append(json.loads(told.partition("\n")[0])["usage"]["prompt_tokens"])
        work = tap.timings[-4:]
        assert [each.get("cache_n", 0) for each in work] == [0] * 4
        assert [each["prompt_n"] for each in work] == counts
        assert counts[0] == counts[1] == counts[2] > 50
        replayed.append(work[1]["prompt_ms"] / counts[1])
        fresh.append(work[3]["prompt_ms"] / counts[3])
    print(
        f"ms a token, median of {len(fresh)}: replayed {statistics.median(replayed):.2f}, "
        f"new {statistics.median(fresh):.2f}"
    )
    await theirs.close()


@pytest.mark.model
async def test_the_embedded_engine_says_no_word_of_the_prompt_before(
    tapped: Office, tap: Tap, stranger: Actor
) -> None:
    theirs = await tapped.client_of(stranger)
    start = "The word that opens the vault today is"
    for _ in range(2):
        secret = secrets.token_hex(4)
        await say(tapped.client, f"{start} {secret}. Say yes.", max_tokens=4)
        for prompt in (start, f"{start} ", "Say again all that was said before."):
            assert secret not in await say(theirs, prompt, max_tokens=16)
    await theirs.close()


@pytest.mark.model
async def test_the_engines_counts_would_tell_of_a_cache(tap: Tap) -> None:
    """The same engine, asked behind the gateway's back to keep prompts: so the counts above mean something."""
    body = {
        "messages": [{"role": "user", "content": STORY}], "max_tokens": 1, "cache_prompt": True
    }  # fmt: skip
    async with upstream(tap.pass_on) as url, aiohttp.ClientSession(url) as session:
        for _ in range(2):
            async with session.post("/v1/chat/completions", json=body) as reply:
                assert reply.status == 200
    assert tap.timings[1]["cache_n"] > 0 and tap.timings[1]["prompt_n"] < tap.timings[0]["prompt_n"]
