"""Engines on their page: how they stand, drained and used again by operators alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.kernel import tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.web.gateway_engines import unserved
from tests.web.client import Client
from tests.web.conftest import ENGINES, House, signed_in
from tests.web.test_sections import become

PATH = "/admin/engines"


@pytest.fixture
async def operator(visitor: Client, database: Database) -> AsyncIterator[Client]:
    tenant, member = await tenants.ensure_platform(database)
    who = Actor(tenant, member, ActorKind.MEMBER, frozenset({Role.PLATFORM_OPERATOR}), "general")
    yield await signed_in(visitor, who)
    async with database.directory_session() as db:
        await db.execute("DELETE FROM gateway_drains")


def pool(house: House) -> Pool:
    return house.gateway.engines.pool


async def test_an_operator_drains_an_engine_and_uses_it_again(
    operator: Client, house: House
) -> None:
    text = (await operator.get(PATH, accept_language="en")).text
    assert "All engines are used." in text and "0 of 4" in text and "models" in text
    assert "vLLM, 127.0.0.1 port 9" in text and "outside" in text
    question = (await operator.get(f"{PATH}/gpu1/drain", accept_language="en")).text
    assert "Drain gpu1?" in question and "after a restart too" in question
    assert "0 requests" in question and "No other engine" not in question
    answer = await operator.post(f"{PATH}/gpu1/drain")
    assert (answer.status, answer.headers["location"]) == (303, PATH)
    assert pool(house).state("gpu1").draining
    text = (await operator.get(PATH, accept_language="en")).text
    assert "1 engine is not used." in text and "Drained" in text and "since" in text
    last = (await operator.get(f"{PATH}/cloud/drain", accept_language="en")).text
    assert "No other engine is used for small: calls are refused." in last
    await operator.post(f"{PATH}/cloud/drain")
    text = (await operator.get(PATH, accept_language="en")).text
    assert "verdict bad" in text and "No engine is used for small" in text
    again = (await operator.get(f"{PATH}/gpu1/resume", accept_language="en")).text
    assert "Use gpu1 again?" in again and "from now on" in again
    assert (await operator.post(f"{PATH}/gpu1/resume")).status == 303
    assert not pool(house).state("gpu1").draining


async def test_an_ill_engine_says_why_in_the_readers_language(
    operator: Client, house: House
) -> None:
    why = "The engine gpu1 cannot be reached; see that it runs and that its address is right."
    pool(house)._lanes["gpu1"].checked(why, asyncio.get_running_loop().time())
    assert why in (await operator.get(PATH, accept_language="en")).text
    text = (await operator.get(PATH, accept_language="zh-HK")).text
    assert "不正常" in text and "無法連接引擎 gpu1" in text
    assert "不正常" in (await operator.get(f"{PATH}/gpu1/resume", accept_language="zh-HK")).text


async def test_how_busy_engines_are_is_shown_to_operators_alone(
    reader: Client, house: House, database: Database, actor: Actor
) -> None:
    text = (await reader.get(PATH, accept_language="en")).text
    assert "gpu1" in text and "only operators see" in text
    assert "Working on" not in text and "0 of 4" not in text and f"{PATH}/gpu1" not in text
    for verb in ("drain", "resume"):
        assert (await reader.get(f"{PATH}/gpu1/{verb}")).status == 403
        assert (await reader.post(f"{PATH}/gpu1/{verb}")).status == 403
    await become(database, actor, Role.ANALYST)
    assert (await reader.get(PATH)).status == 403


async def test_an_open_page_asks_anew_and_stops_before_its_session_never_ends(
    reader: Client,
) -> None:
    assert "/admin/engines?turn=1&#34; hx-trigger" in (await reader.get(PATH)).text.replace(
        '"', "&#34;"
    )
    last = (await reader.get(f"{PATH}?turn=300", accept_language="en")).text
    assert "hx-trigger" not in last.partition('id="engines"')[2] and "and stopped" in last
    assert (await reader.get(f"{PATH}?turn=301")).status == 422


@pytest.mark.parametrize(
    ("engines", "told"),
    [
        ((), "There is no engine: no model is set up."),
        (
            (Engine("embedded", ENGINES[0].kind, "unix:/e.sock", Trust.INSIDE, (Offer("m", "m", 8, 4),)),),
            "Only the engine that comes with Lionrock is here.",
        ),
    ],
)  # fmt: skip
async def test_where_there_is_little_to_show_the_page_says_so(
    reader: Client, house: House, engines: tuple[Engine, ...], told: str
) -> None:
    house.gateway.engines.pool = Pool(engines, egress=house.egress)
    assert told in (await reader.get(PATH, accept_language="en")).text


async def test_an_engine_that_is_not_there_is_not_found(operator: Client) -> None:
    assert (await operator.get(f"{PATH}/nobodys/drain")).status == 404
    assert (await operator.post(f"{PATH}/nobodys/drain")).status == 404


async def test_a_model_is_unserved_where_none_of_its_engines_is_used(
    house: House, actor: Actor
) -> None:
    found = house.gateway.engines.listing(actor)
    assert unserved(found) == [] and unserved(found[:1], without="gpu1") == ["small"]
