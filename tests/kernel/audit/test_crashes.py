"""kill -9 between any two steps: nothing that happened is lost, nothing is signed twice differently."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
import time
from pathlib import Path

import pytest

from lionrock.kernel import disk
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.edge import Edge
from lionrock.kernel.audit.faults import POINTS
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.audit.verify import Trust, verify
from lionrock.kernel.database import Database
from tests.kernel.audit.conftest import exported, happen_quickly, keeping, sequencing
from tests.kernel.audit.trees import entries


async def one_round(url: str, home: Path, point: str) -> int:
    """The exit code of a server that runs one round and dies at `point`."""
    command = ["-m", "tests.kernel.audit.killed", url, str(home), point]
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    return await process.wait()


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at(
    own: Database, member: Actor, urls: tuple[str, str], tmp_path: Path, point: str
) -> None:
    async with keeping(own, tmp_path) as service:
        await happen_quickly(own, member, 250)
        await service.sequencer.round()
        shown = await service.checkpoint(member)
    await happen_quickly(own, member, 10)
    assert await one_round(urls[1], tmp_path, point) == -signal.SIGKILL
    after_crash = (tmp_path / "audit").rglob("checkpoint")
    seen = {p: p.read_bytes() for p in after_crash}
    await happen_quickly(own, member, 3)
    async with keeping(own, tmp_path) as service:
        assert service.state.status == "sequencing", service.state.reason
        data = await exported(service, member)
        async with own.tenant_session(member) as db:
            rows = await db.fetch("SELECT position FROM events ORDER BY id")
    # Every event, once, and each checkpoint that anyone may have seen is of the same history.
    assert [r["position"] for r in rows] == list(range(len(rows)))
    for earlier in (
        shown,
        *(c for c in seen.values() if c.startswith(shown.split(b"\n")[0] + b"\n")),
    ):
        report = verify(Tar(io.BytesIO(data)), Trust(time.time(), previous=earlier))
        assert (report.size, report.opened) == (len(rows), len(rows))


async def test_killed_at_the_first_start(
    own: Database, member: Actor, urls: tuple[str, str], tmp_path: Path
) -> None:
    for point in POINTS:
        assert await one_round(urls[1], tmp_path, point) in (-signal.SIGKILL, 0)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        assert made.state.status == "sequencing", made.state.reason


class Stops(Exception):
    pass


@pytest.mark.parametrize("after", range(7))
def test_a_write_that_stops_half_way_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    folder = Folder(tmp_path / "log")
    edge, files = Edge().extended(entries(100))
    folder.write(files)
    before = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    left = after
    really = disk.os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stops
        really(descriptor)

    monkeypatch.setattr(disk.os, "fsync", fsync)
    edge, files = edge.extended(entries(200))
    with pytest.raises(Stops):
        folder.write(files)
    monkeypatch.undo()
    there = {p: p.read_bytes() for p in folder.path.rglob("*") if p.is_file()}
    assert before.items() <= there.items()
    whole = {folder.path / f.tile.path: f.data for f in files}
    assert all(whole.get(p) == d for p, d in there.items() if p not in before)


def test_what_an_interrupted_write_left_is_swept_at_start(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write(Edge().extended(entries(3))[1])
    left = tmp_path / "tile" / "0" / "000.0123.new"
    left.write_bytes(b"half")
    folder.sweep()
    assert not left.exists()
    assert len(folder.tile(0, 0, 3)) == 96
