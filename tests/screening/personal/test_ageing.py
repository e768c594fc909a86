"""Old screenings, files, cases and customers by the tenant's retention classes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from lionrock.kernel.privacy.holds import Target
from tests.screening.alerts.making import CHAN, OTHER_BIRTH, hit
from tests.screening.personal.making import Room

LATER = date(2040, 1, 1)


async def sets(room: Room, code: str, months: int, *, automatic: bool = False) -> None:
    async with room.house.database.tenant_session(room.officer) as db:
        await db.execute(
            "UPDATE retention_classes SET maximum_months = $1, automatic = $2,"
            " minimum_months = least(minimum_months, $1) WHERE code = $3",
            *(months, automatic, code),
        )


async def everything(room: Room) -> dict[str, UUID]:
    batch = await room.screened_file(("C-9", "LEE Mei Ling"))
    screening = await room.screened("Nobody Known")
    async with room.house.database.tenant_session(room.desk.analyst) as db:
        await room.desk.alerts.intake.screened(db, room.desk.analyst, CHAN, [hit()])
    case = (await room.rows("screening_alerts"))[0]["id"]
    await room.desk.decided(case, OTHER_BIRTH)
    customer, _ = await room.gone_by()
    return {"batch": batch, "screening": screening, "case": case, "customer": customer}


async def test_nothing_is_due_before_a_class_says_how_long_at_most(room: Room) -> None:
    await everything(room)
    assert await room.privacy.retention.due(room.officer, today=LATER) == []


async def test_what_is_past_its_classes_time_is_listed_and_stays(room: Room) -> None:
    made, retention = await everything(room), room.privacy.retention
    await sets(room, "screening", 72)
    await sets(room, "aml-due-diligence", 84)
    assert await retention.due(room.officer, today=date(2026, 1, 14)) == []
    first = {
        d.kind: d.target_id for d in await retention.due(room.officer, today=date(2026, 1, 15))
    }
    assert first == {k: v for k, v in made.items() if k != "customer"}
    due = await retention.due(room.officer, today=date(2027, 1, 15))
    assert {d.kind: d.target_id for d in due} == made
    assert {d.due_on for d in due} == {date(2026, 1, 15), date(2027, 1, 15)}
    await room.privacy.keep_time()
    assert await room.counts("screenings", "screening_batches", "screening_customers") == [1, 1, 1]


async def test_a_class_that_says_so_lets_them_go_by_themselves_and_not_what_is_held(
    room: Room,
) -> None:
    made = await everything(room)
    await sets(room, "screening", 0, automatic=True)
    target = Target(kind="batch", id=made["batch"])
    await room.privacy.holds.place(room.officer, "H", "r", [target])
    await room.privacy.keep_time()
    assert await room.counts("screenings", "screening_batches") == [0, 1]
    assert made["case"] not in {r["id"] for r in await room.rows("screening_alerts")}
    (erasure,) = await room.privacy.erasures.listing(room.officer)
    assert (erasure.state, erasure.reason, len(erasure.targets)) == ("done", "retention", 2)


async def test_what_turns_out_to_be_kept_does_not_keep_the_rest(room: Room) -> None:
    made = await everything(room)
    await sets(room, "screening", 0, automatic=True)
    await sets(room, "aml-due-diligence", 60, automatic=True)
    (case,) = [r["id"] for r in await room.rows("screening_alerts") if r["id"] != made["case"]]
    target = Target(kind="case", id=case)
    await room.privacy.holds.place(room.officer, "H", "r", [target])
    await room.privacy.keep_time()
    assert await room.counts("screenings", "screening_batches") == [0, 0]
    assert made["customer"] in {r["id"] for r in await room.rows("screening_customers")}


async def test_what_is_due_is_the_tenants_own(room: Room, elsewhere: Room) -> None:
    await everything(room)
    await sets(room, "screening", 0)
    await sets(elsewhere, "screening", 0)
    assert await elsewhere.privacy.retention.due(elsewhere.officer, today=LATER) == []
