"""Need to know: who may not open an alert cannot tell it from none, and sees no name."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.clock import HONG_KONG
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.queue import Filter, Order
from lionrock.screening.alerts.report_models import Draft, Outcome
from lionrock.screening.alerts.states import AlertState
from lionrock.web.screening_alerts import allowed
from tests.screening.alerts.making import CHAN, SAME, Desk, entry, hit, member

Call = Callable[[Desk, Actor, UUID], Awaitable[object]]
CALLS: dict[str, Call] = {
    "view": lambda d, a, id: d.alerts.cases.view(a, id),
    "clearances": lambda d, a, id: d.alerts.clearances.of_alert(a, id),
    "propose": lambda d, a, id: d.alerts.dispositions.propose(a, id, SAME),
    "withdraw": lambda d, a, id: d.alerts.dispositions.withdraw(a, id),
    "approve": lambda d, a, id: d.alerts.dispositions.approve(a, id, "00" * 32),
    "send back": lambda d, a, id: d.alerts.dispositions.send_back(a, id, "why"),
    "escalate": lambda d, a, id: d.alerts.escalation.escalate(a, id, "why"),
    "give back": lambda d, a, id: d.alerts.assignment.give_back(a, id),
    "take": lambda d, a, id: d.alerts.assignment.take(a, id),
}  # fmt: skip
OFFICERS: dict[str, Call] = {
    "assign": lambda d, a, id: d.alerts.assignment.assign(a, id, d.analyst.id),
    "prepare": lambda d, a, id: d.alerts.reports.prepare(a, id),
    "reports": lambda d, a, id: d.alerts.reports.of_alert(a, id),
}


async def answer(call: Call, desk: Desk, actor: Actor, id: UUID) -> str:
    with pytest.raises(NotFound) as error:
        await call(desk, actor, id)
    return error.value.detail


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_colleagues_alert_is_answered_like_none(desk: Desk, call: Call) -> None:
    _, alert = await desk.raised()
    await desk.proposed(alert)
    assert await answer(call, desk, desk.colleague, alert) == await answer(
        call, desk, desk.colleague, uuid4()
    )


@pytest.mark.parametrize("call", {**CALLS, **OFFICERS}.values(), ids={**CALLS, **OFFICERS})
async def test_another_tenants_alert_is_not_there(desk: Desk, elsewhere: Desk, call: Call) -> None:
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    assert await answer(call, elsewhere, elsewhere.reviewer, alert) == await answer(
        call, elsewhere, elsewhere.reviewer, uuid4()
    )
    assert await elsewhere.fetch("SELECT 1 FROM screening_alerts") == []


async def test_another_tenants_report_and_clearance_are_not_there(
    desk: Desk, elsewhere: Desk
) -> None:
    _, first = await desk.raised()
    await desk.decided(first)
    (clearance,) = await desk.alerts.clearances.of_alert(desk.reviewer, first)
    _, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    report = await desk.alerts.reports.prepare(desk.reviewer, alert)
    reports, other = elsewhere.alerts.reports, elsewhere.reviewer
    for sent in (
        reports.get(other, report),
        reports.edit(other, report, Draft(), 1),
        reports.export(other, report, "json"),
        reports.conclude(other, report, Outcome(outcome="not-reported", words="none")),
        elsewhere.alerts.clearances.revoke(other, clearance.id, "why"),
    ):
        with pytest.raises(NotFound):
            await sent
    assert (await elsewhere.alerts.queue.page(other)).alerts == []


async def test_each_opening_is_an_event_and_one_that_was_refused_opens_nothing(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.assignment.take(desk.analyst, alert)
    for _ in range(2):
        await desk.alerts.cases.view(desk.analyst, alert)
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(desk.colleague, alert)
    assert (await desk.events()).count("screening:alert:view") == 2


async def test_an_auditor_sees_the_queue_without_a_name_and_opens_nothing(desk: Desk) -> None:
    _, alert = await desk.raised()
    page = await desk.alerts.queue.page(desk.auditor)
    (line,) = page.alerts
    assert (line.id, line.name, line.subject_id, line.subject_kind) == (alert, None, None, None)
    assert "screening:alerts:view" not in await desk.events(), "no name was shown"
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(desk.auditor, alert)


async def test_the_queue_shows_names_to_those_who_may_open_the_alert(desk: Desk) -> None:
    customer, mine = await desk.raised()
    _, other = await desk.raised(entity=replace(CHAN, names=CHAN.names[1:]))
    await desk.alerts.assignment.assign(desk.reviewer, mine, desk.analyst.id)
    seen = {
        a.id: (a.name, a.subject_id) for a in (await desk.alerts.queue.page(desk.analyst)).alerts
    }
    assert seen == {mine: ("陳大文", customer), other: (None, None)}
    names = {a.name for a in (await desk.alerts.queue.page(desk.reviewer)).alerts}
    assert names == {"陳大文", "CHAN Tai Man"}
    assert (await desk.events()).count("screening:alerts:view") == 2


async def test_whose_alert_it_was_no_longer_knows_it(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.assignment.take(desk.analyst, alert)
    await desk.alerts.assignment.give_back(desk.analyst, alert)
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(desk.analyst, alert)
    await desk.alerts.assignment.take(desk.colleague, alert)
    assert (await desk.alerts.cases.view(desk.colleague, alert)).alert.id == alert


async def test_a_second_account_of_the_assignee_knows_it_too(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.assignment.take(desk.analyst, alert)
    same = await member(desk.database, desk.tenant, Role.ANALYST, person=desk.analyst.person)
    case = await desk.alerts.cases.view(same, alert)
    assert (case.alert.id, case.mine) == (alert, True)
    assert not (await desk.case(alert)).mine, "a reviewer sees it and does not have it"
    assert allowed(same, case).propose and allowed(same, case).give_back


async def test_an_alert_is_given_to_those_who_may_work_on_it(desk: Desk) -> None:
    _, alert = await desk.raised()
    assign = desk.alerts.assignment.assign
    with pytest.raises(InvalidInput):
        await assign(desk.reviewer, alert, desk.auditor.id)
    with pytest.raises(NotFound):
        await assign(desk.reviewer, alert, uuid4())
    with pytest.raises(Forbidden):
        await assign(desk.analyst, alert, desk.analyst.id)
    await desk.proposed(alert)
    with pytest.raises(Conflict):
        await assign(desk.reviewer, alert, desk.colleague.id)


async def test_analysts_take_nothing_where_the_policy_says_so(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.alerts.policies.change(desk.reviewer, Policy(self_assignment=False))
    with pytest.raises(Forbidden):
        await desk.alerts.assignment.take(desk.analyst, alert)
    with pytest.raises(Forbidden):
        await desk.alerts.policies.change(desk.analyst, Policy())


async def test_a_key_sees_no_more_than_was_assigned(desk: Desk) -> None:
    _, alert = await desk.raised(hit())
    scopes = frozenset({P.SCREENING_ALERT_READ, P.SCREENING_ALERT_DECIDE})
    key = replace(desk.reviewer, kind=ActorKind.SERVICE, scopes=scopes)
    with pytest.raises(NotFound):
        await desk.alerts.cases.view(key, alert)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.MODEL_OWNER])
async def test_those_without_the_permission_see_not_even_the_queue(desk: Desk, role: Role) -> None:
    other = await member(desk.database, desk.tenant, role)
    _, alert = await desk.raised()
    for sent in (
        desk.alerts.queue.page(other),
        desk.alerts.queue.counts(other),
        desk.alerts.cases.view(other, alert),
        desk.alerts.cases.view(other, uuid4()),
        desk.alerts.policies.get(other),
    ):
        with pytest.raises(Forbidden):
            await sent


async def test_the_audit_log_says_nowhere_which_customer_an_alert_is_on(desk: Desk) -> None:
    customer, alert = await desk.raised()
    content = await desk.proposed(alert)
    await desk.alerts.queue.page(desk.reviewer)
    await desk.alerts.queue.of_customer(desk.reviewer, customer)
    await desk.alerts.dispositions.approve(desk.reviewer, alert, content)
    (one,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    await desk.case(alert)
    await desk.alerts.clearances.revoke(desk.reviewer, one.id, "why")
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    report = await desk.alerts.reports.prepare(desk.reviewer, alert)
    await desk.alerts.reports.get(desk.reviewer, report)
    await desk.gone(customer, hit())
    rows = await desk.fetch("SELECT payload::text AS row FROM event_payloads")
    assert len(rows) > 10
    assert not [r["row"] for r in rows if str(customer) in r["row"] or customer.hex in r["row"]]


FREE = {"id", "state", "hits", "lists", "assignee", "due_at", "overdue"}
"""What a line says of an alert to whom it is not to know."""


async def test_a_line_of_an_alert_that_is_not_ones_to_know_links_it_to_nobody(desk: Desk) -> None:
    _, alert = await desk.raised(hit(score=0.8765))
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    (exact,) = (await desk.alerts.queue.page(desk.reviewer)).alerts
    assert (exact.score, exact.escalated, exact.state) == (0.8765, True, "escalated")
    for blind in (desk.colleague, desk.auditor):
        (line,) = (await desk.alerts.queue.page(blind)).alerts
        told = line.model_dump(exclude_none=True)
        assert set(told) == {*FREE, "score", "raised_at", "opened_at"}
        assert (line.score, line.state) == (0.8, "assigned")
        for moment in (line.raised_at, line.opened_at):
            local = moment.astimezone(HONG_KONG)
            assert (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    await desk.decided(alert, SAME)
    wanted = Filter(states=[AlertState.DECIDED])
    (line,) = (await desk.alerts.queue.page(desk.auditor, wanted)).alerts
    assert (line.disposition, line.reason, line.decided_at) == (None, None, None)


async def test_no_filter_tells_what_a_line_does_not(desk: Desk) -> None:
    _, alert = await desk.raised(hit(score=0.8765))
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    for actor, shown in ((desk.reviewer, True), (desk.colleague, False), (desk.auditor, False)):
        for wanted in (
            Filter(least_score=0.87), Filter(escalated=True), Filter(states=[AlertState.ESCALATED])
        ):  # fmt: skip
            assert bool((await desk.alerts.queue.page(actor, wanted)).alerts) is shown, wanted
        for wanted in (Filter(), Filter(unassigned=True), Filter(states=[*AlertState])):
            assert bool((await desk.alerts.queue.page(actor, wanted)).alerts) is shown, wanted
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    for wanted in (Filter(escalated=True), Filter(states=[AlertState.ESCALATED])):
        assert (await desk.alerts.queue.page(desk.analyst, wanted)).alerts, "it is theirs"
        assert not (await desk.alerts.queue.page(desk.colleague, wanted)).alerts
    assert (await desk.alerts.queue.page(desk.colleague)).alerts[0].state == "assigned"


async def test_every_line_that_looks_free_to_take_can_be_taken(desk: Desk) -> None:
    _, free = await desk.raised()
    _, given_back = await desk.raised()
    _, straight = await desk.raised()
    await desk.alerts.assignment.take(desk.analyst, given_back)
    for alert in (given_back, straight):
        await desk.alerts.escalation.escalate(desk.reviewer, alert, "why")
    await desk.alerts.assignment.give_back(desk.analyst, given_back)
    lines = (await desk.alerts.queue.page(desk.colleague)).alerts
    assert [a.id for a in lines] == [free]
    for line in lines:
        await desk.alerts.assignment.take(desk.colleague, line.id)


@pytest.mark.parametrize("order", ["score", "newest", "oldest"])
async def test_the_place_in_the_queue_tells_no_more_than_a_line(desk: Desk, order: Order) -> None:
    for n, score in enumerate((0.8765, 0.8123, 0.8444)):
        await desk.raised(hit(entry(n), score=score))
    page = await desk.alerts.queue.page(desk.colleague, order=order, limit=1)
    assert page.next is not None
    _, place, _ = json.loads(base64.urlsafe_b64decode(page.next))
    (line,) = page.alerts
    if order == "score":
        assert place == line.score == 0.8
    else:
        assert datetime.fromisoformat(place) == line.raised_at


async def test_nobody_takes_again_what_they_gave_back(desk: Desk) -> None:
    _, alert = await desk.raised()
    same = await member(desk.database, desk.tenant, Role.ANALYST, person=desk.analyst.person)
    await desk.alerts.assignment.take(desk.analyst, alert)
    await desk.alerts.assignment.give_back(desk.analyst, alert)
    for actor in (desk.analyst, same):
        with pytest.raises(Conflict, match="gave it back"):
            await desk.alerts.assignment.take(actor, alert)
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    assert (await desk.alerts.cases.view(desk.analyst, alert)).alert.assignee == desk.analyst.id


async def test_of_a_customers_alerts_each_is_told_what_they_may_open(desk: Desk) -> None:
    customer, alert = await desk.raised()
    other, _ = await desk.raised()
    queue, views = desk.alerts.queue, "SELECT 1 FROM events WHERE event = 'screening:alerts:view'"
    for who in (desk.analyst, desk.colleague, desk.auditor):
        assert await queue.of_customer(who, customer) == []
    assert await desk.fetch(views) == [], "nobody was named to anyone"
    await desk.alerts.assignment.assign(desk.reviewer, alert, desk.analyst.id)
    for who in (desk.analyst, desk.reviewer):
        assert [a.id for a in await queue.of_customer(who, customer)] == [alert]
    assert len(await desk.fetch(views)) == 2
    assert await queue.of_customer(desk.colleague, customer) == []
    assert await queue.of_customer(desk.analyst, other) == []
    chief = replace(desk.reviewer, roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(Forbidden):
        await queue.of_customer(chief, customer)


async def test_the_policy_says_who_set_it(desk: Desk) -> None:
    policies = desk.alerts.policies
    first = await policies.kept(desk.analyst)
    assert (first.policy, first.changed_by, first.changed_at) == (Policy(), None, None)
    await policies.change(desk.reviewer, Policy(clearance_days=90))
    kept = await policies.kept(desk.analyst)
    assert kept.policy.clearance_days == 90 and kept.changed_by == desk.reviewer.id
    assert kept.changed_at is not None
    with pytest.raises(Forbidden):
        await policies.kept(replace(desk.analyst, roles=frozenset({Role.ADMINISTRATOR})))
