"""A case shared from its page: the observer's list, the case to look at, and nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest

from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from lionrock.web.sections import screening_open_to
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.screening_office import imported, member

OBSERVER = "Inspector Yip"


@pytest.fixture
async def reviewer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, "Lam Chi Fai", Role.REVIEWER)


@pytest.fixture
async def observer(visitor: Client, house: House, actor: Actor) -> Client:
    return await member(visitor, house, actor, OBSERVER, Role.REGULATOR_OBSERVER)


async def raised(reviewer: Client, database: Database, actor: Actor) -> str:
    """The path of an alert on CHAN Tai Man."""
    await imported(reviewer)
    await reviewer.post("/screening/desk", {"name": "CHAN Tai Man"})
    async with database.tenant_session(actor) as db:
        return f"/screening/alerts/{await db.fetchval('SELECT id FROM screening_alerts')}"


async def observer_id(database: Database, actor: Actor) -> UUID:
    async with database.tenant_session(actor) as db:
        found: UUID = await db.fetchval(
            "SELECT id FROM members WHERE roles = '{regulator-observer}'"
        )
    return found


async def test_a_reviewer_shares_a_case_and_an_observer_looks_until_it_ends(
    reviewer: Client, observer: Client, database: Database, actor: Actor
) -> None:
    path = await raised(reviewer, database, actor)
    assert (await observer.get(path)).status == 404
    assert "No case is shared with you now." in (await observer.get("/screening/alerts")).text
    assert f"{OBSERVER}</option>" in (await reviewer.get(path)).text
    form = {"member": str(await observer_id(database, actor)), "why": "<b>Exam</b>", "days": "7"}
    assert (await reviewer.post(f"{path}/shares", form)).status in (200, 303)
    page = (await reviewer.get(path)).text
    assert "Shared with observers" in page and "&lt;b&gt;Exam" in page and "End sharing" in page
    listed = (await observer.get("/screening/alerts")).text
    assert path in listed and "CHAN Tai Man" in listed
    case = await observer.get(path)
    assert case.status == 200 and "CHAN Tai Man" in case.text
    for act in ("take", "propose", "approve", "give-back", "escalate", "shares", "report"):
        assert f'action="{path}/{act}"' not in case.text
    async with database.tenant_session(actor) as db:
        share = await db.fetchval("SELECT id FROM shares")
    assert (await observer.post(f"{path}/shares/{share}/end", {})).status == 403
    assert (await reviewer.post(f"{path}/shares/{share}/end", {})).status in (200, 303)
    assert (await observer.get(path)).status == 404
    assert "ended" in (await reviewer.get(path)).text


@pytest.mark.parametrize("language", ["zh-HK", "zh-CN"])
async def test_the_observers_list_is_in_their_language(observer: Client, language: str) -> None:
    text = (await observer.get("/screening/alerts", accept_language=language)).text
    assert ("與您分享的個案" if language == "zh-HK" else "与您分享的个案") in text


async def test_an_observer_has_one_page_of_screening(
    observer: Client, reviewer: Client, actor: Actor, database: Database
) -> None:
    who = Actor(
        actor.tenant_id, await observer_id(database, actor), actor.kind,
        frozenset({Role.REGULATOR_OBSERVER}), "supervision",
    )  # fmt: skip
    assert [s.name for s in screening_open_to(who)] == ["alerts"]
    for page in ("desk", "customers", "batches", "lists", "policy"):
        assert (await observer.get(f"/screening/{page}")).status == 403


async def test_a_share_has_a_reason_and_an_end(
    reviewer: Client, observer: Client, database: Database, actor: Actor
) -> None:
    path = await raised(reviewer, database, actor)
    member_id = str(await observer_id(database, actor))
    for wrong in ({"why": ""}, {"why": "x" * 201}, {"days": "0"}, {"days": "366"}):
        form = {"member": member_id, "why": "Exam", "days": "7", **wrong}
        assert (await reviewer.post(f"{path}/shares", form)).status == 422, wrong
