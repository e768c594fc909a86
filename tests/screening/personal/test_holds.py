from __future__ import annotations

import asyncpg
import pytest

from lionrock.errors import Conflict
from lionrock.kernel.privacy.holds import HELD, Target
from tests.kernel.privacy.making import CHAN
from tests.kernel.privacy.test_findings import searched
from tests.screening.personal.making import Room


@pytest.mark.parametrize("by", ["customer", "case", "subject", "tenant"])
async def test_what_is_held_is_erased_by_nobody_and_named(room: Room, by: str) -> None:
    customer, case = await room.gone_by()
    await searched(room)
    (subject,) = await room.privacy.subjects.find(room.officer, CHAN[0])
    ids = {"customer": customer, "case": case, "subject": subject.id, "tenant": room.desk.tenant}
    target = Target(kind=by, id=ids[by])  # type: ignore[arg-type]
    hold = await room.privacy.holds.place(room.officer, "HCA 1/2026", "a writ", [target])
    for wanted in (("customer", customer), ("case", case)):
        with pytest.raises(Conflict, match=str(hold)):
            await room.propose(wanted)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await room.desk.fetch(
            "WITH a AS (DELETE FROM screening_alert_hits), b AS (DELETE FROM screening_alert_steps),"
            " c AS (DELETE FROM screening_clearances) DELETE FROM screening_alerts"
        )
    assert refused.value.sqlstate == HELD
    await room.privacy.holds.release(room.officer, hold, "settled")
    await room.erase(("customer", customer))


async def test_a_held_file_is_not_removed_by_who_screened_it_either(room: Room) -> None:
    batch = await room.screened_file(("C-1", "CHAN Tai Man"))
    target = Target(kind="batch", id=batch)
    await room.privacy.holds.place(room.officer, "H", "r", [target])
    with pytest.raises(Conflict, match="legal hold"):
        await room.house.screening.registry.batches.remove(room.desk.analyst, batch)


async def test_the_database_itself_deletes_no_case_that_is_open(room: Room) -> None:
    await room.case_on(await room.put(), closed=False)
    await room.desk.fetch("DELETE FROM screening_alert_hits")
    await room.desk.fetch("DELETE FROM screening_alert_steps")
    with pytest.raises(asyncpg.PostgresError, match="not closed"):
        await room.desk.fetch("DELETE FROM screening_alerts")
