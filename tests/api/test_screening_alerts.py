"""Alerts over HTTP, from a hit to a decision by a second person and a draft for the JFIU."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.api.app import create_app
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.api.screening_desk import Desk, desk_of, signed_in
from tests.building import house_of
from tests.serving import served

SAID = {"name": "Kam Tit Sam", "birth": "1971-03-11"}
"""A bare name would clear nobody."""


@pytest.fixture
async def desk(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Desk]:
    async with (
        house_of(database, actor, tmp_path, working=False) as house,
        served(create_app(house)) as url,
        desk_of(house, url, actor) as made,
    ):
        await made.list()
        await made.call(made.analyst, "POST", "names", 200, SAID)
        yield made


@pytest.fixture
async def alert(desk: Desk) -> str:
    queue = await desk.call(desk.analyst, "GET", "alerts?states=open", 200)
    (one,) = queue["alerts"]
    assert one["name"] is None  # taking one is blind
    return f"alerts/{one['id']}"


async def test_one_proposes_and_another_decides(desk: Desk, alert: str) -> None:
    await desk.call(desk.analyst, "GET", alert, 404)
    await desk.call(desk.analyst, "POST", f"{alert}/take", 204)
    case = await desk.call(desk.analyst, "GET", alert, 200)
    reference = {"kind": "hit", "id": case["hits"][0]["id"]}
    proposal = {
        "disposition": "false-positive", "reason": "different-birth", "note": "passport seen",
        "references": [reference],
    }  # fmt: skip
    made = await desk.call(desk.analyst, "POST", f"{alert}/proposal", 201, proposal)
    decision = {"approve": True, **made}
    await desk.call(desk.analyst, "POST", f"{alert}/decision", 403, decision)
    async with signed_in(desk.house, desk.url, desk.analyst_actor) as herself:
        await desk.call(herself, "POST", f"{alert}/decision", 403, decision)
    done = await desk.call(desk.reviewer, "POST", f"{alert}/decision", 200, decision)
    assert done == {"disposition": "false-positive"}
    found = await desk.call(desk.reviewer, "GET", f"{alert}/clearances", 200)
    (cleared,) = found["clearances"]
    revoke = f"clearances/{cleared['id']}/revoke"
    await desk.call(desk.reviewer, "POST", revoke, 204, {"note": "Another passport."})
    counts = await desk.call(desk.reviewer, "GET", "alerts/counts", 200)
    assert counts["states"]["reopened"] == 1


async def test_what_is_sent_back_is_the_assignees_again(desk: Desk, alert: str) -> None:
    await desk.call(desk.analyst, "POST", f"{alert}/take", 204)
    proposal = {"disposition": "inconclusive", "reason": "not-enough-known"}
    await desk.call(desk.analyst, "POST", f"{alert}/proposal", 201, proposal)
    back = {"approve": False, "note": "Ask for the passport."}
    done = await desk.call(desk.reviewer, "POST", f"{alert}/decision", 200, back)
    assert done == {"disposition": None}
    case = await desk.call(desk.analyst, "GET", alert, 200)
    assert (case["alert"]["state"], case["proposal"]) == ("assigned", None)
    assert case["steps"][-1]["note"] == "Ask for the passport."


async def test_an_escalated_alert_becomes_a_draft_that_says_it_is_one(
    desk: Desk, alert: str
) -> None:
    await desk.call(desk.analyst, "POST", f"{alert}/take", 204)
    await desk.call(desk.analyst, "POST", f"{alert}/escalate", 204, {"note": "It may be him."})
    made = await desk.call(desk.reviewer, "POST", f"{alert}/reports", 201)
    path = f"reports/{made['id']}"
    report = await desk.call(desk.reviewer, "GET", path, 200)
    assert "not a filing" in report["notice"]
    edit = {"version": 1, "draft": {**report["draft"], "urgent": True}}
    assert await desk.call(desk.reviewer, "PUT", path, 200, edit) == {"version": 2}
    await desk.call(desk.reviewer, "PUT", path, 409, edit)
    for kind, begins in (("pdf", b"%PDF"), ("json", b"{")):
        async with desk.reviewer.get(f"/v1/screening/{path}/export?format={kind}") as response:
            assert (await response.read()).startswith(begins)
    await desk.call(desk.analyst, "GET", path, 403)
    outcome = {"outcome": "not-reported", "words": "No ground."}
    await desk.call(desk.reviewer, "POST", f"{path}/conclude", 204, outcome)


async def test_the_clock_is_the_tenants_own(desk: Desk) -> None:
    policy = await desk.call(desk.reviewer, "GET", "alerts/policy", 200)
    changed = {**policy, "working_days": 3, "holidays": ["2026-12-25"]}
    await desk.call(desk.analyst, "PUT", "alerts/policy", 403, changed)
    await desk.call(desk.reviewer, "PUT", "alerts/policy", 204, changed)
    assert await desk.call(desk.analyst, "GET", "alerts/policy", 200) == changed
    figures = await desk.call(desk.analyst, "GET", "alerts/statistics", 200)
    assert (figures["raised"], figures["decided"]) == (1, 0)
