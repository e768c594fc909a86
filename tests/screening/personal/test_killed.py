"""kill -9 at each step of a customer's erasure, and a database put back from before it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lionrock.errors import Erased
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.replay import replay
from lionrock.kernel.vault.scopes import Scope
from lionrock.screening.personal.rooms import again
from tests.conftest import runtime_url
from tests.kernel.privacy.making import officers
from tests.screening.personal.conftest import room_of
from tests.screening.personal.killing import POINTS
from tests.screening.personal.making import REQUESTED, TABLES, Room


@pytest.mark.parametrize("point", POINTS)
async def test_an_erasure_killed_there_is_finished_at_the_next_start(
    database: Database, postgres: str, tmp_path: Path, point: str
) -> None:
    administrator, pair = await officers(database)
    async with room_of(database, postgres, tmp_path, administrator, pair) as room:
        customer, _ = await room.gone_by(reported=True)
        erasure = await room.propose(("customer", customer))
        shown = await room.privacy.erasures.get(pair.second, erasure)
        desk = room.desk
    told = {
        "url": runtime_url(postgres), "point": point, "folder": str(tmp_path),
        "tenant": str(desk.tenant), "member": str(pair.second.id),
        "person": str(pair.second.person), "erasure": str(erasure), "hash": shown.content_hash,
    }  # fmt: skip
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.screening.personal.killing"],
        input=json.dumps(told).encode(), capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert child.returncode == -9, child.stderr.decode()[-2000:]
    people = (desk.analyst, desk.colleague, desk.reviewer, desk.auditor)
    async with room_of(database, postgres, tmp_path, administrator, pair, people) as room:
        before = await room.privacy.erasures.get(pair.first, erasure)
        assert await room.privacy.erasures.resume() == (0 if before.state == "done" else 1)
        assert await room.privacy.erasures.resume() == 0
        assert await room.counts(*TABLES) == [0] * len(TABLES)
        assert [r["reason"] for r in await room.rows("shares")] == ["Erased."]
        with pytest.raises(Erased):
            room.house.vault.key(room.desk.tenant, Scope("alerts", customer.hex))
        await room.privacy.erasures.certificate(pair.first, erasure)
        assert len(await room.events("privacy:erasure:finish")) == 1


async def put_back(room: Room, rows: dict[str, list[str]]) -> None:
    """The database as it was, tombstones and all."""
    await room.desk.as_owner(f"DELETE FROM vault_tombstones WHERE tenant_id = '{room.desk.tenant}'")
    for table, kept in rows.items():
        for row in kept:
            await room.desk.as_owner(
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1::jsonb)",
                row,
            )


async def test_a_database_put_back_loses_the_customer_again_whatever_it_holds(room: Room) -> None:
    batch = await room.screened_file(("C-1", "CHAN Tai Man"))
    screening = await room.screened("Nobody Known")
    customer, _ = await room.gone_by(reported=True)
    tables = (*TABLES, "screenings", "screening_batches", "screening_batch_chunks")
    rows = {
        t: [r["row"] for r in await room.desk.fetch(f"SELECT to_jsonb(x)::text AS row FROM {t} x")]
        for t in tables
    }
    await room.erase(("customer", customer), ("batch", batch), ("screening", screening))
    await put_back(room, rows)
    await shared_as_before(room)
    assert 0 not in await room.counts(*tables)
    # The older copy has a hold, and the customer as one who never left.
    await room.desk.fetch("UPDATE screening_customers SET active = true")
    await room.desk.as_owner(
        f"INSERT INTO holds (tenant_id, id, name, reason, placed_by) VALUES ('{room.desk.tenant}',"
        f" '{customer}', '', '', '{customer}')"
    )
    await room.desk.as_owner(
        "INSERT INTO hold_targets (tenant_id, hold_id, kind, target_id) VALUES"
        f" ('{room.desk.tenant}', '{customer}', 'customer', '{customer}')"
    )
    house = room.house
    assert await replay(house.database, house.vault, again(house.vault, house.settings.home)) >= 4
    assert await room.counts(*tables) == [0] * len(tables)
    assert [r["reason"] for r in await room.rows("shares")] == ["Erased."]


async def shared_as_before(room: Room) -> None:
    await room.desk.fetch("UPDATE shares SET reason = $1, ended_at = NULL", REQUESTED)


async def test_a_share_put_back_without_its_case_says_nothing_either(room: Room) -> None:
    _, case = await room.gone_by(reported=True)
    await room.erase(("case", case))
    await put_back(room, {})
    await shared_as_before(room)
    house = room.house
    await replay(house.database, house.vault, again(house.vault, house.settings.home))
    (share,) = await room.rows("shares")
    assert share["reason"] == "Erased." and share["ended_at"] is not None
