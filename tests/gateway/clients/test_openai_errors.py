"""The official client: refusals as its own exceptions, what it tries again by itself, and timeouts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from aiohttp import web

from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.fakes.server import FakeEngine
from tests.gateway.ledger.making import TENANT

COUNT: Any = [{"role": "user", "content": "Count from one"}]


async def ask(client: openai.AsyncOpenAI, **given: Any) -> Any:
    asked: Any = {"model": "small", "messages": SAID, "temperature": 0} | given
    return await client.chat.completions.create(**asked)


class Noting:
    """A client of `office` that notes each status it is answered with, and tries again by itself."""

    def __init__(self, office: Office, retries: int) -> None:
        self.statuses: list[int] = []
        self.refused = asyncio.Event()
        http = openai.DefaultAsyncHttpxClient(event_hooks={"response": [self._note]})
        self.client = openai.AsyncOpenAI(
            api_key=office.key, base_url=f"{office.url}/v1", max_retries=retries, http_client=http
        )

    async def _note(self, response: httpx2.Response) -> None:
        self.statuses.append(response.status_code)
        if response.status_code >= 400:
            self.refused.set()


async def test_a_wrong_key_is_an_authentication_error_and_is_not_tried_again(
    office: Office,
) -> None:
    noting = Noting(office, 2)
    noting.client.api_key = "wrong"
    with pytest.raises(openai.AuthenticationError) as wrong:
        await ask(noting.client)
    assert wrong.value.code == "invalid_api_key" and wrong.value.type == "authentication_error"
    assert noting.statuses == [401]
    await noting.client.close()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"temperature": 9}, "temperature"),
        ({"user": "ada"}, "user"),
        ({"metadata": {"a": "b"}}, "metadata"),
        ({"extra_body": {"cache_salt": "x"}}, "cache_salt"),
        ({"extra_body": {"priority": -100}}, "priority"),
        ({"extra_body": {"guided_jsom": {}}}, "guided_jsom"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"max_tokens": 100_000}, "max_tokens"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"n": 5}, "n"),
        ({"store": True}, "store"),
        ({"response_format": {"type": "yaml"}}, "response_format.type"),
    ],
)
async def test_a_bad_request_names_the_field(
    office: Office, fake: FakeEngine, given: Any, field: str
) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        await ask(office.client, **given)
    assert wrong.value.param == field and wrong.value.type == "invalid_request_error"
    assert f"`{field}`" in wrong.value.message
    assert fake.bodies == [] and await office.rows() == []


async def test_a_model_that_is_not_there_is_not_found(office: Office) -> None:
    with pytest.raises(openai.NotFoundError) as absent:
        await ask(office.client, model="gpt-4o")
    assert absent.value.code == "model_not_found"


async def test_who_may_not_is_denied_permission(office: Office) -> None:
    async with office.house.database.tenant_session(office.actor) as db:
        await db.execute("UPDATE members SET roles = $1", [Role.AUDITOR.value])
    with pytest.raises(openai.PermissionDeniedError):
        await ask(office.client)


async def test_a_limit_is_a_rate_limit_error_that_says_when_to_come_again(office: Office) -> None:
    limits = Limits(requests_per_minute=1)
    await LimitService(office.house.database).set(office.actor, TENANT, limits)
    await ask(office.client)
    with pytest.raises(openai.RateLimitError) as limited:
        await ask(office.client)
    assert limited.value.code == "rate_limit_exceeded"
    assert 1 <= int(limited.value.response.headers["retry-after"]) <= 60


async def test_a_client_that_is_told_to_wait_waits_and_is_then_served(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    let = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        await let.wait()
        return web.json_response(answer())

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url, silence=30.0)) as office,
    ):
        await LimitService(database).set(actor, TENANT, Limits(at_once=1))
        noting = Noting(office, 5)
        first = asyncio.create_task(ask(office.client))
        while not await _begun(office):  # noqa: ASYNC110 (the ledger tells nobody)
            await asyncio.sleep(0.01)
        second = asyncio.create_task(ask(noting.client))
        await noting.refused.wait()
        let.set()
        await first
        assert (await second).choices[0].message.content == "yes"
        assert noting.statuses[0] == 429 and noting.statuses[-1] == 200
        await noting.client.close()


async def _begun(office: Office) -> bool:
    async with office.house.database.tenant_session(office.actor) as db:
        return bool(await db.fetchval("SELECT count(*) FROM gateway_usage"))


async def test_a_budget_that_is_used_up_is_told_and_is_not_tried_again(office: Office) -> None:
    budget = Budget(period=Period.DAY, cap=1)
    await BudgetService(office.house.database).set(office.actor, TENANT, budget)
    noting = Noting(office, 3)
    with pytest.raises(openai.APIStatusError) as refused:
        await ask(noting.client)
    assert refused.value.status_code == 402 and refused.value.code == "insufficient_quota"
    assert noting.statuses == [402]
    await noting.client.close()


async def test_an_engine_that_is_out_is_a_server_error(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with office_of(database, actor, tmp_path, engine("http://127.0.0.1:9")) as office:
        with pytest.raises(openai.InternalServerError) as out:
            await ask(office.client)
        assert out.value.status_code == 503


@pytest.mark.parametrize("stream", [False, True])
async def test_a_timeout_of_the_clients_own_ends_the_work_upstream(
    database: Database, actor: Actor, tmp_path: Path, stream: bool
) -> None:
    came, ended = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        came.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return web.Response()

    async with (
        upstream(handler) as url,
        office_of(database, actor, tmp_path, engine(url, silence=30.0)) as office,
    ):
        with pytest.raises(openai.APITimeoutError):
            await ask(office.client, stream=stream, timeout=httpx2.Timeout(10, read=1.0))
        await asyncio.wait_for(ended.wait(), 5)
        assert came.is_set()
        (row,) = await office.rows(1)
        assert row["outcome"] == "cancelled" and row["tokens_out"] == 0


async def test_a_stream_that_is_closed_early_ends_the_work_upstream(
    office: Office, fake: FakeEngine
) -> None:
    stream = await ask(office.client, messages=COUNT, stream=True, max_tokens=512)
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    await stream.close()
    async with asyncio.timeout(5):
        while fake.slots.running:  # noqa: ASYNC110 (the engine tells nobody)
            await asyncio.sleep(0.01)
    (row,) = await office.rows(1)
    assert row["outcome"] == "cancelled" and row["tokens_out"] >= 1
