"""Screening files: each row once, whoever does it and whatever dies; the same result however it is cut."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from uuid import uuid4

import pytest

from lionrock.errors import Conflict, Forbidden, InvalidInput, NotFound
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.vault.service import Vault
from lionrock.screening.registry import batch_rows
from lionrock.screening.registry.batch_results import Output
from lionrock.screening.registry.batches import Batches
from lionrock.screening.registry.registry import Registry
from tests.conftest import runtime_url
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import ENGINE, Listed, person

WORDS = "chan wong lee tai man siu ming ho".split()


def names(count: int, seed: int = 1) -> list[str]:
    dice = random.Random(seed)
    return [" ".join(dice.sample(WORDS, 3)) for _ in range(count)]


def file_of(rows: list[str]) -> io.BytesIO:
    lines = [json.dumps({"reference": f"C{n}", "name": name}) for n, name in enumerate(rows)]
    return io.BytesIO("\n".join(lines).encode())


def batches_of(desk: Desk, rows: int) -> Batches:
    return Batches(desk.database, desk.vault, desk.registry.screener, chunk=rows)


async def listed(desk: Desk) -> object:
    made = await desk.registry.lists.create(desk.manager, "UN", "un")
    people = [person(str(n), name) for n, name in enumerate(names(15, seed=2))]
    await desk.registry.imports.take(desk.manager, made, Listed(people))
    return made


async def results(batches: Batches, actor: Actor, batch: object, output: Output = "jsonl") -> bytes:
    return b"".join([part async for part in batches.results(actor, batch, output)])  # type: ignore[arg-type]


async def test_a_files_hits_are_those_of_its_names_one_by_one(desk: Desk) -> None:
    await listed(desk)
    batches, rows = batches_of(desk, 7), names(30)
    made = await batches.submit(desk.manager, file_of(rows), "jsonl")
    before = await batches.get(desk.manager, made)
    assert (before.state, before.total, before.done) == ("running", 30, 0)
    assert await batches.work(desk.manager.tenant_id) == 5
    after = await batches.get(desk.manager, made)
    assert (after.state, after.done) == ("done", 30)
    lines = [json.loads(x) for x in (await results(batches, desk.manager, made)).splitlines()]
    assert [x["row"] for x in lines] == list(range(1, 31))
    for line, name in zip(lines, rows, strict=True):
        hits = await desk.registry.screening.screen(desk.manager, person("q", name))
        assert [(h["entry"], h["score"]) for h in line["hits"]] == [
            (h.entry.id, h.score) for h in hits
        ]
    assert after.hits == sum(len(x["hits"]) for x in lines) > 0
    assert await desk.events("screening:batch:start") == 1
    assert await desk.events("screening:batch:finish") == 1


async def test_results_do_not_depend_on_how_the_file_is_cut_or_who_works(desk: Desk) -> None:
    await listed(desk)
    rows, found = names(40), set()
    for chunk, workers in ((40, 1), (7, 1), (3, 4)):
        made = await batches_of(desk, chunk).submit(desk.manager, file_of(rows), "jsonl")
        many = [batches_of(desk, chunk) for _ in range(workers)]
        done = await asyncio.gather(*(b.work(desk.manager.tenant_id) for b in many))
        assert sum(done) == -(-40 // chunk), "each chunk once"
        assert (await many[0].get(desk.manager, made)).done == 40
        found.add(await results(many[0], desk.manager, made))
    assert len(found) == 1


async def test_a_list_that_changes_meanwhile_changes_nothing(desk: Desk) -> None:
    """Nor a threshold: the file is screened against what there was when it came."""
    made = await listed(desk)
    rows = names(20)
    first = await batches_of(desk, 5).submit(desk.manager, file_of(rows), "jsonl")
    same = io.BytesIO(file_of(rows).getvalue() + b"\n")
    second = await batches_of(desk, 5).submit(desk.manager, same, "jsonl")
    batches = batches_of(desk, 5)
    async with batches._screener.against(desk.house, await _state(desk)) as against:
        while await batches._chunk(desk.house, first, against):
            pass
    everyone = [person(f"new{n}", name) for n, name in enumerate(rows)]
    done = await desk.registry.imports.take(desk.manager, made, Listed(everyone))  # type: ignore[arg-type]
    await desk.registry.imports.confirm(desk.manager, made, done.version.number)  # type: ignore[arg-type]
    await desk.registry.lists.change(desk.manager, made, name="UN", threshold=0.01)  # type: ignore[arg-type]
    assert await batches.work(desk.manager.tenant_id) == 4
    assert await results(batches, desk.manager, first) == await results(
        batches, desk.manager, second
    )


async def _state(desk: Desk):  # type: ignore[no-untyped-def]
    from lionrock.screening.registry.states import applied

    async with desk.database.tenant_session(desk.manager) as db:
        return await applied(db, desk.manager.tenant_id)


@pytest.mark.parametrize("chunks", [1, 3])
async def test_killed_it_goes_on_where_it_was_and_does_nothing_twice(
    desk: Desk, postgres: str, chunks: int
) -> None:
    await listed(desk)
    rows = names(30)
    made = await batches_of(desk, 5).submit(desk.manager, file_of(rows), "jsonl")
    told = {
        "url": runtime_url(postgres), "home": str(desk.home), "rows": "5", "chunks": str(chunks),
        "tenant": str(desk.manager.tenant_id),
    }  # fmt: skip
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.screening.registry.killed"],
        input=json.dumps(told).encode(), capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert child.returncode == -9, child.stderr.decode()[-2000:]
    batches = batches_of(desk, 5)
    assert (await batches.get(desk.manager, made)).done == 5 * chunks
    assert await batches.work(desk.manager.tenant_id) == 6 - chunks
    whole = await batches.submit(desk.manager, file_of(rows), "jsonl")
    await batches.work(desk.manager.tenant_id)
    assert await results(batches, desk.manager, made) == await results(batches, desk.manager, whole)
    assert await desk.events("screening:batch:finish") == 2


async def test_results_as_csv_hold_no_formula_and_every_row(desk: Desk) -> None:
    made = await desk.registry.lists.create(desk.manager, "=UN", "un")
    entries = Listed([person("@1", "=cmd chan"), person("2", "lee"), person("3", "ho")])
    await desk.registry.imports.take(desk.manager, made, entries)
    batches = batches_of(desk, 2)
    lines = [
        '{"reference": "+1", "name": "=cmd chan"}',
        '{"id": "2", "name": "nobody"}',
        '{"id": 3}',
    ]
    batch = await batches.submit(desk.manager, io.BytesIO("\n".join(lines).encode()), "jsonl")
    await batches.work(desk.manager.tenant_id)
    text = (await results(batches, desk.manager, batch, "csv")).decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert [row[:4] for row in table[1:]] == [
        ["1", "'+1", "'=cmd chan", "hit"], ["2", "2", "nobody", "no hit"],
        ["3", "", "", "not read: There is no name in it."],
    ]  # fmt: skip
    assert table[0][0] == "row" and len({len(row) for row in table}) == 1
    assert table[1][5:8] == ["'=UN", "1", "'@1"]
    assert await desk.events("screening:batch:export") == 1


async def test_another_engine_does_a_file_again_from_its_beginning(desk: Desk) -> None:
    await listed(desk)
    batches = batches_of(desk, 10)
    made = await batches.submit(desk.manager, file_of(names(20)), "jsonl")
    async with batches._screener.against(desk.house, await _state(desk)) as against:
        assert await batches._chunk(desk.house, made, against)
    sharper = replace(ENGINE, version="small 2", threshold=0.999)
    renewed = Registry.open(desk.database, desk.vault, desk.home, engine=sharper)
    assert await renewed.batches.work(desk.manager.tenant_id) == 2
    after = await batches.get(desk.manager, made)
    assert (after.state, after.done, after.hits, after.engine) == ("done", 20, 0, "small 2")
    await renewed.close()


async def test_a_file_that_breaks_leaves_nothing_and_one_that_was_stopped_goes_no_further(
    desk: Desk,
) -> None:
    batches = batches_of(desk, 2)
    with pytest.raises(Conflict, match="no list"):
        await batches.submit(desk.manager, file_of(names(3)), "jsonl")
    await listed(desk)
    broken = io.BytesIO(file_of(names(5)).getvalue() + b"\n{")
    with pytest.raises(InvalidInput, match="Line 6"):
        await batches.submit(desk.manager, broken, "jsonl")
    assert await desk.count("screening_batches") == await desk.count("screening_batch_chunks") == 0
    made = await batches.submit(desk.manager, file_of(names(5)), "jsonl")
    await batches.stop(desk.manager, made)
    assert await batches.work(desk.manager.tenant_id) == 0
    await batches.remove(desk.manager, made)
    with pytest.raises(NotFound):
        await batches.get(desk.manager, made)
    empty = await batches.submit(desk.manager, io.BytesIO(b""), "jsonl")
    assert (await batches.get(desk.manager, empty)).state == "done"


async def test_results_are_for_whoever_sent_the_file_and_for_reviewers(desk: Desk) -> None:
    await listed(desk)
    batches = batches_of(desk, 5)
    sender = replace(desk.manager, roles=frozenset({Role.ANALYST}))
    other = replace(sender, id=uuid4(), person=uuid4())
    reviewer = replace(desk.manager, id=uuid4(), person=uuid4())
    made = await batches.submit(sender, file_of(names(5)), "jsonl")
    await batches.work(desk.manager.tenant_id)
    assert (await batches.get(other, made)).state == "done", "that there is one is no secret"
    for refused in (
        results(batches, other, made), batches.stop(other, made), batches.remove(other, made)
    ):  # fmt: skip
        with pytest.raises(Forbidden, match="another's"):
            await refused
    assert await desk.events("screening:batch:export") == 0
    assert await results(batches, sender, made) == await results(batches, reviewer, made)
    await batches.remove(reviewer, made)
    assert await desk.events("screening:batch:remove") == 1
    assert await desk.events("screening:batch:stop") == 0


async def test_the_same_file_sent_again_while_it_is_screened_is_the_same(desk: Desk) -> None:
    made = await listed(desk)
    batches = batches_of(desk, 5)
    first = await batches.submit(desk.manager, file_of(names(5)), "jsonl")
    assert await batches.submit(desk.manager, file_of(names(5)), "jsonl") == first
    assert await batches.submit(desk.manager, file_of(names(6)), "jsonl") != first
    other = replace(desk.manager, id=uuid4())
    assert await batches.submit(other, file_of(names(5)), "jsonl") != first
    await desk.registry.lists.change(desk.manager, made, threshold=0.2)  # type: ignore[arg-type]
    assert await batches.submit(desk.manager, file_of(names(5)), "jsonl") != first
    await batches.work(desk.manager.tenant_id)
    assert await desk.count("screening_batches") == 4


async def test_a_file_can_be_removed_while_it_is_worked_on(desk: Desk) -> None:
    """Worker and remover lock in one order; neither is a victim of the other."""
    await listed(desk)
    batches = batches_of(desk, 5)
    made = await batches.submit(desk.manager, file_of(names(5)), "jsonl")
    async with desk.database.tenant_session(desk.house) as db:
        row = await batch_rows.take(db, desk.manager.tenant_id, made)
        removing = asyncio.create_task(batches.remove(desk.manager, made))
        async with desk.database.tenant_session(desk.house) as watch:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not await watch.fetchval(waiting):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        done = await batch_rows.done(db, desk.manager.tenant_id, made, row["number"], 0, 0, b"x")
        assert done is not None and done["state"] == "done"
    await removing
    assert await desk.count("screening_batches") == await desk.count("screening_batch_chunks") == 0


async def test_what_is_kept_of_a_file_is_sealed_and_one_tenants(
    desk: Desk, stranger: Actor, vault: Vault
) -> None:
    await listed(desk)
    batches = batches_of(desk, 50)
    made = await batches.submit(desk.manager, file_of(["chan tai zanzibar"]), "jsonl")
    await batches.work(desk.manager.tenant_id)
    async with desk.database.tenant_session(desk.manager) as db:
        rows = await db.fetch("SELECT b::text AS b, c::text AS c FROM screening_batches b"
                              " JOIN screening_batch_chunks c ON c.batch_id = b.id")  # fmt: skip
    assert len(rows) == 1
    for needle in ("zanzibar", b"zanzibar".hex()):
        assert needle not in rows[0]["b"] + rows[0]["c"]
    with pytest.raises(NotFound):
        await batches.get(replace(stranger, roles=frozenset({Role.ANALYST})), made)
    with pytest.raises(Forbidden):
        await batches.get(replace(desk.manager, roles=frozenset({Role.AUDITOR})), made)
    with pytest.raises(Conflict, match="nothing of yours is kept"):
        quiet = replace(desk.manager, zero_retention=True)
        await batches.submit(quiet, file_of(["x"]), "jsonl")
