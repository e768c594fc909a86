"""The queue narrows, orders and pages; counts and figures add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from lionrock.errors import InvalidInput
from lionrock.screening.alerts.queue import FINISHED_DAYS, Filter, Order
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.alerts.states import AlertState
from tests.screening.alerts.making import CHAN, OTHER_BIRTH, SAME, UN, Desk, entry, hit

OFAC = replace(UN, id=UUID(int=2), name="OFAC SDN")


async def ids(desk: Desk, wanted: Filter, order: Order = "due") -> list[UUID]:
    page = await desk.alerts.queue.page(desk.reviewer, wanted, order=order)
    return [a.id for a in page.alerts]


async def test_each_filter_narrows(desk: Desk) -> None:
    _, low = await desk.raised(hit(score=0.6))
    _, high = await desk.raised(hit(score=0.95), hit(of=OFAC, score=0.7))
    _, ended = await desk.raised()
    await desk.decided(ended)
    await desk.alerts.assignment.assign(desk.reviewer, low, desk.analyst.id)
    await desk.alerts.escalation.escalate(desk.reviewer, high, "why")
    await desk.late(low)
    for wanted, expected in (
        (Filter(), {low, high}),
        (Filter(states=[AlertState.DECIDED]), {ended}),
        (Filter(states=[AlertState.ASSIGNED, AlertState.ESCALATED]), {low, high}),
        (Filter(assignee=desk.analyst.id), {low}),
        (Filter(unassigned=True), {high}),
        (Filter(overdue=True), {low}),
        (Filter(escalated=True), {high}),
        (Filter(list_id=OFAC.id), {high}),
        (Filter(least_score=0.9), {high}),
        (Filter(most_score=0.9), {low}),
        (Filter(least_score=0.9, assignee=desk.analyst.id), set()),
    ):
        assert set(await ids(desk, wanted)) == expected, wanted


async def test_a_hit_that_went_is_not_filtered_by(desk: Desk) -> None:
    customer, _ = await desk.raised(hit(), hit(of=OFAC))
    await desk.gone(customer, hit(of=OFAC))
    assert await ids(desk, Filter(list_id=OFAC.id)) == []


@pytest.mark.parametrize("order", ["due", "score", "newest", "oldest"])
async def test_pages_hold_everything_once_in_order(desk: Desk, order: Order) -> None:
    made = [(await desk.raised(hit(entry(n), score=0.5 + (n % 3) / 10)))[1] for n in range(7)]
    seen, after = [], None
    while True:
        page = await desk.alerts.queue.page(desk.auditor, order=order, after=after, limit=3)
        seen += page.alerts
        after = page.next
        if after is None:
            break
    assert len(seen) == 7 and {a.id for a in seen} == set(made)
    key = {
        "due": lambda a: (a.due_at, a.id), "score": lambda a: (a.score, a.id),
        "newest": lambda a: (a.raised_at, a.id), "oldest": lambda a: (a.raised_at, a.id),
    }[order]  # fmt: skip
    assert seen == sorted(seen, key=key, reverse=order in ("score", "newest"))


@pytest.mark.parametrize("after", ["", "x", "WyJkdWUiXQ==", "W10=", "bnVsbA=="])
async def test_a_place_that_is_none_is_refused(desk: Desk, after: str) -> None:
    with pytest.raises(InvalidInput):
        await desk.alerts.queue.page(desk.reviewer, after=after)


async def test_a_place_in_another_order_is_refused(desk: Desk) -> None:
    for n in range(2):
        await desk.raised(hit(entry(n)))
    page = await desk.alerts.queue.page(desk.reviewer, limit=1)
    with pytest.raises(InvalidInput):
        await desk.alerts.queue.page(desk.reviewer, order="score", after=page.next)
    with pytest.raises(InvalidInput):
        await desk.alerts.queue.page(desk.reviewer, limit=0)


async def test_counts_are_of_what_waits(desk: Desk) -> None:
    _, one = await desk.raised()
    await desk.raised(entity=replace(CHAN, names=CHAN.names[1:]))
    _, ended = await desk.raised()
    await desk.decided(ended)
    await desk.alerts.assignment.assign(desk.reviewer, one, desk.analyst.id)
    await desk.late(one)
    await desk.late(ended)
    counts = await desk.alerts.queue.counts(desk.analyst)
    told = {s.value: n for s, n in counts.states.items() if n}
    assert told == {"open": 1, "assigned": 1, "decided": 1}
    assert (counts.overdue, counts.unassigned, counts.mine, counts.escalated) == (1, 1, 1, 0)
    _, straight = await desk.raised()
    _, colleagues = await desk.raised()
    await desk.alerts.assignment.assign(desk.reviewer, colleagues, desk.colleague.id)
    for alert in (straight, colleagues):
        await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    for actor, free, given, escalated in (
        (desk.analyst, 1, 2, 0), (desk.auditor, 1, 2, 0), (desk.colleague, 1, 1, 1),
        (desk.reviewer, 1, 1, 2),
    ):  # fmt: skip
        counts = await desk.alerts.queue.counts(actor)
        told = {s.value: n for s, n in counts.states.items() if n and s != AlertState.DECIDED}
        expected = {"open": free, "assigned": given, "escalated": escalated}
        assert told == {s: n for s, n in expected.items() if n}, actor.roles
        assert counts.escalated == escalated
        assert counts.unassigned == 1 + (actor is desk.reviewer)
        lines = (await desk.alerts.queue.page(actor)).alerts
        assert dict(Counter(a.state.value for a in lines)) == told, "as the queue has it"


async def test_alerts_at_their_end_are_counted_for_some_days_and_others_always(
    desk: Desk,
) -> None:
    _, waiting = await desk.raised()
    for days in (FINISHED_DAYS - 1, FINISHED_DAYS + 1):
        _, ended = await desk.raised()
        await desk.decided(ended)
        for alert in (ended, waiting):
            await desk.fetch(
                "UPDATE screening_alerts SET raised_at = now() - $2::interval WHERE id = $1",
                *(alert, timedelta(days=days)),
            )
    counts = await desk.alerts.queue.counts(desk.reviewer)
    assert {s.value: n for s, n in counts.states.items() if n} == {"open": 1, "decided": 1}


async def test_figures_of_a_period(desk: Desk) -> None:
    since = datetime.now(UTC) - timedelta(minutes=5)
    until = since + timedelta(hours=1)
    for proposal in (OTHER_BIRTH, OTHER_BIRTH, SAME):
        _, alert = await desk.raised()
        await desk.decided(alert, proposal)
    _, back = await desk.raised()
    await desk.proposed(back)
    await desk.alerts.dispositions.send_back(desk.reviewer, back, "more")
    customer, _ = await desk.raised()
    await desk.gone(customer, hit())
    figures = await desk.alerts.statistics.figures(desk.auditor, since, until)
    assert (figures.raised, figures.decided, figures.withdrawn, figures.sent_back) == (5, 3, 1, 1)
    assert figures.by_disposition == {
        Disposition.TRUE_MATCH: 1, Disposition.FALSE_POSITIVE: 2, Disposition.INCONCLUSIVE: 0,
    }  # fmt: skip
    assert figures.by_reason == {Reason.DIFFERENT_BIRTH: 2, Reason.SAME_IDENTIFIER: 1}
    assert figures.median is not None and timedelta(0) < figures.median < timedelta(minutes=5)
    before = await desk.alerts.statistics.figures(desk.auditor, since - timedelta(1), since)
    assert (before.raised, before.decided, before.median) == (0, 0, None)


async def test_the_median_is_the_middle_one_and_runs_from_the_last_opening(desk: Desk) -> None:
    for hours in (1, 5, 30):
        _, alert = await desk.raised()
        await desk.fetch(
            "UPDATE screening_alerts SET opened_at = now() - $2::interval, raised_at = now() -"
            " interval '90 days', due_at = now() - interval '1 hour' WHERE id = $1",
            alert, timedelta(hours=hours),
        )  # fmt: skip
        await desk.decided(alert)
    now = datetime.now(UTC)
    figures = await desk.alerts.statistics.figures(
        desk.auditor, now - timedelta(hours=1), now + timedelta(hours=1)
    )
    assert figures.median is not None
    assert timedelta(hours=5) <= figures.median < timedelta(hours=5, minutes=5)
    assert figures.decided_late == 3


async def test_a_period_has_a_beginning_and_then_an_end(desk: Desk) -> None:
    now = datetime.now(UTC)
    for since, until in ((now, now), (now.replace(tzinfo=None), now)):
        with pytest.raises(InvalidInput):
            await desk.alerts.statistics.figures(desk.auditor, since, until)
