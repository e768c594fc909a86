"""yente's API at the HTTP door, asked by yente's own client library, unchanged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.api.app import create_app
from lionrock.app import House
from lionrock.doors import SESSION_COOKIE
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.screening.entities import Birth, Entity, Name, Schema
from tests.building import house_of
from tests.kernel.joining import joined
from tests.screening.registry.small import Listed
from tests.serving import served

CHAN = Entity(
    "HK-1", Schema.PERSON, (Name("CHAN Tai Man"), Name("陳大文")), countries=("cn",),
    births=(Birth(date(1965, 3, 2), date(1965, 3, 2)),),
)  # fmt: skip
HARBOUR = Entity("HK-2", Schema.COMPANY, (Name("Golden Harbour Trading Limited"),))
OTHER = Entity("HK-1", Schema.PERSON, (Name("Aleksandr Zacharov"),), countries=("ru",))


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path) as opened:
        manager = replace(actor, roles=frozenset({Role.REVIEWER}))
        lists, imports = opened.screening.registry.lists, opened.screening.registry.imports
        for name, entries in (("UN", [CHAN, HARBOUR]), ("Own list", [OTHER])):
            made = await lists.create(manager, name, name.casefold()[:3].strip())
            await imports.take(manager, made, Listed(entries))
        yield opened
        await opened.screening.close()


@pytest.fixture
async def url(house: House) -> AsyncIterator[str]:
    async with served(create_app(house)) as address:
        yield f"{address}/yente"


@pytest.fixture
async def key(house: House, actor: Actor) -> str:
    analyst = await joined(house.database, house.people, actor)
    return await identity.issue(house.database, actor.tenant_id, analyst.id, "key")


async def call(url: str, method: str, path: str, key: str = "", **parts: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"ApiKey {key}"} if key else {}
    async with (
        ClientSession(headers=headers) as session,
        session.request(method, url + path, **parts) as response,
    ):
        return response.status, await response.json()


def query(*names: str, schema: str = "Person", **properties: Any) -> dict[str, Any]:
    return {"queries": {"q": {"schema": schema, "properties": {"name": list(names), **properties}}}}


def using(url: str, key: str) -> Any:
    """yente's client library; a skip, told, where it is not installed."""
    library = pytest.importorskip("yente_client", reason="pip install yente-client")
    return library.Client(base_url=url, api_key=key, app_name="test")


# -- yente's own client ----------------------------------------------------------------------------


async def test_yentes_client_screens_a_chinese_name_by_changing_its_address(
    url: str, key: str, house: House, actor: Actor
) -> None:
    def work() -> None:
        from yente_client import Company, Person

        with using(url, key) as client:
            assert client.healthz().status == client.readyz().status == "ok"
            assert {d.name for d in client.datasets().datasets} >= {"default", "un", "own_list"}
            assert client.algorithms().best == "lionrock"
            found = client.match(Person(name="陈大文"), datasets=["default"], threshold=0.7)
            assert found.top is not None and found.top.match
            assert found.top.id == "HK-1" and found.top.datasets == ["un"]
            assert found.top.caption == "CHAN Tai Man" and found.top.score > 0.7
            assert found.top.contributing_explanations
            assert found.top.first_seen is not None
            parts = client.match(Person(firstName="Tai Man", lastName="Chan"), datasets=["un"])
            assert [m.id for m in parts.matches] == ["HK-1"]
            company = Company(name="Golden Harbor Trading Ltd")
            assert [m.id for m in client.match(company).matches] == ["HK-2"]
            assert client.match(Person(name="Siu Ming Wong")).results == []
            rows = [("a", Person(name="CHAN Tai-man")), ("b", Person(name="Nobody Atall"))]
            streamed = dict(client.match_iter(rows, workers=2))
            assert len(streamed["a"].matches) == 1 and not streamed["b"].matches
            hits = client.search("chan tai man", datasets=["default"], schema="Person")
            assert hits.results[0].id == "HK-1" and hits.total.value >= 1
            assert client.fetch("un:HK-1").properties["name"] == ["CHAN Tai Man", "陳大文"]
            assert client.fetch("HK-2").caption == "Golden Harbour Trading Limited"

    pytest.importorskip("yente_client", reason="pip install yente-client")
    await asyncio.to_thread(work)


