"""Working days in Hong Kong's dates; weekends and holidays are not counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.screening.alerts.clock import due_at, is_working_day
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.timekeeping import Timekeeping
from lionrock.screening.entities import NameKind
from tests.screening.alerts.making import Desk, entry, hit

SUNDAY = datetime(2026, 11, 22, 2, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
"""23:30 in Hong Kong."""


def midnight_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raised", "days", "holidays", "last"),
    [
        (SUNDAY, 1, (), date(2026, 11, 23)),
        (SUNDAY, 0, (), date(2026, 11, 23)),
        (SUNDAY, 5, (), date(2026, 11, 27)),
        (SUNDAY, 1, (date(2026, 11, 23),), date(2026, 11, 24)),
        (FRIDAY_EVENING, 0, (), date(2026, 11, 20)),
        (FRIDAY_EVENING, 1, (), date(2026, 11, 23)),
        (FRIDAY_EVENING + timedelta(hours=1), 1, (), date(2026, 11, 23)),
        (datetime(2026, 12, 24, 1, tzinfo=UTC), 1, (date(2026, 12, 25),), date(2026, 12, 28)),
    ],
)
def test_a_day_ends_at_midnight_in_hong_kong(
    raised: datetime, days: int, holidays: tuple[date, ...], last: date
) -> None:
    assert due_at(raised, days, holidays) == midnight_after(last)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 30),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 3, 1)), max_size=20),
)
def test_so_many_working_days_lie_between(raised: datetime, days: int, holidays: set[date]) -> None:
    due = due_at(raised, days, holidays)
    first = (raised + timedelta(hours=8)).date()
    last = (due + timedelta(hours=8)).date() - timedelta(days=1)
    span = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    counted = sum(is_working_day(d, holidays) for d in span)
    assert is_working_day(last, holidays)
    assert counted == days or (days == 0 and counted == 1 and not is_working_day(first, holidays))


def test_a_weak_alias_has_longer_and_a_list_its_own() -> None:
    own = UUID(int=9)
    policy = Policy(list_working_days={own: 0})
    assert policy.due(SUNDAY, UUID(int=1), NameKind.ALIAS) == midnight_after(date(2026, 11, 23))
    assert policy.due(SUNDAY, UUID(int=1), NameKind.WEAK) == midnight_after(date(2026, 11, 27))
    assert policy.due(SUNDAY, own, NameKind.WEAK) == midnight_after(date(2026, 11, 23))


async def test_an_alert_is_due_when_its_most_urgent_hit_is(desk: Desk) -> None:
    customer, alert = await desk.raised(hit(kind=NameKind.WEAK))
    weak = (await desk.case(alert)).alert
    await desk.found(customer, hit(entry(2)))
    both = (await desk.case(alert)).alert
    assert both.due_at < weak.due_at
    assert weak.due_at == Policy().due(weak.raised_at, hit().list.id, NameKind.WEAK)


async def test_an_overdue_alert_is_told_of_once(desk: Desk) -> None:
    _, alert = await desk.raised()
    assert await desk.alerts.timekeeping.note_overdue(desk.tenant) == 0
    await desk.late(alert)
    assert (await desk.case(alert)).alert.overdue
    assert await desk.alerts.timekeeping.note_overdue(desk.tenant) == 1
    assert await desk.alerts.timekeeping.note_overdue(desk.tenant) == 0
    assert (await desk.events()).count("screening:alert:overdue") == 1


async def test_time_brings_back_what_was_cleared_if_the_hit_still_stands(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    gone, without = await desk.raised()
    await desk.decided(without)
    await desk.gone(gone, hit())
    for one in (customer, gone):
        await desk.expire(one)
    assert await desk.alerts.timekeeping.end_clearances(desk.tenant) == 2
    assert await desk.alerts.timekeeping.end_clearances(desk.tenant) == 0
    assert [await desk.state(a) for a in (alert, without)] == ["reopened", "decided"]


async def test_hits_that_the_registry_no_longer_has_leave_their_alerts(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.keep_time(desk.tenant)
    assert await desk.state(alert) == "withdrawn", "the registry never had this customer's hit"


@pytest.mark.parametrize("fails", ["withdraw_gone", "end_clearances", "lapse_expired"])
async def test_a_step_that_fails_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    async def broken(self: Timekeeping, tenant: UUID) -> int:
        raise asyncpg.InterfaceError("connection is closed")

    customer, _ = await desk.raised()
    await desk.decided(await desk.alert_of(customer))
    await desk.expire(customer)
    _, late = await desk.raised()
    await desk.late(late)
    monkeypatch.setattr(Timekeeping, fails, broken)
    await desk.alerts.keep_time(desk.tenant)
    done = await desk.events()
    assert ("screening:clearance:end" in done) == (fails != "end_clearances")
    assert fails != "withdraw_gone" or "screening:alert:overdue" in done


async def test_the_policy_is_kept_and_its_change_is_on_record(desk: Desk) -> None:
    assert await desk.alerts.policies.get(desk.auditor) == Policy()
    changed = Policy(
        working_days=2, holidays=[date(2026, 12, 25)], list_working_days={UUID(int=1): 3}
    )
    await desk.alerts.policies.change(desk.reviewer, changed)
    assert await desk.alerts.policies.get(desk.analyst) == changed
    assert await desk.events() == ["screening:policy:change"]
