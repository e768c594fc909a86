"""Large tenants: sentences in files. The threshold is lowered, all else is as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from lionrock.app import House
from lionrock.documents.records import Records
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search import dense, library, reading
from lionrock.search.dense import Query
from lionrock.search.filters import EVERYTHING, Filters, Scope, resolve
from tests.building import house_of, taught

TEXT = "# Title {n}\n\nThe fee for item{n} is {n} dollars. It is due on day {n}.\n\n第{n}條 客戶須於{n}日內繳費。"


@pytest.fixture
async def house(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(library, "TAIL", 4)
    async with house_of(database, actor, tmp_path) as opened:
        yield opened


async def kept(house: House, actor: Actor) -> library.Library:
    opened = await house.search.indexer.library(actor.tenant_id)
    await opened.kept_up()
    return opened


async def both_ways(house: House, actor: Actor, scope: Scope, limit: int = 5) -> list[list[object]]:
    """The nearest by the files and the tail, and by comparing all."""
    vector = np.random.default_rng(1).normal(0, 0.05, 384).astype(np.float32)
    query = Query(vector, vector, (0.0, 0.0))
    reach = await house.search.indexer.reach(actor, query, scope)
    assert reach is not None
    records = Records(house.vault, actor.tenant_id)
    async with house.database.tenant_session(actor) as db:
        return [
            [
                (n.passage_id, n.start, n.chinese, round(n.centred, 4))
                for n in await dense.nearest(
                    db, actor.tenant_id, query, limit, scope, records, way
                )
            ]
            for way in (reach, None)
        ]  # fmt: skip


async def test_files_and_tail_together_bring_what_comparing_all_brings(
    house: House, actor: Actor
) -> None:
    documents = [await taught(house, actor, f"{n}.md", TEXT.format(n=n)) for n in range(4)]
    opened = await kept(house, actor)
    assert len(opened.near) >= 4 and opened.tail == []
    await taught(house, actor, "late.md", TEXT.format(n=77))
    await opened.catch_up()
    assert len(opened.tail) == 1
    for filters in (
        EVERYTHING,
        Filters(languages=("en",)),
        Filters(documents=(documents[0].id, documents[2].id)),
    ):
        async with house.database.tenant_session(actor) as db:
            scope = await resolve(db, actor, filters)
        quick, exact = await both_ways(house, actor, scope)
        assert quick == exact and exact


async def test_a_removed_documents_sentences_leave_the_files_at_the_next_search(
    house: House, actor: Actor
) -> None:
    documents = [await taught(house, actor, f"{n}.md", TEXT.format(n=n)) for n in range(4)]
    opened = await kept(house, actor)
    gone = documents[1]
    assert gone.version_id in opened.near.editions
    await house.documents.remove(actor, gone.id)
    hits = await house.search.passages(actor, "fee for item1", limit=50)
    assert hits and all(hit.passage.document_id != gone.id for hit in hits)
    assert gone.version_id not in opened.near.editions


async def test_what_went_while_it_was_read_does_not_stay_in_a_file(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [await taught(house, actor, f"{n}.md", TEXT.format(n=n)) for n in range(4)]
    copied = reading.copied

    async def slow(db: asyncpg.Connection, tenant: UUID, versions: Sequence[UUID]) -> bytes:
        data = await copied(db, tenant, versions)
        await house.documents.remove(actor, documents[0].id)
        async with house.database.tenant_session(actor) as db:
            await opened._changes.follow(db, actor.tenant_id)
        return data

    opened = await house.search.indexer.library(actor.tenant_id)
    await opened.kept_up()
    opened.near.erase(list(opened.near.editions))
    opened._behind = True
    monkeypatch.setattr(reading, "copied", slow)
    await opened.catch_up()
    await opened.kept_up()
    assert set(opened.near.editions) == {d.version_id for d in documents[1:]}


async def test_of_a_purged_version_no_row_is_left_and_no_term(house: House, actor: Actor) -> None:
    documents = [await taught(house, actor, f"{n}.md", TEXT.format(n=n)) for n in range(4)]
    opened = await kept(house, actor)
    (segment,) = opened.near.segments
    places = [p for p, v in enumerate(segment.versions) if v == documents[0].version_id]
    rows = [segment._rows(p) for p in places]
    await house.documents.remove(actor, documents[0].id)
    await house.search.indexer.purge(actor, [documents[0].version_id])
    for first, last in rows:
        assert not segment.columns["bytes"][first:last].any()
        assert not segment.columns["planes"][:, first:last].any()
        assert set(segment.columns["passages"][first:last].tolist()) == {bytes(16)}
    assert opened.words.frequencies(["item0", "item1"]) == {"item0": 0, "item1": 1}


async def test_the_files_are_there_again_after_a_restart(
    house: House, database: Database, actor: Actor, tmp_path: Path
) -> None:
    for n in range(4):
        await taught(house, actor, f"{n}.md", TEXT.format(n=n))
    before = (await kept(house, actor)).near.editions
    await house.search.close()
    async with house_of(database, actor, tmp_path, working=False) as again:
        opened = await again.search.indexer.library(actor.tenant_id)
        assert opened.near.editions == before and opened.tail == []


async def test_a_version_that_waits_for_vectors_stays_in_the_tail(
    house: House, database: Database, actor: Actor
) -> None:
    documents = [await taught(house, actor, f"{n}.md", TEXT.format(n=n)) for n in range(4)]
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE sentences SET embedding = NULL WHERE version_id = $1 AND first = 0",
            documents[3].version_id,
        )
    opened = await kept(house, actor)
    assert opened.tail == [documents[3].version_id]
    assert set(opened.near.editions) == {d.version_id for d in documents[:3]}
