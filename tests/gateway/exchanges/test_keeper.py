"""What is asked at the door and answered is kept where the tenant says so: sealed, before it is settled."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest
from aiohttp import web

from lionrock.errors import LedgerUnavailable, VaultClosed
from lionrock.gateway.exchanges import keeper as keeping_of
from lionrock.gateway.exchanges import taking as taking_of
from lionrock.gateway.exchanges.keeper import Keeper
from lionrock.gateway.exchanges.records import Exchange, opened
from lionrock.gateway.fields.kinds import Endpoint
from lionrock.gateway.ledger.calls import Outcome, Retention, new_id
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel import service_keys
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.permissions import Permission
from lionrock.kernel.vault.service import Vault
from tests.gateway.door_making import SAID, Office, answer, engine, office_of, upstream
from tests.gateway.exchanges.making import body, keeping, keeps, kept, taken
from tests.gateway.fakes.server import FakeEngine
from tests.gateway.ledger.making import Hands, call

WORDS: Any = SAID
CANARY = "zqx7marked"


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> AsyncIterator[Office]:
    async with keeping(database, actor, tmp_path, fake.url) as found:
        yield found


async def read(office: Office) -> Exchange:
    (row,) = await kept(office.house.database, office.actor)
    return opened(office.house.vault, office.actor.tenant_id, row)


async def sent(office: Office, data: bytes, **headers: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {office.key}", **headers}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{office.url}/v1/chat/completions", data=data, headers=headers) as reply,
    ):
        return reply.status, await reply.text()


@pytest.mark.parametrize("stream", [False, True])
async def test_the_body_as_it_was_sent_and_the_answer_as_it_came_are_kept(
    office: Office, stream: bool
) -> None:
    data = body(f"Repeat exactly: {CANARY} 鹹 wave", temperature=0, stream=stream)
    status, _ = await sent(office, b" " + data)
    assert status == 200
    (used,) = await office.rows(1)
    found = await read(office)
    assert found.request.encode() == b" " + data
    assert found.answer == {
        "choices": [{"index": 0, "content": f"{CANARY} 鹹 wave", "finish": "stop"}]
    }
    assert (found.id, found.member_id, found.key_id) == (
        used["id"],
        office.actor.id,
        used["key_id"],
    )
    assert (found.outcome, found.streamed, found.model) == ("finished", stream, "small")
    assert found.began_at <= found.ended_at and not (found.request_cut or found.answer_cut)
    assert (found.request_bytes, found.answer_bytes) == (
        len(data) + 1,
        len(f"{CANARY} 鹹 wave") + 2,
    )
    (row,) = await kept(office.house.database, office.actor)
    assert CANARY.encode() not in b"".join(v for v in row if isinstance(v, bytes))


async def test_every_way_to_ask_is_kept(office: Office) -> None:
    client = office.client
    await client.responses.create(model="small", input=WORDS[0]["content"], temperature=0)
    await client.embeddings.create(model="small", input=["of a text", "b"])
    await office.rows(2)
    rows = await kept(office.house.database, office.actor)
    first, second = (opened(office.house.vault, office.actor.tenant_id, r) for r in rows)
    assert first.answer["choices"][0] == {
        "index": 0, "content": "salt wave gull", "finish": "completed",
    }  # fmt: skip
    assert "of a text" in second.request and second.answer == {"choices": []}


@pytest.mark.parametrize("retention", [Retention.METADATA, Retention.NONE])
async def test_where_the_tenant_or_the_request_says_less_nothing_is_kept(
    office: Office, retention: Retention
) -> None:
    assert (await sent(office, body("hi"), **{"x-lionrock-retention": retention.value}))[0] == 200
    await keeps(office, retention)
    assert (await sent(office, body("hi"), **{"x-lionrock-retention": "standard"}))[0] == 200
    used = await office.rows(2)
    assert [u["retention"] for u in used] == [retention.value] * 2
    assert await kept(office.house.database, office.actor) == []


async def test_of_a_key_that_keeps_nothing_nothing_is_kept(office: Office) -> None:
    wanted = service_keys.NewKey(
        name="k", scopes=[Permission.GATEWAY_MODEL_CALL], zero_retention=True
    )
    made = await service_keys.create(office.house.database, office.actor, wanted)
    headers = {"Authorization": f"Bearer {made.key}"}
    assert (await sent(office, body("hi"), **headers))[0] == 200
    await office.rows(1)
    assert await kept(office.house.database, office.actor) == []


async def test_the_products_own_questions_are_kept_as_runs_and_not_here(office: Office) -> None:
    asked = await office.calls.ask(office.actor, Endpoint.CHAT, json.loads(body("hi")))
    assert [data async for data in asked.answer()]
    await office.rows(1)
    assert await kept(office.house.database, office.actor) == []


async def test_what_never_reached_an_engine_is_not_kept(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with office_of(database, actor, tmp_path, engine("http://127.0.0.1:9")) as office:
        await keeps(office)
        assert (await sent(office, body("hi")))[0] == 503
        (used,) = await office.rows(1)
        assert used["outcome"] == "void" and await kept(database, actor) == []
        assert (await sent(office, b"{}"))[0] == 400
        assert office.calls.keeper and office.calls.keeper.room.held == 0


async def test_of_an_answer_that_broke_off_is_kept_what_came(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        chunk = {"choices": [{"index": 0, "delta": {"content": "half of"}, "finish_reason": None}]}
        await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        return response

    async with upstream(half) as url, keeping(database, actor, tmp_path, url) as office:
        await sent(office, body("hi", stream=True))
        await office.rows(1)
        found = await read(office)
        assert found.outcome == "failed" and "broke off" in found.answer["error"]
        assert found.answer["choices"] == [{"index": 0, "content": "half of"}]


async def test_of_an_answer_that_nobody_waited_for_is_kept_what_went_out(office: Office) -> None:
    stream = await office.client.chat.completions.create(
        model="small", messages=[{"role": "user", "content": "Count from one"}], stream=True
    )
    async for chunk in stream:
        if chunk.choices and chunk.choices[0].delta.content:
            break
    await stream.close()
    await office.rows(1)
    found = await read(office)
    assert found.outcome == "cancelled"
    assert found.answer["choices"][0]["content"].startswith("n1 ")


async def test_what_is_too_long_is_kept_cut_and_says_so(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.gateway.exchanges.said.MOST_BYTES", 2_000)
    monkeypatch.setattr(taking_of, "REQUEST_BYTES", 1_001)

    async def long(request: web.Request) -> web.Response:
        return web.json_response(answer("y" * 5_000))

    async with upstream(long) as url, keeping(database, actor, tmp_path, url) as office:
        data = body("鹹" * 1_000)
        status, told = await sent(office, data)
        assert status == 200 and "y" * 5_000 in told, "the client gets all of it"
        await office.rows(1)
        found = await read(office)
    assert (found.request_cut, found.request_bytes) == (True, len(data))
    assert data.decode().startswith(found.request) and 990 < len(found.request.encode()) <= 1_001
    assert (found.answer_cut, found.answer_bytes) == (True, 5_000)
    assert 1_500 < len(found.answer["choices"][0]["content"]) < 2_000


async def test_without_room_a_call_is_refused_and_nothing_is_reserved(
    database: Database, actor: Actor, stranger: Actor, vault: Vault
) -> None:
    keeper = Keeper(database, vault, most_bytes=5_000)
    one = await taken(keeper, actor)
    with pytest.raises(LedgerUnavailable) as refused:
        await taken(keeper, actor, "x" * 2_000)
    assert refused.value.retry_after
    assert await taken(keeper, stranger), "another tenant's half is free"
    one.drop()
    assert await taken(keeper, actor, "x" * 500)


async def test_a_call_that_could_not_be_sealed_is_refused_and_leaves_no_room_taken(
    database: Database, actor: Actor, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper(database, vault)

    def closed(*_: object) -> None:
        raise VaultClosed("no key")

    monkeypatch.setattr(vault, "key", closed)
    with pytest.raises(VaultClosed):
        await taken(keeper, actor)
    assert keeper.room.held == 0


async def test_a_call_that_a_limit_refuses_takes_no_room(office: Office) -> None:
    from lionrock.gateway.ledger.limits import Limits, LimitService
    from tests.gateway.ledger.making import TENANT

    await LimitService(office.house.database).set(office.actor, TENANT, Limits(models=[]))
    assert (await sent(office, body("hi")))[0] == 403
    assert office.calls.keeper and office.calls.keeper.room.held == 0


async def test_a_call_is_settled_once_it_is_kept_and_not_before(
    office: Office, admin: asyncpg.Connection
) -> None:
    """The client has its answer; the call stays open for as long as the database takes no exchange."""
    async with admin.transaction():
        await admin.execute("LOCK TABLE gateway_exchanges IN EXCLUSIVE MODE")
        assert (await sent(office, body("hi")))[0] == 200
        await asyncio.sleep(0.3)
        outcome = await admin.fetchval(
            "SELECT outcome FROM gateway_usage WHERE tenant_id = $1", office.actor.tenant_id
        )
        assert outcome == "started"
        assert office.calls.keeper and office.calls.keeper.room.held > 0
    (used,) = await office.rows(1)
    assert used["outcome"] == "finished" and await read(office)
    assert office.calls.keeper.room.held == 0


async def test_a_call_whose_process_died_before_it_was_kept_is_lost_and_not_finished(
    database: Database, actor: Actor, vault: Vault
) -> None:
    """As after kill -9 between the answer and the keeping: the answer is with the client alone."""
    clock = Hands()
    async with Ledger(database, clock=clock) as dead:
        admission = await dead.admit(call(actor), new_id())
        keeper = Keeper(database, vault)  # its task never runs
        one = await taken(keeper, actor)
        one.id = admission.id
        keeper.keep(one, Outcome.FINISHED, lambda: pytest.fail("it was settled"))
    clock.move(seconds=31)
    async with Ledger(database, clock=clock) as living:
        await living.recover()
    async with database.tenant_session(actor) as db:
        used = await db.fetchval("SELECT outcome FROM gateway_usage WHERE id = $1", admission.id)
    assert used == "lost" and await kept(database, actor) == []


async def test_while_the_database_takes_nothing_it_is_tried_again(
    database: Database, actor: Actor, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping_of, "_PAUSE", 0.01)
    tries = 0
    write = Keeper._write

    async def failing(self: Keeper, group: list[Any]) -> None:
        nonlocal tries
        tries += 1
        if tries < 4:
            raise (OSError(), asyncpg.DiskFullError(), asyncpg.ConnectionDoesNotExistError())[
                tries - 1
            ]
        await write(self, group)

    monkeypatch.setattr(Keeper, "_write", failing)
    settled = asyncio.Event()
    async with Keeper(database, vault) as keeper:
        keeper.keep(await taken(keeper, actor), Outcome.FINISHED, settled.set)
        await settled.wait()
    assert tries == 4 and len(await kept(database, actor)) == 1


async def test_one_that_cannot_be_kept_takes_no_other_along_and_is_on_record(
    database: Database, actor: Actor, stranger: Actor, vault: Vault,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    settled: list[str] = []
    keeper = Keeper(database, vault)
    for whose, model in ((actor, "a"), (actor, "bad"), (actor, "c"), (stranger, "d")):
        one = await taken(keeper, whose, CANARY)
        if model == "bad":
            one.period = "no month"  # the table's check refuses it
        keeper.keep(one, Outcome.FINISHED, lambda model=model: settled.append(model))
    async with keeper:
        for _ in range(500):
            if len(settled) == 4:
                break
            await asyncio.sleep(0.01)
    assert settled == ["a", "bad", "c", "d"], "all are settled: the use is what it is"
    assert len(await kept(database, actor)) == 2 and len(await kept(database, stranger)) == 1
    async with database.tenant_session(actor) as db:
        lost = await db.fetch("SELECT event FROM events WHERE event = 'gateway:exchange:lose'")
    assert len(lost) == 1 and "could not be kept: CheckViolationError" in caplog.text
    assert CANARY not in caplog.text and keeper.room.held == 0


async def test_at_the_end_what_waits_is_written(
    database: Database, actor: Actor, vault: Vault
) -> None:
    settled: list[int] = []
    async with Keeper(database, vault) as keeper:
        for n in range(150):
            keeper.keep(await taken(keeper, actor), Outcome.FINISHED, lambda n=n: settled.append(n))
    assert settled == list(range(150)) and len(await kept(database, actor)) == 150


async def test_many_at_once_are_kept_each_under_its_own_call(office: Office) -> None:
    async def one(n: int) -> None:
        data = body(f"Repeat exactly: word{n}", temperature=0, stream=bool(n % 2))
        assert (await sent(office, data))[0] == 200

    await asyncio.gather(*(one(n) for n in range(40)))
    used = await office.rows(40)
    rows = await kept(office.house.database, office.actor)
    assert {r["id"] for r in rows} == {u["id"] for u in used}
    for row in rows:
        found = opened(office.house.vault, office.actor.tenant_id, row)
        asked = json.loads(found.request)["messages"][0]["content"]
        assert asked == f"Repeat exactly: {found.answer['choices'][0]['content']}"
    assert timedelta() <= max(r["ended_at"] - r["began_at"] for r in rows)
