"""A server finds what another process indexed, and loses what another removed: two real processes."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lionrock.documents.schemas import Document
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.search.tokens import terms
from tests.building import house_of, taught
from tests.conftest import runtime_url


class Other:
    """A second process with a house of its own on the same database, keys and index directory."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def ask(self, **what: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        line = await self.process.stdout.readline()
        assert line, "the other process is gone"
        return json.loads(line)


@asynccontextmanager
async def other(postgres: str, actor: Actor, folder: Path) -> AsyncIterator[Other]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.search.other", runtime_url(postgres), str(folder)),
        *(str(actor.tenant_id), str(actor.id)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Other(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_what_another_process_indexed_is_found_at_the_next_search(
    database: Database, postgres: str, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house, other(
        postgres, actor, tmp_path
    ) as second:  # fmt: skip
        assert await house.search.passages(actor, "zanzibarite") == []
        assert await second.ask(search="zanzibarite") == []
        await second.ask(teach="a.md", text="# A\n\nThe fee for zanzibarite is two dollars.")
        (hit,) = await house.search.passages(actor, "zanzibarite")
        assert "two dollars" in hit.passage.text
        await taught(house, actor, "b.md", "# B\n\nThe fee for tea is one dollar.")
        first, *_ = await second.ask(search="the fee for tea")
        assert "one dollar" in first


async def test_what_another_process_removed_is_found_no_more_and_leaves_this_index(
    database: Database, postgres: str, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house, other(
        postgres, actor, tmp_path
    ) as second:  # fmt: skip
        document = await taught(house, actor, "a.md", "# A\n\nThe fee for zanzibarite.")
        await taught(house, actor, "b.md", "# B\n\nTea at four.")
        assert any("zanzibarite" in text for text in await second.ask(search="zanzibarite"))
        await house.documents.remove(actor, document.id)
        found = await second.ask(search="zanzibarite")
        assert found and not any("zanzibarite" in text for text in found)
        assert await second.ask(held=None) == 1
        index = await house.search.indexer.words(actor)
        assert len(index) == 1


async def test_a_process_that_was_away_catches_up_with_removals_and_additions(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def one(name: str, text: str) -> Document:
        return await taught(house, actor, name, text)

    async with house_of(database, actor, tmp_path) as house:
        gone = await one("a.md", "# A\n\nThe fee for zanzibarite.")
        await one("b.md", "# B\n\nTea at four.")
        assert len(await house.search.indexer.words(actor)) == 2
        # As another machine would: this process's index hears nothing of it before it closes.
        await house.documents.remove(actor, gone.id)
        await one("c.md", "# C\n\nCoffee at five.")
    async with house_of(database, actor, tmp_path, working=False) as house:
        index = await house.search.indexer.words(actor)
        assert index.frequencies(["tea", "coffe"]) == {"tea": 1, "coffe": 1}
        assert len(index) == 2 and index.search(terms("zanzibarite"), 5) == []


async def test_a_version_whose_reading_is_done_again_is_indexed_again(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        document = await taught(house, actor, "a.md", "# A\n\nTea at four.")
        library = await house.search.indexer.library(actor.tenant_id)
        before = dict(library.words.editions)
        async with database.tenant_session(actor) as db:
            for state in ("failed", "indexed", "ready"):
                await db.execute(
                    "UPDATE versions SET state = $2 WHERE id = $1", document.version_id, state
                )
        await library.catch_up()
        after = library.words.editions
        assert after.keys() == before.keys() == {document.version_id}
        assert after[document.version_id] > before[document.version_id]
        assert len(library.words) == 1


async def test_nothing_is_asked_for_when_nothing_changed(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        await taught(house, actor, "a.md", "# A\n\nTea at four.")
        library = await house.search.indexer.library(actor.tenant_id)

        def never(*_: object) -> None:
            raise AssertionError("it looked at every version")

        monkeypatch.setattr(library, "_words", never)
        await library.catch_up()


async def test_a_catch_up_that_is_cancelled_is_done_by_the_next(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path) as house:
        library = await house.search.indexer.library(actor.tenant_id)
        await taught(house, actor, "a.md", "# A\n\nTea at four.")
        started = asyncio.Event()

        async def slow(_: object) -> list[object]:
            started.set()
            await asyncio.sleep(60)
            return []

        with monkeypatch.context() as patched:
            patched.setattr(library, "_entries", slow)
            task = asyncio.create_task(library.catch_up())
            await started.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await library.catch_up()
        assert len(library.words) == 1
