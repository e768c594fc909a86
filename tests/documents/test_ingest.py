"""A worker killed at any step leaves a whole state; the next one takes it up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.documents import queries
from lionrock.errors import Unavailable
from lionrock.kernel import tenants
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.tasks import stop
from tests.building import house_of, put, settled
from tests.fakes import WordEmbedder

TEXT = "# One\n\nFirst paragraph of the text.\n\n# Two\n\nSecond paragraph of the text.\n"


class Died(BaseException):
    """Stands for kill -9: nothing in the product catches it."""


async def counts(database: Database, actor: Actor) -> tuple[int, int, int]:
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow(
            "SELECT (SELECT count(*) FROM versions) AS v, (SELECT count(*) FROM pages) AS p,"
            " (SELECT count(*) FROM sentences WHERE embedding IS NOT NULL) AS e"
        )
    return row["v"], row["p"], row["e"]


@pytest.mark.parametrize("step", ["_parse", "_keep", "index", "embed", "_reach"])
async def test_killed_at_any_step_the_next_worker_finishes_and_doubles_nothing(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await put(house, actor, "text.md", TEXT)
        part = house.search.indexer if step in ("index", "embed") else house.ingest
        whole = getattr(part, step)

        async def dies_after(*args: object) -> None:
            await whole(*args)
            raise Died

        with monkeypatch.context() as patched:
            patched.setattr(part, step, dies_after)
            with pytest.raises(Died):
                await house.ingest._one_of_each_tenant()
        assert (await house.documents.get(actor, added.document_id)).state != "failed"

    async with house_of(database, actor, tmp_path, working=False) as house:
        await house.ingest.recover()
        while await house.ingest._one_of_each_tenant():
            pass
        document = await house.documents.get(actor, added.document_id)
        found = await house.search.passages(actor, "second paragraph")
    assert document.state == "ready"
    assert await counts(database, actor) == (1, 1, 2)
    assert len({h.passage.id for h in found}) == len(found) == 2


async def test_a_file_that_kills_its_worker_each_time_is_given_up(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await put(house, actor, "text.md", TEXT)
        for _ in range(3):
            async with database.tenant_session(actor) as db:
                await db.execute(queries.CLAIM, actor.tenant_id, 60, actor.id, [])
            await house.ingest.recover()
        await house.ingest._one_of_each_tenant()
        document = await house.documents.get(actor, added.document_id)
    assert document.state == "failed"
    assert "3 attempts" in document.error


async def test_when_the_embedder_is_away_the_version_waits_its_turn(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lionrock.documents.ingest._IDLE_SECONDS", 0.01)

    class Away(WordEmbedder):
        calls = 0

        async def passages(self, texts, *, urgent=False):  # type: ignore[no-untyped-def]
            Away.calls += 1
            if Away.calls < 6:
                raise Unavailable("the embedder is being restarted")
            return await super().passages(texts)

    async with house_of(database, actor, tmp_path, embedder=Away()) as house:
        document = await settled(house, actor, await put(house, actor, "text.md", TEXT))
    assert document.state == "ready"
    assert Away.calls >= 6


async def test_half_written_uploads_are_swept_at_start(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    leftover = tmp_path / "files" / actor.tenant_id.hex / "incoming-x"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    async with house_of(database, actor, tmp_path, working=False) as house:
        await house.ingest.recover()
    assert not leftover.exists()


async def test_a_worker_stopped_before_it_is_seen_leaves_nothing_behind(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        before = asyncio.all_tasks()
        working = asyncio.create_task(house.ingest.run())
        await asyncio.sleep(0)
        await stop(working)
        assert asyncio.all_tasks() == before, "its sign of life would hold a connection for ever"


async def test_a_tenant_suspended_while_others_had_their_turn_waits(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def before() -> list[UUID]:
        return [actor.tenant_id]

    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await put(house, actor, "text.md", TEXT)
        platform, member = await tenants.ensure_platform(database)
        operator = Actor(platform, member, ActorKind.MEMBER, frozenset({Role.PLATFORM_OPERATOR}))
        await tenants.suspend(database, operator, actor.tenant_id)
        monkeypatch.setattr(database, "active_tenants", before)
        assert not await house.ingest._one_of_each_tenant()
        document = await house.documents.get(actor, added.document_id)
    assert document.state == "queued"
