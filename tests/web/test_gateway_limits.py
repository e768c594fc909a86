"""Limits and budgets on their page: shown, set, refused with what is wrong, removed."""

from __future__ import annotations

from datetime import time

import pytest

from lionrock.gateway.ledger.budgets import BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.gateway.ledger.windows import Weekday
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.database import Database
from tests.gateway.ledger.making import TENANT, budget, new_key
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.test_sections import become

PATH = "/admin/limits"
FORM = {
    "whose": "tenant", "requests_per_minute": "120", "only": "1", "models": "small\nlarge\n",
    "windows": "1-5 09:00-18:00\n6 09:00-13:00",
}  # fmt: skip


async def test_limits_are_set_as_the_form_says_and_shown(
    reader: Client, house: House, actor: Actor
) -> None:
    answer = await reader.post(f"{PATH}/limit", FORM)
    assert (answer.status, answer.headers["location"]) == (303, PATH)
    (held,) = await LimitService(house.database).listing(actor)
    assert held.subject == TENANT and held.limits.requests_per_minute == 120
    assert held.limits.models == ["small", "large"] and held.limits.tokens_per_minute is None
    saturday = [w for w in held.limits.windows or [] if Weekday.SATURDAY in w.days]
    assert [(w.begins, w.ends) for w in saturday] == [(time(9), time(13))]
    text = (await reader.get(PATH, accept_language="en")).text
    assert "this organisation" in text and "Calls a minute: 120" in text
    assert "Mon–Fri 09:00–18:00" in text and "large" in text
    form = (await reader.get(f"{PATH}/limit?whose=tenant")).text
    assert 'value="120"' in form and "1-5 09:00-18:00" in form and "<select" not in form


async def test_ticked_without_a_model_none_may_be_called(
    reader: Client, house: House, actor: Actor
) -> None:
    await reader.post(f"{PATH}/limit", {"whose": f"member:{actor.id}", "only": "1"})
    (held,) = await LimitService(house.database).listing(actor)
    assert held.subject == Subject(kind=SubjectKind.MEMBER, id=actor.id)
    assert held.limits == Limits(models=[])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"requests_per_minute": "many"}, "whole number from 1 to 1,000,000"),
        ({"at_once": "0"}, "whole number from 1 to 100,000"),
        ({"windows": "weekdays"}, "Line 1: “weekdays” is no time of the week"),
        ({"only": ""}, "Tick that only these"),
    ],
)
async def test_a_limit_that_does_not_fit_is_said_beside_its_field_and_nothing_is_set(
    reader: Client, house: House, actor: Actor, changed: dict[str, str], told: str
) -> None:
    form = {k: v for k, v in (FORM | changed).items() if v}
    answer = await reader.post(f"{PATH}/limit", form, accept_language="en")
    assert answer.status == 422 and told in answer.text and "small" in answer.text
    assert not await LimitService(house.database).listing(actor)


async def test_a_budget_is_set_changed_and_shown_with_what_is_taken(
    reader: Client, house: House, actor: Actor
) -> None:
    form = {"whose": "tenant", "period": "month", "cap": "1,250.50", "currency": "hkd"}
    assert (await reader.post(f"{PATH}/budget", form)).status == 303
    (one,) = await BudgetService(house.database).listing(actor)
    assert (one.budget.cap, one.budget.currency) == (1_250_500_000, "HKD")
    async with house.database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE gateway_budgets SET spent = 1000500000, reserved = 125000000,"
            " period_start = date_trunc('month', now() AT TIME ZONE 'Asia/Hong_Kong')::date"
        )
    text = (await reader.get(PATH, accept_language="en")).text
    assert "HK$1,250.50" in text and "HK$1,000.50" in text and "90%" in text and "near" in text
    changing = (await reader.get(f"{PATH}/budget?whose=tenant&period=month")).text
    assert 'value="1250.50"' in changing and "<select" not in changing
    await reader.post(f"{PATH}/budget", form | {"cap": "0"})
    (one,) = await BudgetService(house.database).listing(actor)
    assert (one.budget.cap, one.spent) == (0, 1_000_500_000)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"cap": "plenty"}, "Write an amount up to 1,000,000,000"),
        ({"currency": "dollars"}, "Three letters"),
        ({"period": "fortnight"}, "Choose one."),
    ],
)
async def test_a_budget_that_does_not_fit_is_said_beside_its_field(
    reader: Client, house: House, actor: Actor, changed: dict[str, str], told: str
) -> None:
    form = {"whose": "tenant", "period": "day", "cap": "1", "currency": "HKD"} | changed
    answer = await reader.post(f"{PATH}/budget", form, accept_language="en")
    assert answer.status == 422 and told in answer.text
    assert not await BudgetService(house.database).listing(actor)


async def test_a_budget_in_another_currency_is_refused(
    reader: Client, database: Database, actor: Actor
) -> None:
    await budget(database, actor, 5, Period.DAY)
    form = {"whose": "tenant", "period": "day", "cap": "1", "currency": "USD"}
    answer = await reader.post(f"{PATH}/budget", form)
    assert answer.status == 409 and "another currency" in answer.text


async def test_a_key_is_called_by_its_name_or_first_characters(
    reader: Client, database: Database, actor: Actor
) -> None:
    key = await new_key(database, actor)
    whose = Subject(kind=SubjectKind.KEY, id=key)
    await LimitService(database).set(actor, whose, Limits(at_once=1))
    text = (await reader.get(f"{PATH}/limit", accept_language="en")).text
    assert f'value="key:{key}"' in text and "(key)" in text
    assert (await reader.get(f"{PATH}/limit?whose=key:{key}")).status == 200


async def test_what_is_removed_is_asked_about_first(
    reader: Client, house: House, actor: Actor
) -> None:
    await reader.post(f"{PATH}/limit", FORM)
    id = await budget(house.database, actor, 5)
    question = await reader.get(f"{PATH}/limit/end?whose=tenant", accept_language="en")
    assert "Remove the limits of this organisation?" in question.text
    asked = await reader.get(f"{PATH}/budget/{id}/end", accept_language="en")
    assert "Remove the budget of this organisation?" in asked.text and "HK$0.00" in asked.text
    assert (await reader.post(f"{PATH}/limit/end?whose=tenant")).status == 303
    assert (await reader.post(f"{PATH}/budget/{id}/end")).status == 303
    assert not await LimitService(house.database).listing(actor)
    assert not await BudgetService(house.database).listing(actor)
    for gone in (f"{PATH}/limit/end?whose=tenant", f"{PATH}/budget/{id}/end"):
        assert (await reader.get(gone)).status == 404


async def test_who_may_only_read_sees_no_button(
    reader: Client, house: House, database: Database, actor: Actor
) -> None:
    await LimitService(database).set(actor, TENANT, Limits(at_once=1))
    await become(database, actor, Role.AUDITOR)
    text = (await reader.get(PATH)).text
    assert f"{PATH}/limit" not in text and f"{PATH}/budget" not in text
    assert (await reader.post(f"{PATH}/limit", FORM)).status == 403


async def test_a_member_of_another_institution_cannot_be_chosen(
    reader: Client, actor: Actor, stranger: Actor
) -> None:
    for address in ("limit", "budget"):
        answer = await reader.get(f"{PATH}/{address}?whose=member:{stranger.id}")
        assert answer.status == 404
    assert (await reader.get(f"{PATH}/limit?whose=member:x")).status == 422
