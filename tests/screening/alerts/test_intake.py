"""Hits raise, join, change, reopen and withdraw alerts; cleared pairs rest until something changes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from lionrock.errors import Conflict
from lionrock.kernel.actors import worker
from lionrock.screening.alerts.models import NewProposal
from lionrock.screening.alerts.reasons import Disposition, Reason
from lionrock.screening.entities import Address, Birth, Entity, Identifier, IdentifierKind, Name
from tests.screening.alerts.making import (
    CHAN,
    OTHER_BIRTH,
    SAME,
    UN,
    UNKNOWN,
    Desk,
    entry,
    hit,
)

SECOND = hit(entry(2))


async def test_a_hit_raises_an_alert_with_the_evidence_of_both_sides(desk: Desk) -> None:
    _, alert = await desk.raised()
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.name, case.alert.hits) == ("open", "陳大文", 1)
    evidence = case.hits[0].evidence
    assert evidence is not None
    assert (evidence.subject, evidence.listed, evidence.match) == (CHAN, entry(), hit().match)
    assert (await desk.events())[0] == "screening:alert:raise"


async def test_a_new_hit_joins_the_subjects_open_alert(desk: Desk) -> None:
    customer, alert = await desk.raised(hit(score=0.8))
    await desk.found(customer, replace(SECOND, match=replace(SECOND.match, score=0.95)))
    case = await desk.case(await desk.alert_of(customer))
    assert (case.alert.id, case.alert.hits, case.alert.score) == (alert, 2, 0.95)


async def test_two_customers_have_two_alerts(desk: Desk) -> None:
    (_, first), (_, second) = await desk.raised(), await desk.raised()
    assert first != second


async def test_hits_that_arrive_at_once_make_one_alert(desk: Desk) -> None:
    customer = await desk.customer()
    await asyncio.gather(*(desk.found(customer, hit(entry(n))) for n in range(5)))
    case = await desk.case(await desk.alert_of(customer))
    assert case.alert.hits == 5


async def test_the_same_hit_again_changes_nothing(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.proposed(alert)
    await desk.found(customer, replace(hit(), list=replace(UN, version=4)))
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.hits, case.hits[0].list_version) == ("proposed", 1, 4)
    assert [h.gone_at for h in case.hits] == [None]


async def test_a_cleared_pair_rests(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.found(customer, hit(score=0.97))
    assert await desk.state(await desk.alert_of(customer)) == "decided"


MOVED = replace(CHAN, addresses=(Address("2 Nathan Road", "hk"),), positions=("clerk",))


async def test_a_cleared_pair_rests_whatever_else_is_known_of_the_customer(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    desk.customers[customer] = MOVED
    await desk.found(customer, hit())
    assert await desk.state(alert) == "decided"


@pytest.mark.parametrize(
    "changed",
    [
        replace(CHAN, names=(Name("陳大明"),)),
        replace(CHAN, identifiers=()),
        replace(CHAN, identifiers=(Identifier(IdentifierKind.PASSPORT, "K01234567", "cn"),)),
        replace(CHAN, births=(Birth(date(1960, 1, 1), date(1960, 12, 31)),)),
        replace(CHAN, countries=("ir",)),
    ],
    ids=["name", "identifier gone", "identifier", "birth", "country"],
)
async def test_a_changed_subject_reopens_the_alert(desk: Desk, changed: Entity) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    desk.customers[customer] = changed
    await desk.found(customer, hit())
    assert await desk.state(alert) == "reopened"
    (clearance,) = await desk.alerts.clearances.of_alert(desk.reviewer, alert)
    assert clearance.ended_why == "changed"


async def test_a_changed_entry_reopens_the_alert_with_what_was_decided_on_still_readable(
    desk: Desk,
) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.found(customer, hit(entry(1, programmes=("1267", "1988"))))
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.assignee, case.alert.disposition) == (
        "reopened", None, None,
    )  # fmt: skip
    assert [h.gone_why for h in case.hits] == [None, "changed"]
    assert case.hits[1].evidence is not None
    assert case.hits[1].evidence.listed == entry()
    assert [s.kind for s in case.steps] == ["raise", "assign", "propose", "approve", "reopen"]


async def test_a_new_entry_for_a_cleared_customer_is_a_new_alert(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.found(customer, SECOND)
    assert sorted([await desk.state(a) for a in await desk.alerts_of(customer)]) == [
        "decided", "open",
    ]  # fmt: skip


async def test_a_cleared_entry_that_changes_joins_the_alert_that_is_open(desk: Desk) -> None:
    customer, first = await desk.raised()
    await desk.decided(first)
    await desk.found(customer, SECOND)
    await desk.found(customer, hit(entry(1, gender="male")))
    (second,) = set(await desk.alerts_of(customer)) - {first}
    assert await desk.state(first) == "decided"
    assert (await desk.case(second)).alert.hits == 2


async def test_an_expired_clearance_does_not_hold(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.expire(customer)
    await desk.found(customer, hit())
    assert await desk.state(alert) == "reopened"


@pytest.mark.parametrize("proposal", [SAME, UNKNOWN], ids=["true match", "inconclusive"])
async def test_what_was_not_cleared_is_not_asked_again_until_it_changes(
    desk: Desk, proposal: NewProposal
) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert, proposal)
    await desk.found(customer, hit(score=0.99))
    assert await desk.state(await desk.alert_of(customer)) == "decided"
    await desk.found(customer, hit(entry(1, gender="male")))
    assert await desk.state(alert) == "reopened"


async def test_an_alert_that_nobody_had_is_withdrawn_when_its_hits_all_went(desk: Desk) -> None:
    customer, alert = await desk.raised(hit(), SECOND)
    await desk.gone(customer, hit())
    assert await desk.state(alert) == "open", "one hit is left"
    await desk.gone(customer, SECOND)
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.assignee) == ("withdrawn", None)
    assert [s.kind for s in case.steps][-3:] == ["change", "change", "withdraw"]
    assert "screening:alert:withdraw" in await desk.events()


NOTHING_LEFT = NewProposal(disposition=Disposition.INCONCLUSIVE, reason=Reason.NOTHING_LEFT)


async def test_what_somebody_had_waits_for_two_people_though_its_hits_all_went(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.proposed(alert, SAME)
    await desk.gone(customer, hit())
    assert await desk.state(alert) == "assigned", "the proposal lapsed; the alert stays"
    await desk.decided(alert, NOTHING_LEFT)
    case = await desk.case(alert)
    assert (case.alert.state, case.alert.reason) == ("decided", Reason.NOTHING_LEFT)
    assert await desk.alerts.clearances.of_alert(desk.reviewer, alert) == []


async def test_giving_it_back_first_makes_it_go_no_more(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.alerts.assignment.take(desk.analyst, alert)
    await desk.alerts.assignment.give_back(desk.analyst, alert)
    await desk.gone(customer, hit())
    assert await desk.state(alert) == "open"


async def test_nothing_left_is_no_reason_while_a_hit_stands(desk: Desk) -> None:
    _, alert = await desk.raised()
    with pytest.raises(Conflict, match="hit"):
        await desk.proposed(alert, NOTHING_LEFT)


async def test_other_hits_in_the_place_of_the_former_leave_the_alert_and_its_assignee(
    desk: Desk,
) -> None:
    customer, alert = await desk.raised()
    await desk.replaced(customer, [hit()], [SECOND])
    assert await desk.state(alert) == "open"
    await desk.alerts.assignment.take(desk.analyst, alert)
    await desk.replaced(customer, [SECOND], [hit(entry(3))])
    case = await desk.case(await desk.alert_of(customer))
    assert (case.alert.id, case.alert.assignee, case.alert.hits) == (alert, desk.analyst.id, 1)


async def test_what_the_reporting_officer_has_is_not_withdrawn(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "懷疑")
    await desk.gone(customer, hit())
    assert await desk.state(alert) == "escalated"


async def test_a_decided_alert_stays_decided_when_its_hits_go_and_come_back(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.decided(alert)
    await desk.gone(customer, hit())
    assert await desk.state(alert) == "decided"
    await desk.found(customer, hit())
    assert await desk.state(await desk.alert_of(customer)) == "decided"
    await desk.expire(customer)
    await desk.alerts.timekeeping.end_clearances(desk.tenant)
    assert await desk.state(alert) == "reopened", "the hit stands again"


async def test_a_hit_that_comes_back_to_a_withdrawn_alert_is_a_new_one(desk: Desk) -> None:
    customer, _ = await desk.raised()
    await desk.gone(customer, hit())
    await desk.found(customer, hit())
    assert [await desk.state(a) for a in await desk.alerts_of(customer)] == ["withdrawn", "open"]


async def test_escalated_stays_escalated_when_a_decided_alert_is_reopened(desk: Desk) -> None:
    customer, alert = await desk.raised()
    await desk.alerts.escalation.escalate(desk.reviewer, alert, "懷疑")
    await desk.decided(alert, SAME)
    await desk.found(customer, hit(entry(1, gender="male")))
    case = await desk.case(alert)
    assert (case.alert.state, case.escalated_by) == ("escalated", desk.reviewer.id)
    await desk.gone(customer, hit(entry(1, gender="male")))
    assert await desk.state(alert) == "escalated"


async def screened(desk: Desk, entity: Entity, *hits: object) -> UUID | None:
    house = worker(desk.tenant)
    async with desk.database.tenant_session(house) as db:
        return await desk.alerts.intake.screened(db, house, entity, hits)  # type: ignore[arg-type]


async def test_a_name_screened_twice_has_one_alert_whatever_it_was_called_by(desk: Desk) -> None:
    first = await screened(desk, CHAN, hit())
    again = replace(CHAN, id="payment 7", names=CHAN.names[::-1])
    assert first is not None
    assert await screened(desk, again, SECOND) == first
    assert await screened(desk, replace(CHAN, names=(Name("陳大明"),)), hit()) != first
    await desk.decided(first)
    assert await screened(desk, CHAN, hit()) is None
    assert await screened(desk, CHAN) is None


BARE = replace(CHAN, births=(), identifiers=())


@pytest.mark.parametrize("proposal", [OTHER_BIRTH, SAME, UNKNOWN])
async def test_a_decision_on_a_bare_name_is_not_one_on_the_next_who_bears_it(
    desk: Desk, proposal: NewProposal
) -> None:
    alert = await screened(desk, BARE, hit())
    assert alert is not None
    await desk.decided(alert, proposal)
    assert await desk.alerts.clearances.of_alert(desk.reviewer, alert) == []
    assert await screened(desk, BARE, hit()) == alert, "somebody may be asked again"
    case = await desk.case(alert)
    assert case.alert.state == "reopened"
    assert [s.disposition for s in case.steps if s.kind == "approve"] == [proposal.disposition]


async def test_what_was_said_with_a_name_and_cleared_rests(desk: Desk) -> None:
    for told in (replace(BARE, births=CHAN.births), replace(BARE, identifiers=CHAN.identifiers)):
        alert = await screened(desk, told, hit())
        assert alert is not None
        await desk.decided(alert)
        assert await screened(desk, told, hit()) is None


async def test_what_is_about_a_person_is_sealed(desk: Desk) -> None:
    _, alert = await desk.raised()
    await desk.decided(alert, OTHER_BIRTH)
    tables = ("alerts", "alert_hits", "alert_steps", "clearances")
    rows = [
        await desk.fetch(f"SELECT to_jsonb(t)::text AS row FROM screening_{t} t") for t in tables
    ]
    text = "".join(r["row"] for some in rows for r in some)
    for words in ("陳大文", "CHAN", "A123456", "護照"):
        assert words not in text and words.encode().hex() not in text
