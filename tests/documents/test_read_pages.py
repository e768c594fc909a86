"""A reader killed with SIGKILL loses the pages since its last commit, and no others."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from lionrock.app import House
from lionrock.documents import ingest, queries, read_pages
from lionrock.documents.parsing import reading
from lionrock.documents.records import Records
from lionrock.documents.schemas import Added, State
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import chunks, house_of, put
from tests.conftest import new_tenant, runtime_url
from tests.documents.parsing.making import pdf

PROCESS = Path(__file__).with_name("reading_process.py")


def long_pdf(folder: Path, pages: int) -> bytes:
    source = f"#for n in range(1, {pages + 1}) [#v(10cm) Page #n of the register. #pagebreak(weak: true)]"
    return pdf(folder, source, f"{pages}.pdf").read_bytes()


async def add(house: House, actor: Actor, folder: Path, pages: int) -> Added:
    return await house.documents.add(actor, "long.pdf", chunks(long_pdf(folder, pages)))


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


@contextmanager
def worker(
    postgres: str, folder: Path, log: Path, *, stop: int = 0, pause: float = 0
) -> Iterator[tuple[subprocess.Popen[str], UUID]]:
    process = subprocess.Popen(
        [sys.executable, str(PROCESS), runtime_url(postgres), str(folder), str(log), str(stop),
         str(pause)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process, UUID(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def pages_read(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


async def committed(database: Database, actor: Actor, added: Added) -> int:
    async with database.tenant_session(actor) as db:
        count: int = await db.fetchval(queries.READ_SO_FAR, actor.tenant_id, added.version_id)
    return count


async def test_killed_at_page_600_of_1000_the_next_reads_on_from_the_last_page_committed(
    database: Database, postgres: str, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await add(house, actor, tmp_path, 1000)
        with worker(postgres, tmp_path, tmp_path / "first", stop=600) as (process, _):

            async def there() -> bool:
                return 600 in pages_read(tmp_path / "first")

            await until(there)
            process.kill()
            process.wait()
        kept = await committed(database, actor, added)
        assert 600 - read_pages.BATCH_PAGES <= kept < 600
        document = await house.documents.get(actor, added.document_id)
        assert (document.state, document.done, document.total) == ("queued", kept, 1000)

        with worker(postgres, tmp_path, tmp_path / "second"):

            async def ready() -> bool:
                return (await house.documents.get(actor, added.document_id)).state == "ready"

            await until(ready)
        texts = await house.documents.texts(actor, added.document_id)
        left = await committed(database, actor, added)
    assert pages_read(tmp_path / "first") == list(range(1, 601))
    assert pages_read(tmp_path / "second") == list(range(kept + 1, 1001))
    assert texts.pages == [(n, f"Page {n} of the register.") for n in range(1, 1001)]
    assert left == 0, "what was kept of reading goes when the version is whole"


async def test_of_two_workers_one_killed_the_other_takes_its_version_over_at_once(
    database: Database, postgres: str, actor: Actor, tmp_path: Path
) -> None:
    logs = {name: tmp_path / name for name in ("one", "two")}
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await add(house, actor, tmp_path, 120)
        with (
            worker(postgres, tmp_path, logs["one"], pause=0.05) as (first, first_id),
            worker(postgres, tmp_path, logs["two"], pause=0.05) as (second, second_id),
        ):
            workers = {first_id: (first, "two"), second_id: (second, "one")}

            async def begun() -> bool:
                return await committed(database, actor, added) > 0

            await until(begun)
            async with database.tenant_session(actor) as db:
                holder = await db.fetchval("SELECT leased_by FROM versions WHERE id = $1",
                                           added.version_id)  # fmt: skip
            process, other = workers[holder]
            assert not pages_read(logs[other]), "one version, one worker"
            process.kill()
            process.wait()
            kept = await committed(database, actor, added)

            async def ready() -> bool:
                return (await house.documents.get(actor, added.document_id)).state == "ready"

            # Well before the lease would have run out.
            await until(ready, ingest.LEASE_SECONDS / 2)
    assert pages_read(logs[other]) == list(range(kept + 1, 121))


async def test_a_worker_whose_version_was_taken_over_changes_nothing_more(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await add(house, actor, tmp_path, 3)
        keep = read_pages.ReadPages.keep

        async def taken_over(
            self: read_pages.ReadPages, number: int, count: int, body: bytes
        ) -> None:
            async with database.tenant_session(actor) as db:
                await db.execute("UPDATE versions SET leased_by = $1", UUID(int=7))
            await keep(self, number, count, body)

        monkeypatch.setattr(read_pages.ReadPages, "keep", taken_over)
        await house.ingest._one_of_each_tenant()
        document = await house.documents.get(actor, added.document_id)
        assert (document.state, await committed(database, actor, added)) == (State.QUEUED, 0)
        await house.documents.remove(actor, added.document_id)


async def test_a_long_document_makes_way_and_comes_back_with_its_pages(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_pages, "BATCH_PAGES", 2)
    monkeypatch.setattr(read_pages, "BATCH_SECONDS", 1e9)
    async with house_of(database, actor, tmp_path, working=False) as house:
        long = await add(house, actor, tmp_path, 9)
        other = await new_tenant(database)
        short = await put(house, other, "short.md", "A short text.")
        with monkeypatch.context() as hurried:
            hurried.setattr(ingest, "TURN_SECONDS", 0.0)
            await house.ingest._one_of_each_tenant()
        assert await committed(database, actor, long) == 2
        assert (await house.documents.get(other, short.document_id)).state == "indexed"
        while await house.ingest._one_of_each_tenant():
            pass
        document = await house.documents.get(actor, long.document_id)
    assert (document.state, document.pages) == ("ready", 9)


async def test_pages_of_another_release_are_read_again(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(read_pages, "BATCH_PAGES", 2)
    monkeypatch.setattr(read_pages, "BATCH_SECONDS", 1e9)
    async with house_of(database, actor, tmp_path, working=False) as house:
        long = await add(house, actor, tmp_path, 5)
        short = await put(house, actor, "short.md", "A short text.")
        await house.ingest._one_of_each_tenant()
        assert await committed(database, actor, long) == 2
        monkeypatch.setattr(reading, "FORMAT", reading.FORMAT + 1)
        key = Records(house.vault, actor.tenant_id).key(long.document_id)
        pages = read_pages.ReadPages(
            database, actor, long.version_id, key, house.ingest.presence.id, 60, nothing
        )
        await pages.load()
        assert (pages.have, await committed(database, actor, long)) == (0, 0)
        for added in (long, short):
            await house.documents.remove(actor, added.document_id)


async def nothing() -> None:
    """No work after a commit."""


async def test_removed_in_the_middle_nothing_of_it_stays(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(read_pages, "BATCH_PAGES", 2)
    monkeypatch.setattr(read_pages, "BATCH_SECONDS", 1e9)
    async with house_of(database, actor, tmp_path, working=False) as house:
        long = await add(house, actor, tmp_path, 5)
        short = await put(house, actor, "short.md", "A short text.")
        await house.ingest._one_of_each_tenant()
        assert await committed(database, actor, long) == 2
        await house.documents.remove(actor, long.document_id)
        assert await committed(database, actor, long) == 0
        await house.documents.remove(actor, short.document_id)
