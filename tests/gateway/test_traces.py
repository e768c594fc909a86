"""Traces of the gateway, of runs, searches and ingest, as a collector gets them: what was done, not for whom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import openai
import pytest
from aiohttp import web
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.service import Gateway
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import Capability, Risk, RunContext, Update
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.kernel.permissions import Permission
from lionrock.kernel.telemetry import Telemetry
from lionrock.kernel.telemetry.collector import Collector, sending
from lionrock.kernel.telemetry.spans import Traces
from lionrock.models.engines import ChatRequest
from tests.api.test_metrics import observe, who
from tests.building import at_work, taught
from tests.fakes import ScriptedEngine
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.fakes.server import fake_engine
from tests.gateway.ledger.making import TENANT
from tests.kernel.telemetry.collecting import FakeCollector, collecting, told
from tests.kernel.test_runs import Done, Nothing

_TRACE = "0af7651916cd43dd8448eb211c80319c"


@asynccontextmanager
async def traced(office: Office) -> AsyncIterator[FakeCollector]:
    async with collecting() as fake:
        traces = Traces()
        async with sending(traces, Collector(fake.url, None, Egress()), every=0.01):
            observe(office, Telemetry(traces))
            yield fake


@pytest.fixture
async def office(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Office]:
    async with (
        fake_engine(EngineKind.VLLM, at_once=64) as fake,
        office_of(database, actor, tmp_path, engine(fake.url)) as found,
    ):
        yield found


async def chat(office: Office, **given: Any) -> Any:
    return await office.client.chat.completions.create(  # type: ignore[call-overload]
        model="small", messages=SAID, temperature=0, **given
    )


def beneath(fake: FakeCollector, above: Span) -> dict[str, Span]:
    return {s.name: s for s in fake.spans if s.parent_span_id == above.span_id}


async def test_a_call_is_told_step_by_step(office: Office) -> None:
    async with traced(office) as fake:
        done = await chat(office)
        (root,) = await fake.named("gateway chat/completions")
        await fake.named("ledger settle")
    assert (root.kind, root.parent_span_id, root.status.code) == (Span.SPAN_KIND_SERVER, b"", 0)
    assert told(root) == {"gen_ai.request.model": "small", "lionrock.outcome": "finished"}
    steps = beneath(fake, root)
    assert list(steps) == ["ledger admit", "queue", "chat small", "ledger settle"]
    assert {s.trace_id for s in fake.spans} == {root.trace_id}
    asked = steps["chat small"]
    assert asked.kind == Span.SPAN_KIND_CLIENT
    assert told(asked) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "vllm",
        "gen_ai.request.model": "small",
        "gen_ai.usage.input_tokens": done.usage.prompt_tokens,
        "gen_ai.usage.output_tokens": done.usage.completion_tokens,
        "lionrock.engine": "one",
    }
    for first, second in zip(list(steps.values()), list(steps.values())[1:], strict=False):
        assert first.start_time_unix_nano <= first.end_time_unix_nano
        assert first.end_time_unix_nano <= second.start_time_unix_nano


async def test_a_call_that_is_not_admitted_ends_there(office: Office) -> None:
    limits = LimitService(office.house.database)
    await limits.set(office.actor, TENANT, Limits(requests_per_minute=1))
    async with traced(office) as fake:
        await chat(office)
        with pytest.raises(openai.RateLimitError):
            await chat(office)
        root = (await fake.named("gateway chat/completions", 2))[1]
    assert told(root)["error.type"] == "rate-limited" and root.status.message == ""
    assert list(beneath(fake, root)) == ["ledger admit"]


async def test_each_attempt_is_a_span_with_why_it_failed(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def ill(request: web.Request) -> web.Response:
        return web.json_response({"error": {"message": "secret words"}}, status=503)

    async def well(request: web.Request) -> web.Response:
        return web.json_response(answer())

    async with upstream(ill) as bad, upstream(well) as good:
        engines = engine(bad, "bad", weight=9.0), engine(good, "good")
        async with office_of(database, actor, tmp_path, *engines) as office, traced(office) as fake:
            await chat(office)
            first, second = await fake.named("chat small", 2)
            (root,) = await fake.named("gateway chat/completions")
    assert told(first)["lionrock.engine"] == "bad"
    assert told(first)["error.type"] == "engine-unavailable"
    assert told(second)["lionrock.engine"] == "good" and "error.type" not in told(second)
    assert "error.type" not in told(root)
    assert b"secret" not in b"".join(fake.bodies)


async def test_a_stream_that_its_client_leaves_is_told_as_cancelled(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await reply.prepare(request)
        await reply.write(b'data: {"choices": [{"index": 0, "delta": {"content": "a"}}]}\n\n')
        await asyncio.Event().wait()
        raise AssertionError

    async with (
        upstream(slow) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
        traced(office) as fake,
    ):
        stream = await chat(office, stream=True)
        async for _ in stream:
            break
        await stream.close()
        (root,) = await fake.named("gateway chat/completions")
    assert told(root)["lionrock.outcome"] == "cancelled"


async def test_a_clients_trace_is_neither_joined_nor_passed_on(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    seen: list[dict[str, str]] = []

    async def well(request: web.Request) -> web.Response:
        if request.method == "POST":
            seen.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response(answer())

    sent = {
        "traceparent": f"00-{_TRACE}-b7ad6b7169203331-01",
        "tracestate": "bank=staff-4711",
        "baggage": "userId=alice",
    }
    async with (
        upstream(well) as url,
        office_of(database, actor, tmp_path, engine(url)) as office,
        traced(office) as fake,
    ):
        await chat(office, extra_headers=sent)
        (root,) = await fake.named("gateway chat/completions")
    assert root.trace_id.hex() != _TRACE and not root.trace_state and not root.links
    assert len(seen) == 1 and not sent.keys() & seen[0].keys()
    body = b"".join(fake.bodies)
    assert bytes.fromhex(_TRACE) not in body and b"4711" not in body and b"alice" not in body


async def test_what_a_run_does_is_beneath_it(office: Office) -> None:
    house = office.house
    house.gateway = Gateway(ScriptedEngine("", name="small"), calls=office.calls)

    async def body(run: RunContext, request: Any) -> AsyncIterator[Update]:
        await run.search.find(run.actor, "secret words")
        said = [{"role": "user", "content": "secret words"}]
        async for _ in run.gateway.chat(run, ChatRequest(messages=said, max_tokens=10)):
            pass
        yield Done()

    declared = Capability("test.run", Risk.LOW, Permission.ASSIST_ASK_RUN, Nothing, Done, body)
    async with traced(office) as fake:
        context = RunContext(office.actor, uuid4(), house.search, house.gateway)
        live = await house.runs.begin(context, declared, Nothing())
        async for _ in live.follow():
            pass
        (root,) = await fake.named("run test.run")
        (call,) = await fake.named("gateway chat/completions")
    assert list(beneath(fake, root)) == ["search", "gateway chat/completions"]
    assert call.kind == Span.SPAN_KIND_INTERNAL and call.trace_id == root.trace_id
    assert b"secret" not in b"".join(fake.bodies)


async def test_the_steps_of_ingest_are_told_without_the_document(office: Office) -> None:
    async with traced(office) as fake, at_work(office.house.ingest):
        document = await taught(
            office.house, office.actor, "secret-name.md", "# Secret\n\nsecret words"
        )
        for step in ("ingest parse", "ingest index", "ingest embed"):
            (span,) = await fake.named(step)
            assert told(span) == {}
    body = b"".join(fake.bodies)
    assert b"ecret" not in body and str(document.id).encode() not in body
    assert document.id.bytes not in body


async def test_nothing_of_anybody_reaches_the_collector(office: Office) -> None:
    secret = "麒麟" + uuid4().hex
    said = [{"role": "user", "content": f"Repeat exactly: {secret}"}]
    async with traced(office) as fake:
        reply = await office.client.chat.completions.create(
            model="small",
            messages=said,  # type: ignore[arg-type]
            temperature=0,
            extra_headers={"user-agent": secret.encode().hex()},
        )
        with pytest.raises(openai.NotFoundError):
            await office.client.chat.completions.create(model=secret, messages=said)  # type: ignore[arg-type]
        await fake.named("ledger settle")
        (row,) = await office.rows(1)
    assert secret in str(reply.choices[0].message.content), "else it was not there to leak"
    sent = b"".join(fake.bodies) + repr(fake.headers).encode()
    for word in (secret, secret.encode().hex(), row["id"].hex, *who(office)):
        if word not in ("127.0.0.1", "localhost"):  # of the collector itself, in its Host
            assert word.encode() not in sent, word
    for id in (office.actor.tenant_id, office.actor.id, row["id"], row["key_id"]):
        assert id.bytes not in sent, "nor as bytes"


async def test_a_collector_that_is_down_harms_no_call(office: Office) -> None:
    traces = Traces(most=6)
    async with sending(traces, Collector("http://127.0.0.1:9", None, Egress()), every=0.001):
        observe(office, Telemetry(traces))
        for _ in range(3):
            assert (await chat(office)).choices[0].message.content == "salt wave gull"
        await office.rows(3)
    assert traces.sent == 0 and len(traces) <= 6 and traces.dropped >= 9


async def test_without_a_collector_no_span_is_made(office: Office) -> None:
    observe(office)
    await chat(office)
    assert office.house.telemetry.traces is None
    async with aiohttp.ClientSession() as http, http.get(f"{office.url}/metrics") as reply:
        assert reply.status == 401
