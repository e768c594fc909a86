"""Limits, budgets and usage over HTTP, and how long a refusal says to wait."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from lionrock.api import problems
from lionrock.api.app import create_app
from lionrock.errors import (
    BudgetExceeded,
    EngineBusy,
    LedgerUnavailable,
    LionrockError,
    NotFound,
    RateLimited,
)
from lionrock.gateway.ledger.calls import MICRO
from lionrock.gateway.ledger.service import Ledger
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import house_of
from tests.gateway.ledger.making import Hands, call, used
from tests.serving import served


@pytest.fixture
async def client(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[ClientSession]:
    key = await identity.issue(database, actor.tenant_id, actor.id, "key")
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        house_of(database, actor, tmp_path, working=False) as house,
        served(create_app(house)) as url,
        ClientSession(url, headers=headers) as session,
    ):
        yield session


async def got(client: ClientSession, path: str, **params: Any) -> Any:
    async with client.get(path, params=params) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def test_limits_are_set_whole_listed_and_removed(client: ClientSession, actor: Actor) -> None:
    whose = {"kind": "member", "id": str(actor.id)}
    window = {"days": [1, 2], "begins": "09:00", "ends": "18:00"}
    for limits in ({"at_once": 3, "windows": [window]}, {"models": ["small"]}):
        wanted = {"subject": whose, "limits": limits}
        async with client.put("/v1/gateway/limits", json=wanted) as response:
            assert response.status == 204, await response.text()
    (held,) = (await got(client, "/v1/gateway/limits"))["limits"]
    assert held["subject"] == whose
    assert (held["limits"]["models"], held["limits"]["at_once"]) == (["small"], None)
    for status in (204, 404):
        async with client.delete("/v1/gateway/limits", params=whose) as response:
            assert response.status == status


@pytest.mark.parametrize(
    "subject", [{"kind": "member"}, {"kind": "tenant", "id": str(uuid4())}, {"kind": "room"}]
)
async def test_a_subject_that_is_none_is_refused(
    client: ClientSession, subject: dict[str, str]
) -> None:
    wanted = {"subject": subject, "limits": {}}
    async with client.put("/v1/gateway/limits", json=wanted) as response:
        assert response.status == 422
    async with client.delete("/v1/gateway/limits", params=subject) as response:
        assert response.status == 422


async def test_a_budget_is_set_listed_and_removed(client: ClientSession) -> None:
    wanted = {"subject": {"kind": "tenant"}, "budget": {"period": "day", "cap": 5 * MICRO}}
    made = []
    for _ in range(2):
        async with client.put("/v1/gateway/budgets", json=wanted) as response:
            made.append((await response.json())["id"])
    assert made[0] == made[1]
    (one,) = (await got(client, "/v1/gateway/budgets"))["budgets"]
    assert (one["budget"]["currency"], one["spent"], one["reserved"]) == ("HKD", 0, 0)
    for status in (204, 404):
        async with client.delete(f"/v1/gateway/budgets/{made[0]}") as response:
            assert response.status == status


async def test_usage_is_of_days_in_hong_kong_and_grouped_as_asked(
    client: ClientSession, database: Database, actor: Actor
) -> None:
    async with Ledger(database, clock=Hands()) as ledger:
        await ledger.settle(await ledger.admit(call(actor)), used(100))
    days = {"since": "2026-03-02", "until": "2026-03-02"}
    told = await got(client, "/v1/gateway/usage", **days, by="model")
    (line,) = told["lines"]
    assert (line["model"], line["tokens_in"], line["cost"]) == ("small", 50, MICRO)
    recent = await got(client, "/v1/gateway/usage")
    span = date.fromisoformat(recent["until"]) - date.fromisoformat(recent["since"])
    assert span.days == 29 and recent["lines"] == []


async def test_the_policy_is_shown_changed_whole_and_not_overwritten_unseen(
    client: ClientSession,
) -> None:
    standing = await got(client, "/v1/gateway/policy")
    assert (standing["version"], standing["share"]) == (0, 1)
    assert set(standing["policy"]["guards"].values()) == {"mask"}
    wanted = {"version": 0, "policy": {"guards": {"name": "off"}, "retention": "none"}}
    async with client.put("/v1/gateway/policy", json=wanted) as response:
        assert response.status == 200, await response.text()
        made = await response.json()
    assert (made["version"], made["policy"]["retention"]) == (1, "none")
    assert (made["policy"]["guards"]["name"], made["policy"]["guards"]["hkid"]) == ("off", "mask")
    async with client.put("/v1/gateway/policy", json=wanted) as response:
        assert response.status == 409 and "meanwhile" in (await response.json())["detail"]


@pytest.mark.parametrize(
    "policy",
    [
        {"guards": {"dna": "mask"}}, {"guards": {"hkid": "burn"}}, {"retention": "for-ever"},
        {"share": 9},
    ],
)  # fmt: skip
async def test_a_policy_that_is_none_is_refused(
    client: ClientSession, policy: dict[str, Any]
) -> None:
    async with client.put("/v1/gateway/policy", json={"version": 0, "policy": policy}) as response:
        assert response.status == 422


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimited("x", retry_after=0.2), "1"),
        (BudgetExceeded("x", retry_after=61.01), "62"),
        (EngineBusy("x", 7), "7"),
        (LedgerUnavailable("x", retry_after=5), "5"),
        (RateLimited("x"), None),
        (NotFound("x"), None),
    ],
)
async def test_a_refusal_says_how_long_to_wait_in_whole_seconds(
    error: LionrockError, seconds: str | None
) -> None:
    unused: Any = None
    answer = await problems.lionrock_error(unused, error)
    assert answer.headers.get("retry-after") == seconds
    assert json.loads(bytes(answer.body))["status"] == error.status
