"""A customer's data in every room: kept for as long as the law says, then erased with one approval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from lionrock.errors import Conflict, Erased, NotFound
from lionrock.kernel.privacy import clock
from lionrock.kernel.vault.scopes import Scope
from tests.screening.alerts.making import CHAN, entry, hit
from tests.screening.personal.making import LEE_MEI_LING, REQUESTED, TABLES, Room

LAW = r"Cap\. 615, Schedule 2, section 20"


async def test_who_is_a_customer_is_not_erased(room: Room) -> None:
    customer = await room.put()
    with pytest.raises(Conflict, match=rf"no day is set.*They are a customer.*{LAW}"):
        await room.propose(("customer", customer))


async def test_who_was_one_can_be_erased_from_a_day_that_is_told(room: Room) -> None:
    customer = await room.put()
    await room.end()
    today = clock.hong_kong_date((await room.rows("screening_customers"))[0]["changed_at"])
    day = clock.months_after(today, 60).isoformat()
    with pytest.raises(Conflict, match=rf"can be erased from {day}.*60 months after.*{LAW}"):
        await room.propose(("customer", customer))


async def test_the_tenants_own_class_may_keep_longer_and_never_shorter(room: Room) -> None:
    customer = await room.put()
    await room.end()
    started = clock.hong_kong_date((await room.rows("screening_customers"))[0]["changed_at"])
    async with room.house.database.tenant_session(room.officer) as db:
        await db.execute(
            "UPDATE retention_classes SET minimum_months = 84 WHERE code = 'aml-due-diligence'"
        )
    day = clock.months_after(started, 84).isoformat()
    with pytest.raises(Conflict, match=f"from {day}"):
        await room.propose(("customer", customer))
    async with room.house.database.tenant_session(room.officer) as db:
        await db.execute(
            "UPDATE retention_classes SET active = false WHERE code = 'aml-due-diligence'"
        )
    with pytest.raises(Conflict, match=f"from {clock.months_after(started, 60).isoformat()}"):
        await room.propose(("customer", customer))


async def test_an_officer_sets_the_day_on_which_the_relationship_ended(room: Room) -> None:
    customer = await room.put()
    await room.end()
    ended = date(2019, 3, 1)
    await room.privacy.retention.start(
        room.officer, "customer", customer, "relationship-end", ended
    )
    await room.erase(("customer", customer))
    assert await room.counts("screening_customers", "retention_starts") == [0, 0]


async def test_a_day_does_not_end_the_relationship_of_who_is_still_a_customer(room: Room) -> None:
    customer = await room.put()
    await room.privacy.retention.start(
        room.officer, "customer", customer, "relationship-end", date(2019, 3, 1)
    )
    with pytest.raises(Conflict, match="They are a customer"):
        await room.propose(("customer", customer))


async def test_their_record_hits_cases_and_key_go_and_nobody_elses(room: Room) -> None:
    other = await room.put(LEE_MEI_LING)
    kept = await room.case_on(other, reported=True)
    customer, case = await room.gone_by(reported=True)
    told = await room.erase(("customer", customer))
    beside = told["erased_beside"]
    assert beside == {str(customer): {"cases": 1}}
    assert {s["scope"] for s in told["keys_destroyed"]} == {  # type: ignore[attr-defined]
        f"customer/{customer.hex}", f"case/{case.hex}", f"alerts/{customer.hex}"
    }  # fmt: skip
    for table in TABLES:
        assert {r["tenant_id"] for r in await room.rows(table)} == {room.desk.tenant}
        of = "id" if table == "screening_customers" else "alert_id"
        of = "id" if table == "screening_alerts" else of
        gone = case if table != "screening_customers" else customer
        assert gone not in {r[of] for r in await room.rows(table)}, table
    assert await room.counts("screening_customers", "screening_alerts") == [1, 1]
    shares = {r["subject_id"]: r for r in await room.rows("shares")}
    assert (shares[case]["reason"], shares[kept]["reason"]) == ("Erased.", REQUESTED)
    assert shares[case]["ended_at"] is not None and shares[kept]["ended_at"] is None
    with pytest.raises(Erased):
        room.house.vault.key(room.desk.tenant, Scope("alerts", customer.hex))
    assert (await room.desk.case(kept)).hits[0].evidence is not None
    with pytest.raises(NotFound):
        await room.desk.alerts.cases.view(room.desk.reviewer, case)


async def test_of_a_share_that_was_ended_before_the_reason_goes_and_the_day_stays(
    room: Room,
) -> None:
    _, case = await room.gone_by(reported=True)
    await room.desk.fetch("UPDATE shares SET ended_at = created_at")
    await room.erase(("case", case))
    ((reason, ended, made),) = [
        (r["reason"], r["ended_at"], r["created_at"]) for r in await room.rows("shares")
    ]
    assert reason == "Erased." and ended == made


async def test_events_of_the_case_tell_nothing_afterwards(room: Room) -> None:
    customer, case = await room.gone_by()
    before = await room.count("event_payloads", f"payload::text LIKE '%{case}%'")
    told = await room.erase(("customer", customer))
    assert before and int(str(told["event_payloads_deleted"])) >= before
    after = await room.count(
        "event_payloads",
        f"payload::text LIKE '%{case}%' AND payload::text NOT LIKE '%privacy:%'",
    )
    assert after == 0, await room.desk.fetch("SELECT payload FROM event_payloads")


async def test_a_case_that_is_not_closed_keeps_its_customer(room: Room) -> None:
    customer = await room.put()
    await room.case_on(customer, closed=False)
    await room.end()
    await room.let_years_pass()
    with pytest.raises(Conflict, match=r"no day is set.*A case is not closed"):
        await room.propose(("customer", customer))


async def test_a_case_closed_later_than_the_relationship_counts_from_its_closing(
    room: Room,
) -> None:
    customer = await room.put()
    case = await room.case_on(customer)
    await room.end()
    past = date(2015, 1, 1)
    await room.privacy.retention.start(room.officer, "customer", customer, "relationship-end", past)
    (step, *_) = await room.desk.fetch("SELECT max(made_at) AS at FROM screening_alert_steps")
    day = clock.months_after(clock.hong_kong_date(step["at"]), 60).isoformat()
    for target in (("customer", customer), ("case", case)):
        with pytest.raises(Conflict, match=f"from {day}.*after it was closed"):
            await room.propose(target)


async def test_who_comes_back_after_the_approval_was_asked_for_is_not_erased(room: Room) -> None:
    customer, _ = await room.gone_by()
    erasure = await room.propose(("customer", customer))
    shown = await room.privacy.erasures.get(room.officers.second, erasure)
    assert await room.put() == customer
    with pytest.raises(Conflict, match="They are a customer"):
        await room.privacy.erasures.approve(room.officers.second, erasure, shown.content_hash)
    assert await room.count("screening_customers") == 1


async def test_a_new_case_makes_the_approval_void(room: Room) -> None:
    customer, case = await room.gone_by()
    erasure = await room.propose(("customer", customer))
    shown = await room.privacy.erasures.get(room.officers.second, erasure)
    await room.desk.found(customer, hit(entry(2)))
    with pytest.raises(Conflict):
        await room.privacy.erasures.approve(room.officers.second, erasure, shown.content_hash)
    assert case in {r["id"] for r in await room.rows("screening_alerts")}


async def test_rows_of_screened_files_are_emptied_and_the_others_stay(room: Room) -> None:
    batch = await room.screened_file(
        ("C-1", "CHAN Tai Man"), ("C-2", "LEE Mei Ling"), ("C-1", "CHAN Tai Man")
    )
    numbered = await room.screened_file(("", "LEE Mei Ling"), ("", "CHAN Tai Man"))
    customer, _ = await room.gone_by()
    before = await room.house.screening.registry.batches.get(room.desk.analyst, batch)
    told = await room.erase(("customer", customer))
    assert told["erased_beside"] == {str(customer): {"cases": 1, "rows_of_screened_files": 2}}
    registry = room.house.screening.registry
    found = b"".join([p async for p in registry.batches.results(room.desk.analyst, batch, "csv")])
    assert b"LEE Mei Ling" in found and b"CHAN" not in found and found.count(b"Erased.") == 2
    after = await registry.batches.get(room.desk.analyst, batch)
    assert (before.hits, after.hits, after.total) == (2, 0, 3)
    other = [p async for p in registry.batches.results(room.desk.analyst, numbered, "csv")]
    assert b"CHAN Tai Man" in b"".join(other)


async def test_a_row_without_a_reference_is_theirs_by_number_and_name_alone(room: Room) -> None:
    people = [replace(LEE_MEI_LING, id="1"), replace(CHAN, id="2")]
    first, second = [await room.put(p) for p in people]
    for one in people:
        await room.end(one)
    batch = await room.screened_file(("", "CHAN Tai Man"), ("", "CHAN Tai Man"))
    await room.let_years_pass()
    assert (await room.erase(("customer", first)))["erased_beside"] == {}
    told = await room.erase(("customer", second))
    assert told["erased_beside"] == {str(second): {"rows_of_screened_files": 1}}
    registry = room.house.screening.registry
    found = b"".join([p async for p in registry.batches.results(room.desk.analyst, batch, "csv")])
    assert found.count(b"Erased.") == 1 and b'"1","1","CHAN Tai Man"' in found


async def test_the_officer_of_another_tenant_finds_nothing_to_erase_or_hold(
    room: Room, elsewhere: Room
) -> None:
    customer, case = await room.gone_by()
    for target in (("customer", customer), ("case", case)):
        with pytest.raises(NotFound):
            await elsewhere.propose(target)
    with pytest.raises(NotFound):
        await elsewhere.privacy.retention.start(
            elsewhere.officer, "customer", customer, "relationship-end", date(2020, 1, 1)
        )
    await elsewhere.gone_by()
    await room.erase(("customer", customer))
    assert await elsewhere.counts("screening_customers", "screening_alerts") == [1, 1]
