"""A key, a sealed file and a row: a server killed anywhere leaves all three or none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.documents import uploads
from lionrock.documents.files import FileId, Files
from lionrock.documents.presence import Presence
from lionrock.errors import InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from tests.building import chunks, house_of, put, settled

TEXT = "# One\n\nFirst paragraph of the text.\n"


class Died(BaseException):
    """Stands for kill -9: what would clean up after it is switched off too."""


def things(folder: Path) -> tuple[int, int]:
    """How many stored files, and how many documents' keys."""
    files = [p for p in (folder / "files").rglob("*") if p.is_file()]
    return len(files), len(list((folder / "keys").rglob("document/*.key")))


def die_at(patch: pytest.MonkeyPatch, owner: object, name: str, *, after: bool) -> None:
    whole = getattr(owner, name)

    async def dying(*arguments: object, **named: object) -> None:
        if after:
            await whole(*arguments, **named)
        raise Died

    patch.setattr(owner, name, dying)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", ["take", "_insert", "keep"])
async def test_killed_before_the_commit_nothing_stays(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, after: bool,
) -> None:  # fmt: skip
    async with house_of(database, actor, tmp_path, working=False) as house:
        owner = {"take": Files, "keep": uploads.Upload}.get(step, house.documents._adding)
        with monkeypatch.context() as killed:
            killed.setattr(Files, "discard", lambda *_, **__: None)
            killed.setattr(Vault, "discard", lambda *_: None)
            die_at(killed, owner, step, after=after)
            with pytest.raises(Died):
                await put(house, actor, "a.md", TEXT)
        await house.ingest.recover()
        assert await house.documents.list(actor) == []
        files, keys = things(tmp_path)
        assert files == 0
        # Before there is a file, a key that seals nothing may be left.
        assert keys == (1 if (step, after) == ("take", False) else 0)


async def test_killed_while_a_version_is_added_the_document_stays_whole(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        first = await put(house, actor, "a.md", TEXT)
        with monkeypatch.context() as killed:
            killed.setattr(Files, "discard", lambda *_, **__: None)
            die_at(killed, house.documents._adding, "_insert", after=True)
            with pytest.raises(Died):
                await house.documents.add(
                    actor, "b.md", chunks(b"newer"), replaces=first.document_id
                )
        await house.ingest.recover()
        assert [v.id for v in await house.documents.versions(actor, first.document_id)] == [
            first.version_id
        ]
        assert things(tmp_path) == (1, 1)


async def test_killed_after_the_commit_the_document_is_whole(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        with monkeypatch.context() as killed:
            killed.setattr(Files, "settled", lambda *_: None)
            added = await put(house, actor, "a.md", TEXT)
        assert things(tmp_path) == (2, 1), "the incoming name is there still"
    async with house_of(database, actor, tmp_path) as house:
        await house.ingest.recover()
        assert (await settled(house, actor, added)).state == "ready"
    assert not list((tmp_path / "files").rglob("incoming-*"))


async def test_what_is_refused_leaves_no_file_and_no_key(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError

    async with house_of(database, actor, tmp_path, working=False) as house:
        with pytest.raises(InvalidInput):
            await house.documents.add(actor, "a.md", chunks(b"text"), collection="nowhere")
        with pytest.raises(InvalidInput):
            await house.documents.add(actor, "a.md", chunks(b""))
        with pytest.raises(RuntimeError):
            await house.documents.add(actor, "a.md", breaks_off())
        assert things(tmp_path) == (0, 0)
        first = await put(house, actor, "a.md", TEXT)
        assert (await put(house, actor, "b.md", TEXT)).version_id == first.version_id
        assert things(tmp_path) == (1, 1), "a duplicate is not kept twice"


async def test_an_incoming_file_whose_name_says_nothing_is_swept(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        for name in ("incoming-x", "incoming-1-2", f"incoming-{actor.id.hex}"):
            path = tmp_path / "files" / actor.tenant_id.hex / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"half")
        await house.ingest.recover()
        assert things(tmp_path)[0] == 0
        added = await put(house, actor, "a.md", TEXT)
        file = FileId(actor.tenant_id, added.document_id, added.version_id)
        assert b"".join(Files(tmp_path / "files", 1, house.vault).segments(file)) == TEXT.encode()


async def test_what_a_living_worker_takes_in_is_not_swept_by_a_server_that_starts(
    database: Database, actor: Actor, tmp_path: Path
) -> None:
    async with house_of(database, actor, tmp_path, working=False) as house:
        files, worker = house.documents._files, Presence(database)
        await worker.begin()
        async with uploads.taken(files, house.vault, actor.tenant_id, chunks(b"text")):
            await house.ingest.recover()
            assert things(tmp_path) == (1, 1), "its file and its key are there"
            await worker.end()
            await house.ingest.recover()
            assert things(tmp_path) == (0, 0), "nobody lives who could commit it"