async def test_yentes_client_is_told_what_is_wrong(url: str, key: str) -> None:
    pytest.importorskip("yente_client", reason="pip install yente-client")
    from yente_client import Person
    from yente_client.exceptions import APIError, AuthenticationError, NotFoundError

    def work() -> None:
        with using(url, "wrong") as client, pytest.raises(AuthenticationError):
            client.datasets()
        with using(url, key) as client:
            with pytest.raises(NotFoundError, match="no dataset"):
                client.match(Person(name="Chan"), datasets=["us_ofac_sdn"])
            with pytest.raises(APIError, match="weights"):
                client.match(Person(name="Chan"), weights={"name": 1.0})
            with pytest.raises(NotFoundError):
                client.fetch("never")

    await asyncio.to_thread(work)


# -- The wire --------------------------------------------------------------------------------------


async def test_a_match_is_a_screening_with_its_event_and_alert(
    url: str, key: str, house: House, actor: Actor
) -> None:
    status, found = await call(url, "POST", "/match/default", key, json=query("CHAN Tai Man"))
    assert status == 200 and found["limit"] == 5
    answer = found["responses"]["q"]
    assert answer["total"] == {"value": 1, "relation": "eq"}
    assert answer["query"]["properties"] == {"name": ["CHAN Tai Man"]}
    (hit,) = answer["results"]
    assert hit["properties"]["topics"] == ["sanction"] and hit["target"] is True
    assert set(hit["features"]) == set(hit["explanations"])
    assert await count(house, actor, "events", "event = 'screening:name:screen'") == 1
    assert await count(house, actor, "screenings", "kind = 'yente'") == 1
    assert await count(house, actor, "screening_alerts") == 1


async def test_what_lies_between_cutoff_and_threshold_is_shown_and_raises_nothing(
    url: str, key: str, house: House, actor: Actor
) -> None:
    wanted = {"threshold": "0.9999999", "cutoff": "0.5"}
    status, found = await call(
        url, "POST", "/match/un", key, json=query("CHAN Tai Man"), params=wanted
    )
    assert status == 200
    assert [(r["id"], r["match"]) for r in found["responses"]["q"]["results"]] == [("HK-1", False)]
    assert await count(house, actor, "screening_alerts") == 0


async def test_between_cutoff_and_a_lists_own_threshold_is_shown_too(
    url: str, key: str, house: House, actor: Actor
) -> None:
    """A list that asks for more than the engine's own threshold, which is 0.70 here."""
    manager = replace(actor, roles=frozenset({Role.REVIEWER}))
    (un,) = [x for x in await house.screening.registry.lists.listing(actor) if x.name == "UN"]
    await house.screening.registry.lists.change(manager, un.id, name="UN", threshold=0.9999999)
    status, found = await call(
        url, "POST", "/match/un", key, json=query("CHAN Tai Man"), params={"cutoff": "0.8"}
    )
    assert status == 200
    assert [(r["id"], r["match"]) for r in found["responses"]["q"]["results"]] == [("HK-1", False)]
    assert await count(house, actor, "screening_alerts") == 0


async def test_a_search_is_recorded_and_raises_nothing(
    url: str, key: str, house: House, actor: Actor
) -> None:
    status, found = await call(
        url, "GET", "/search/default", key, params={"q": "Zacharov Aleksandr"}
    )
    assert status == 200 and [r["id"] for r in found["results"]] == ["HK-1"]
    assert found["facets"]["datasets"]["values"] == [
        {"name": "own_list", "label": "Own list", "count": 1}
    ]
    assert found["facets"]["countries"]["values"][0]["name"] == "ru"
    assert await count(house, actor, "screenings", "kind = 'search'") == 1
    assert await count(house, actor, "screening_alerts") == 0
    _, none = await call(
        url, "GET", "/search/default", key, params={"q": "Zacharov", "countries": "fr"}
    )
    assert none["results"] == []


