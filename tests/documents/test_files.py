from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.documents.files import FileId, Files
from lionrock.errors import SealBroken, TooLarge
from lionrock.kernel.vault import scopes, streams
from lionrock.kernel.vault.service import Vault

TENANT = uuid4()


@pytest.fixture
def files(tmp_path: Path, vault: Vault) -> Files:
    return Files(tmp_path / "files", 10 * streams.SEGMENT, vault)


def named(vault: Vault) -> FileId:
    file = FileId(TENANT, uuid4(), uuid4())
    vault.make(TENANT, scopes.document(file.document))
    return file


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 300_000):
        yield data[start : start + 300_000]


async def test_a_file_comes_back_as_it_went_in(files: Files, vault: Vault) -> None:
    file, data = named(vault), os.urandom(3 * streams.SEGMENT + 5)
    stored = await files.take(file, pieces(data))
    files.settle(file)
    files.settled(file)
    assert stored.size == len(data)
    assert b"".join(files.segments(file)) == data
    async with files.opened(file) as descriptor:
        assert Path(f"/proc/self/fd/{descriptor}").read_bytes() == data
        with pytest.raises(OSError):
            os.write(descriptor, b"x")
    with pytest.raises(OSError):
        os.fstat(descriptor)


async def test_nothing_of_a_file_is_on_the_disk_unsealed(
    files: Files, vault: Vault, tmp_path: Path
) -> None:
    file, word = named(vault), "canary-客戶".encode()
    await files.take(file, pieces(word * 100_000))
    files.settle(file)
    files.put(file, "reading copy", [word])
    async with files.opened(file):
        kept = [p.read_bytes() for p in (tmp_path / "files").rglob("*") if p.is_file()]
    assert len(kept) == 3
    assert not any(word in k for k in kept)
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "files").rglob("*"))


async def test_a_file_in_the_place_of_anothers_is_refused(files: Files, vault: Vault) -> None:
    one, other = named(vault), named(vault)
    files.put(one, "content", [b"one"])
    files.put(other, "content", [b"other"])
    shutil.copy(files.path(one), files.path(other))
    with pytest.raises(SealBroken):
        b"".join(files.segments(other))
    sibling = FileId(TENANT, one.document, uuid4())
    shutil.copy(files.path(one), files.path(sibling))
    with pytest.raises(SealBroken, match="put in the place of another"):
        b"".join(files.segments(sibling))
    shutil.copy(files.path(one), files.path(one, "reading copy"))
    with pytest.raises(SealBroken):
        b"".join(files.segments(one, "reading copy"))


async def test_a_truncated_file_is_refused_before_anyone_reads_it(
    files: Files, vault: Vault
) -> None:
    file = named(vault)
    files.put(file, "content", [os.urandom(streams.SEGMENT)] * 3)
    os.truncate(files.path(file), files.path(file).stat().st_size - streams.SEGMENT - 28)
    with pytest.raises(SealBroken, match="cut off"):
        async with files.opened(file):
            pytest.fail("it was opened")


async def test_a_missing_file_is_told(files: Files, vault: Vault) -> None:
    with pytest.raises(SealBroken, match="is missing"):
        list(files.segments(named(vault)))


async def test_too_large_a_file_leaves_nothing(files: Files, vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await files.take(named(vault), pieces(bytes(11 * streams.SEGMENT)))
    assert not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]


async def test_a_cancelled_reader_leaves_no_descriptor(files: Files, vault: Vault) -> None:
    file = named(vault)
    files.put(file, "content", [os.urandom(streams.SEGMENT)] * 8)
    before = len(os.listdir("/proc/self/fd"))

    async def read() -> None:
        async with files.opened(file):
            await asyncio.Event().wait()

    for pause in (0.0, 0.002, 0.2):
        task = asyncio.create_task(read())
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    for _ in range(100):
        if len(os.listdir("/proc/self/fd")) <= before:
            break
        await asyncio.sleep(0.02)
    assert len(os.listdir("/proc/self/fd")) <= before
