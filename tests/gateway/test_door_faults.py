"""Races, clients that leave and engines that fail: what is sent, what is charged, what is kept."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from aiohttp import web

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.guards.kinds import Kind
from lionrock.gateway.guards.policy import Action, Policy
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.pool import Trust
from lionrock.gateway.service import Gateway
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import RunContext
from lionrock.kernel.database import Database
from lionrock.models.engines import ChatRequest, Delta, Finished
from tests.fakes import ScriptedEngine
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.server import FakeEngine, fake_engine
from tests.gateway.ledger.making import TENANT

COUNT: Any = [{"role": "user", "content": "Count from one"}]


async def posted(office: Office, **more: Any) -> tuple[int, str, dict[str, str]]:
    body = {"model": "small", "messages": SAID, "temperature": 0} | more
    headers = {"Authorization": f"Bearer {office.key}"}
    async with (
        aiohttp.ClientSession(office.url) as session,
        session.post("/v1/chat/completions", json=body, headers=headers) as reply,
    ):
        return reply.status, await reply.text(), dict(reply.headers)


async def until(true: Any) -> None:
    for _ in range(200):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within two seconds")


async def test_fifty_at_once_never_pass_the_budget(office: Office, fake: FakeEngine) -> None:
    # One millionth a token: a call's worst case is what it sends and the longest answer.
    await posted(office, max_tokens=20)
    most = (await office.rows(1))[0]["most_cost"]
    budget = Budget(period=Period.TOTAL, cap=10 * most + most // 2)
    await BudgetService(office.house.database).set(office.actor, TENANT, budget)
    fake.bodies.clear()
    replies = await asyncio.gather(*(posted(office, max_tokens=20) for _ in range(50)))
    statuses = [status for status, _, _ in replies]
    # A slot that was settled early may let another in; what was spent never passes the cap.
    rows = await office.rows(1 + statuses.count(200))
    async with office.house.database.tenant_session(office.actor) as db:
        row = await db.fetchrow("SELECT spent, reserved FROM gateway_budgets")
    assert row["spent"] == sum(r["cost"] for r in rows[1:]) <= budget.cap and row["reserved"] == 0
    assert set(statuses) == {200, 402} and len(fake.bodies) == statuses.count(200) >= 10


async def test_while_none_has_ended_ten_of_fifty_are_let_in(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    let, inside = asyncio.Event(), 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal inside
        inside += 1
        await let.wait()
        return web.json_response(answer())

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url, silence=30.0)) as office,
    ):
        let.set()
        await posted(office, max_tokens=20)
        most, inside = (await office.rows(1))[0]["most_cost"], 0
        let.clear()
        budget = Budget(period=Period.TOTAL, cap=10 * most + most // 2)
        await BudgetService(database).set(actor, TENANT, budget)
        calls = [asyncio.create_task(posted(office, max_tokens=20)) for _ in range(50)]
        done: set[Any] = set()
        while len(done) < 40:
            done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED, timeout=5)
            done = {call for call in calls if call.done()}
        await until(lambda: inside == 10)
        refused = [call.result() for call in done]
        assert {status for status, _, _ in refused} == {402} and len(refused) == 40
        assert all(
            json.loads(text)["error"]["code"] == "insufficient_quota" for _, text, _ in refused
        )
        assert all(headers["Retry-After"] == "1" for _, _, headers in refused)
        let.set()
        assert [(await call)[0] for call in calls].count(200) == 10
        assert inside == 10 and len(await office.rows(11)) == 11


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_leaves_ends_the_work_upstream_and_is_charged_what_was_seen(
    office: Office, fake: FakeEngine, stream: bool
) -> None:
    body = {"model": "small", "messages": COUNT, "stream": stream, "max_tokens": 512}
    headers = {"Authorization": f"Bearer {office.key}"}
    async with aiohttp.ClientSession(office.url) as session:
        if stream:
            async with session.post("/v1/chat/completions", json=body, headers=headers) as reply:
                while b"n3" not in await reply.content.readline():
                    pass
                reply.close()
        else:
            asking = asyncio.create_task(
                session.post("/v1/chat/completions", json=body, headers=headers)
            )
            await until(lambda: fake.slots.running == 1)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
    left = asyncio.get_running_loop().time()
    await until(lambda: fake.slots.running == 0)
    assert asyncio.get_running_loop().time() - left < 1.0
    (row,) = await office.rows(1)
    assert row["outcome"] == "cancelled" and 0 < row["tokens_in"] < row["most_in"]
    assert row["tokens_out"] >= 3 if stream else row["tokens_out"] == 0
    (state,) = office.calls.pool.states()
    assert state.busy == 0 and state.healthy


async def test_a_stream_ends_with_its_key(office: Office, fake: FakeEngine) -> None:
    stream = await office.client.chat.completions.create(
        model="small", messages=COUNT, stream=True, max_tokens=512
    )
    with pytest.raises(openai.APIError, match="access has ended"):
        async for number, _ in _numbered(stream):
            if number == 3:
                async with office.house.database.tenant_session(office.actor) as db:
                    await db.execute(
                        "UPDATE credentials SET ended_at = now(), ended_why = 'revoked'"
                    )
                office.house.runs.watch.wake()
    await until(lambda: fake.slots.running == 0)
    assert (await office.rows(1))[0]["outcome"] == "cancelled"


async def _numbered(stream: Any) -> AsyncIterator[tuple[int, Any]]:
    number = 0
    async for each in stream:
        number += 1
        yield number, each


async def test_a_stream_that_breaks_off_says_so_and_is_charged_what_came(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with (
        fake_engine(EngineKind.VLLM, Ill.BREAKS_OFF, at_once=8) as fake,
        office_of(database, actor, tmp_path, engine(fake.url)) as office,
    ):
        with pytest.raises(openai.APIError, match="broke"):
            async for _ in await office.client.chat.completions.create(
                model="small", messages=COUNT, stream=True
            ):
                pass
        (row,) = await office.rows(1)
        assert row["outcome"] == "failed" and row["tokens_out"] == 2


async def test_another_engine_answers_when_the_first_has_not_begun(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    asked = 0

    async def broken(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        if asked == 1:
            return web.json_response({"error": "starting"}, status=503)
        assert request.transport
        request.transport.abort()
        return web.Response()

    async with (
        upstream(broken) as url,
        office_of(
            database, actor, tmp_path, engine(url, "bad"), engine("http://127.0.0.1:9", "gone"),
            engine(fake.url, "good"),
        ) as office,
    ):  # fmt: skip
        for stream in (False, True):
            status, text, _ = await posted(office, stream=stream)
            assert status == 200 and ("salt wave gull" in text or "wave" in text)
        assert asked == 2 and len(fake.bodies) == 2
        rows = await office.rows(2)
        assert {r["outcome"] for r in rows} == {"finished"}
        assert {r["tokens_out"] for r in rows} == {3}
        assert {r["engine"] for r in rows} == {"good"}


async def test_when_no_engine_answers_nothing_is_charged(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    gone = engine("http://127.0.0.1:9")
    async with office_of(database, actor, tmp_path, gone) as office:
        status, text, headers = await posted(office)
        assert status == 503 and "cannot be reached" in json.loads(text)["error"]["message"]
        for _ in range(3):
            status, text, headers = await posted(office)
        assert status == 503 and int(headers["Retry-After"]) >= 1
        rows = await office.rows()
        assert {r["outcome"] for r in rows} == {"void"} and {r["cost"] for r in rows} == {0}


async def test_a_limit_says_when_to_come_again(office: Office) -> None:
    limits = Limits(requests_per_minute=1)
    await LimitService(office.house.database).set(office.actor, TENANT, limits)
    assert (await posted(office))[0] == 200
    status, text, headers = await posted(office)
    assert status == 429 and json.loads(text)["error"]["code"] == "rate_limit_exceeded"
    assert 1 <= int(headers["Retry-After"]) <= 60


async def test_an_engine_that_tells_no_usage_is_counted_by_what_came(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with (
        fake_engine(EngineKind.VLLM, Ill.NO_USAGE, Ill.NO_DONE, at_once=8) as fake,
        office_of(database, actor, tmp_path, engine(fake.url)) as office,
    ):
        status, text, _ = await posted(office, stream=True)
        assert status == 200 and text.endswith("data: [DONE]\n\n")
        (row,) = await office.rows(1)
        assert row["outcome"] == "finished" and row["tokens_out"] == 3 and row["tokens_in"] > 0


@pytest.mark.parametrize("stream", [True, False])
async def test_personal_data_is_masked_before_an_engine_outside_and_put_back(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine, stream: bool
) -> None:
    said = [{"role": "user", "content": "Repeat exactly: HKID A123456(3) please"}]
    outside = engine(fake.url, trust=Trust.OUTSIDE)
    async with office_of(database, actor, tmp_path, outside) as office:
        _, text, _ = await posted(office, messages=said, stream=stream)
        words = text
        if stream:
            events = [json.loads(e[6:]) for e in text.split("\n\n") if e.startswith("data: {")]
            words = "".join(e["choices"][0]["delta"].get("content") or "" for e in events)
        assert "A123456(3)" in words and "[HKID-1]" not in words
        assert "A123456" not in str(fake.bodies) and "[HKID-1]" in str(fake.bodies)


async def test_a_tenant_may_refuse_what_others_mask(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    said = [{"role": "user", "content": "HKID A123456(3)"}]
    outside = engine(fake.url, trust=Trust.OUTSIDE)
    policy = Policy({Kind.HKID: Action.REFUSE})
    async with office_of(
        database, actor, tmp_path, outside, policies=lambda tenant: policy
    ) as office:
        status, text, _ = await posted(office, messages=said)
        assert status == 403 and "A123456" not in text
        assert json.loads(text)["error"]["code"] == "personal-data-refused"
        schema = {"type": "object", "properties": {"x": {"enum": ["ada@example.com"]}}}
        form = {"type": "json_schema", "json_schema": {"name": "t", "schema": schema}}
        status, text, _ = await posted(office, response_format=form)
        assert status == 403 and "schema" in text
        assert fake.bodies == [] and await office.rows() == []


async def test_nothing_of_a_prompt_or_an_answer_is_in_the_log_or_the_ledger(
    database: Database,
    actor: Actor,
    tmp_path: Path,
    fake: FakeEngine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    canary = "Shamshuipo"
    said = [{"role": "user", "content": f"Repeat exactly: {canary}"}]

    async def rude(request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": {"message": f"no: {said}"}}, status=500)

    async with (
        upstream(rude) as url,
        office_of(database, actor, tmp_path, engine(fake.url)) as office,
        office_of(database, actor, tmp_path / "b", engine(url)) as other,
    ):
        for stream in (True, False):
            _, text, _ = await posted(office, messages=said, stream=stream)
            assert canary in text
        status, text, _ = await posted(other, messages=said)
        assert status == 503 and canary not in text
        assert canary not in str([dict(r) for r in await office.rows(3)])
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpcore", "openai"))]
    assert canary not in str(ours)


async def test_an_error_nobody_expected_is_named_and_not_told(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*given: object) -> None:
        raise RuntimeError("Shamshuipo")

    monkeypatch.setattr(office.calls, "ask", fails)
    status, text, _ = await posted(office)
    assert status == 500 and "Shamshuipo" not in text + caplog.text
    assert "RuntimeError" in caplog.text


async def test_the_products_own_calls_go_the_same_way(office: Office, fake: FakeEngine) -> None:
    office.house.gateway = Gateway(ScriptedEngine("", name="small"), calls=office.calls)
    run = RunContext(
        office.actor, office.calls.ledger.instance, office.house.search, office.house.gateway
    )
    request = ChatRequest(messages=SAID, max_tokens=20)
    parts = [part async for part in office.house.gateway.chat(run, request)]
    assert "".join(p.text for p in parts if isinstance(p, Delta)) == "salt wave gull"
    (row,) = await office.rows(1)
    last = parts[-1]
    assert isinstance(last, Finished) and last.output_tokens == row["tokens_out"] == 3
    assert row["key_id"] is None and row["member_id"] == office.actor.id
    assert run.uses[0].outcome == "stop" and run.uses[0].prompt_tokens == row["tokens_in"]
    assert "cache_salt" in fake.bodies[0]


async def test_a_client_that_leaves_the_line_costs_nothing(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> None:
    async with office_of(database, actor, tmp_path, engine(fake.url, at_once=1)) as office:
        first = asyncio.create_task(posted(office, messages=COUNT, max_tokens=200))
        await until(lambda: fake.slots.running == 1)
        second = asyncio.create_task(posted(office))
        await until(lambda: office.calls.pool.states()[0].waiting == 1)
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        await until(lambda: office.calls.pool.states()[0].waiting == 0)
        assert (await first)[0] == 200
        rows = await office.rows(2)
        assert sorted(r["outcome"] for r in rows) == ["finished", "void"]
        assert len(fake.bodies) == 1
