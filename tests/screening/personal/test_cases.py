"""Cases by themselves, screenings and screened files: erased once nothing keeps them."""

from __future__ import annotations

import pytest

from lionrock.errors import Conflict, Erased
from lionrock.kernel.vault.scopes import Scope
from tests.screening.alerts.making import CHAN, OTHER_BIRTH, hit
from tests.screening.personal.making import Room


async def adhoc(room: Room) -> None:
    async with room.house.database.tenant_session(room.desk.analyst) as db:
        await room.desk.alerts.intake.screened(db, room.desk.analyst, CHAN, [hit()])


async def test_who_is_screened_again_after_their_case_was_erased_gets_a_new_one(room: Room) -> None:
    await adhoc(room)
    ((case, subject),) = [(r["id"], r["subject_id"]) for r in await room.rows("screening_alerts")]
    await room.desk.decided(case, OTHER_BIRTH)
    with pytest.raises(Conflict, match="class screening"):
        await room.propose(("case", case))
    await room.let_years_pass()
    await room.erase(("case", case))
    with pytest.raises(Erased):
        room.house.vault.key(room.desk.tenant, Scope("alerts", subject.hex))
    await adhoc(room)
    await adhoc(room)
    ((again, new),) = [(r["id"], r["subject_id"]) for r in await room.rows("screening_alerts")]
    assert again != case and new != subject
    assert (await room.desk.case(again)).alert.name == CHAN.caption


async def test_of_two_cases_of_a_subject_the_key_goes_with_the_last(room: Room) -> None:
    customer, first = await room.gone_by()
    second = await room.desk.fetch(
        "INSERT INTO screening_alerts (tenant_id, id, subject_kind, subject_id, name, state, score,"
        " evidence, due_at, raised_at) SELECT tenant_id, gen_random_uuid(), subject_kind, subject_id,"
        " name, 'withdrawn', score, evidence, due_at, raised_at FROM screening_alerts RETURNING id"
    )
    told = await room.erase(("case", first))
    assert [s["scope"] for s in told["keys_destroyed"]] == [f"case/{first.hex}"]  # type: ignore[attr-defined]
    room.house.vault.key(room.desk.tenant, Scope("alerts", customer.hex))
    await room.erase(("case", second[0]["id"]))
    with pytest.raises(Erased):
        room.house.vault.key(room.desk.tenant, Scope("alerts", customer.hex))
    await room.erase(("customer", customer))


async def test_a_draft_that_is_not_concluded_keeps_its_case_without_a_word_of_it(
    room: Room,
) -> None:
    case = await room.case_on(await room.put(), closed=False)
    desk = room.desk
    await desk.alerts.assignment.assign(desk.reviewer, case, desk.analyst.id)
    await desk.alerts.escalation.escalate(desk.analyst, case, "See the account.")
    report = await desk.alerts.reports.prepare(desk.reviewer, case)
    await room.end()
    await room.let_years_pass()
    with pytest.raises(Conflict, match="not closed") as refused:
        await room.propose(("case", case))
    assert "report" not in refused.value.detail and "draft" not in refused.value.detail
    assert report in {r["id"] for r in await room.rows("screening_reports")}


async def test_screenings_and_files_are_kept_for_the_time_of_their_class(room: Room) -> None:
    batch = await room.screened_file(("C-1", "CHAN Tai Man"))
    screening = await room.screened("Nobody Known")
    for target in (("screening", screening), ("batch", batch)):
        with pytest.raises(Conflict, match=r"can be erased from .*class screening"):
            await room.propose(target)
    await room.let_years_pass()
    told = await room.erase(("screening", screening), ("batch", batch))
    assert len(told["keys_destroyed"]) == 2  # type: ignore[arg-type]
    tables = ("screenings", "screening_batches", "screening_batch_chunks")
    assert await room.counts(*tables) == [0, 0, 0]


async def test_a_file_that_is_being_screened_is_not_erased(room: Room) -> None:
    batch = await room.screened_file(("C-1", "CHAN Tai Man"))
    await room.desk.fetch(
        "UPDATE screening_batches SET state = 'running', done = 0, finished_at = NULL"
    )
    with pytest.raises(Conflict, match="being screened"):
        await room.propose(("batch", batch))