async def test_what_a_client_excludes_is_left_out(url: str, key: str) -> None:
    for excluded in ({"exclude_entity_ids": "un:HK-1"}, {"exclude_entity_ids": "HK-1"},
                     {"exclude_schema": "Person"}):  # fmt: skip
        _, found = await call(
            url, "POST", "/match/default", key, json=query("CHAN Tai Man"), params=excluded
        )
        assert found["responses"]["q"]["results"] == [], excluded


async def test_an_id_of_two_lists_asks_which(url: str, key: str) -> None:
    status, found = await call(url, "GET", "/entities/HK-1", key)
    assert status == 409 and "un:HK-1" in found["detail"] and "own_list:HK-1" in found["detail"]
    status, found = await call(url, "GET", "/entities/own_list:HK-1", key)
    assert (status, found["caption"]) == (200, "Aleksandr Zacharov")


@pytest.mark.parametrize(
    ("body", "params"),
    [
        ({"queries": {}}, {}),
        ({"queries": {"q": None}}, {}),
        ({"queries": {str(n): None for n in range(101)}}, {}),
        ({**query("Chan"), "config": {"x": 1}}, {}),
        (query("Chan", schema="Document"), {}),
        (query("Chan"), {"algorithm": "guess"}),
        (query("Chan"), {"threshold": "0.01"}),
        (query("Chan"), {"changed_since": "2026-01-01"}),
        (query("Chan"), {"include_dataset": "own_list", "exclude_dataset": "own_list"}),
    ],
)
async def test_what_cannot_be_answered_as_asked_is_refused(
    url: str, key: str, house: House, actor: Actor, body: Any, params: Any
) -> None:
    status, found = await call(url, "POST", "/match/default", key, json=body, params=params)
    assert status == 422, found
    assert await count(house, actor, "screenings") == 0


async def test_a_key_without_the_permission_and_no_key_are_refused(
    url: str, house: House, actor: Actor
) -> None:
    assert (await call(url, "GET", "/catalog"))[0] == 401
    auditor = await joined(house.database, house.people, actor, Role.AUDITOR)
    reads = await identity.issue(house.database, actor.tenant_id, auditor.id, "key")
    assert (await call(url, "GET", "/catalog", reads))[0] == 200
    status, _ = await call(url, "POST", "/match/default", reads, json=query("Chan"))
    assert status == 403


async def test_a_key_alone_opens_it_and_by_this_header_nothing_else(
    url: str, key: str, house: House, actor: Actor
) -> None:
    session = await identity.issue(house.database, actor.tenant_id, actor.id, "session")
    headers = [
        {"Authorization": f"ApiKey {session}"}, {"Cookie": f"{SESSION_COOKIE}={session}"},
        {"Authorization": f"Token {key}"}, {"Authorization": key}, {"X-Api-Key": key},
    ]  # fmt: skip
    async with ClientSession() as client:
        for wrong in headers:
            async with client.get(f"{url}/catalog", headers=wrong) as response:
                assert response.status == 401, wrong
        async with client.get(
            f"{url}/catalog", headers={"Authorization": f"Bearer {key}"}
        ) as right:
            assert right.status == 200 and right.headers["Cache-Control"] == "no-store"
        elsewhere = url.replace("/yente", "/v1/documents")
        async with client.get(elsewhere, headers={"Authorization": f"ApiKey {key}"}) as response:
            assert response.status == 401


async def count(house: House, actor: Actor, table: str, where: str = "true") -> int:
    async with house.database.tenant_session(actor) as db:
        return int(await db.fetchval(f"SELECT count(*) FROM {table} WHERE {where}"))
