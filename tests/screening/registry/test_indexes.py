"""Indexes are built once, shared between tasks and processes, swapped whole and removed when unused."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from lionrock.screening.entities import Entity
from lionrock.screening.registry import shelves
from lionrock.screening.registry.indexes import Indexes
from tests.screening.registry.conftest import Desk
from tests.screening.registry.small import ENGINE, Listed, person

TENANT = uuid4()


class Pages:
    """Pages of entities, counted."""

    def __init__(self, *names: str) -> None:
        self.names, self.read = names, 0

    async def __call__(self) -> AsyncIterator[Sequence[Entity]]:
        self.read += 1
        for name in self.names:
            await asyncio.sleep(0)
            yield [person(name, name)]

    def pages(self) -> AsyncIterator[Sequence[Entity]]:
        return self()


def on_disk(folder: Path) -> set[str]:
    shelf = folder / TENANT.hex / "lists"
    return {p.name for p in shelf.iterdir() if p.is_dir()} if shelf.exists() else set()


async def test_an_index_is_built_once_and_shared(tmp_path: Path) -> None:
    indexes, source = Indexes(tmp_path, ENGINE), Pages("chan", "wong")

    async def use() -> int:
        async with indexes.lease(TENANT, "lists", "a", source.pages) as index:
            return len(index)

    assert await asyncio.gather(*(use() for _ in range(5))) == [2] * 5
    assert source.read == 1
    await indexes.close()
    again = Indexes(tmp_path, ENGINE)
    async with again.lease(TENANT, "lists", "a", source.pages) as index:
        assert len(index) == 2 and source.read == 1, "a restart finds it built"
    await again.close()


async def test_the_index_before_goes_with_its_last_user(tmp_path: Path) -> None:
    indexes = Indexes(tmp_path, ENGINE)
    async with indexes.lease(TENANT, "lists", "old", Pages("chan").pages) as old:
        async with indexes.lease(TENANT, "lists", "new", Pages("wong").pages):
            assert on_disk(tmp_path) == {"old", "new"}
        assert len(old.screen(person("1", "chan"), threshold=0.5, limit=9)) == 1
    assert on_disk(tmp_path) == {"new"}
    async with indexes.lease(TENANT, "lists", "pinned", Pages("lee").pages, keep=False):
        assert on_disk(tmp_path) == {"new", "pinned"}
    assert on_disk(tmp_path) == {"new"}, "one that is not to be kept goes after its use"
    await indexes.close()


async def test_no_entities_make_an_index_that_finds_nobody(tmp_path: Path) -> None:
    indexes = Indexes(tmp_path, ENGINE)
    async with indexes.lease(TENANT, "lists", "none", Pages().pages) as index:
        assert len(index) == 0
        assert index.screen(person("1", "chan"), threshold=0.1, limit=1) == []
    await indexes.close()


async def test_a_build_that_fails_leaves_no_index_and_the_next_builds_it(tmp_path: Path) -> None:
    indexes = Indexes(tmp_path, ENGINE)

    async def breaks() -> AsyncIterator[Sequence[Entity]]:
        yield [person("1", "chan")]
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError, match="went away"):
        async with indexes.lease(TENANT, "lists", "a", breaks):
            pass
    assert on_disk(tmp_path) == set()
    async with indexes.lease(TENANT, "lists", "a", Pages("chan").pages) as index:
        assert len(index) == 1
    await indexes.close()


async def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    shelf = tmp_path / TENANT.hex / "lists"
    (shelf / "stale").mkdir(parents=True)
    (shelf / "half.new").mkdir()
    indexes = Indexes(tmp_path, ENGINE)
    async with indexes.lease(TENANT, "lists", "a", Pages("chan").pages):
        assert on_disk(tmp_path) == {"a"}
    await indexes.close()


def _holding(folder: str, pipe: Connection) -> None:
    hold = shelves.take(Path(folder), lambda new: new.mkdir())
    pipe.send("held")
    pipe.recv()
    hold.release(remove=False)


async def test_an_index_that_another_process_holds_is_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "shelf" / "index"
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(
        target=_holding, args=(str(folder), theirs)
    )
    child.start()
    try:
        assert await asyncio.to_thread(ours.recv) == "held"
        assert not shelves.take_away(folder) and folder.exists()
        built: list[Path] = []
        shared = shelves.take(folder, built.append)
        shared.release(remove=True)
        assert folder.exists() and not built, "shared, and left to the other"
        ours.send("go")
        await asyncio.to_thread(child.join, 30)
        assert shelves.take_away(folder) and not folder.exists()
    finally:
        child.kill()
        child.join()


async def test_a_new_version_is_screened_against_at_once_and_the_old_index_is_gone(
    desk: Desk,
) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    people = [person(str(n), f"name{n} word{n}") for n in range(20)]
    await registry.imports.take(actor, made, Listed(people))
    assert await registry.screening.screen(actor, person("q", "Wong Siu Ming")) == []
    added = [*people, person("new", "Wong Siu Ming")]
    await registry.imports.take(actor, made, Listed(added))
    (hit,) = await registry.screening.screen(actor, person("q", "Wong Siu Ming"))
    assert (hit.entry.id, hit.list.version, hit.match.entity_id) == ("new", 2, "new")
    shelf = desk.home / "indexes" / "screening" / actor.tenant_id.hex / "lists"
    assert len([p for p in shelf.iterdir() if p.is_dir()]) == 1
    assert (shelf.stat().st_mode & 0o077) == 0


async def test_an_index_names_entries_by_keyed_hashes(desk: Desk) -> None:
    registry, actor = desk.registry, desk.manager
    made = await registry.lists.create(actor, "UN", "un")
    await registry.imports.take(actor, made, Listed([person("HKID A123456(7)", "chan")]))
    await registry.screening.screen(actor, person("q", "chan"))
    kept = [p.read_bytes() for p in (desk.home / "indexes").rglob("*") if p.is_file()]
    assert any(b"chan" in k for k in kept) and not any(b"A123456" in k for k in kept)


async def test_purging_takes_an_index_from_the_disk_and_the_next_use_builds_it(
    tmp_path: Path,
) -> None:
    indexes, source = Indexes(tmp_path, ENGINE), Pages("chan")
    async with indexes.lease(TENANT, "lists", "a", source.pages) as index:
        await indexes.purge(TENANT, "lists")
        assert on_disk(tmp_path) == set()
        assert len(index) == 1
    async with indexes.lease(TENANT, "lists", "a", source.pages):
        assert source.read == 2
    await indexes.purge(UUID(int=1), "customers")
    await indexes.close()
