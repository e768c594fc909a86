"""A build, whole, broken off, and failing; with programs that only look like cmake and a compiler."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from lionrock.errors import Conflict, Unavailable
from lionrock.kernel import confinement, processes
from lionrock.models.native import build as building
from lionrock.models.native.built import BINARY, Built, find, root
from lionrock.models.native.source import Source
from tests.models.native.workshop import CPU, TOOLS, put


class Workshop:
    """`told`: what the build said it did, in order."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.home, self.programs = folder / "home", programs
        self.source, self.archive = put(folder / "archives")
        self.told: list[tuple[int, str]] = []

    async def build(self, source: Source | None = None) -> Built:
        self.told.clear()
        return await building.build(
            source or self.source, self.archive, self.home, CPU, TOOLS, jobs=3,
            on_progress=lambda percent, what: self.told.append((percent, what)),
        )  # fmt: skip

    @property
    def calls(self) -> list[str]:
        return (self.programs / "calls").read_text().splitlines()

    @property
    def places(self) -> set[str]:
        return {path.name for path in root(self.home).iterdir()}

    async def begun(self) -> asyncio.Task[Built]:
        """A build that has come to the compiler and stays there."""
        (self.programs / "slow").touch()
        task = asyncio.create_task(self.build())
        async with asyncio.timeout(60):
            while not (self.programs / "building").exists():
                if task.done():
                    await task
                await asyncio.sleep(0.02)
        (self.programs / "slow").unlink()
        return task


@pytest.fixture
def shop(tmp_path: Path, bench: Path) -> Workshop:
    return Workshop(tmp_path, bench)


async def test_an_engine_is_built_put_in_its_place_and_found(shop: Workshop) -> None:
    built = await shop.build()
    program = built.binary.read_bytes()
    assert built.manifest.sha256 == hashlib.sha256(program).hexdigest()
    assert built.manifest.flags[:1] == ("-DCMAKE_BUILD_TYPE=Release",)
    assert find(shop.home, shop.source, CPU) == built
    assert shop.places == {built.binary.parent.name, ".building"}
    assert built.binary.stat().st_mode & 0o777 == 0o500
    assert shop.told == [
        (0, "unpacking"), (0, "configuring"), (50, "building"), (100, "building"),
        (100, "trying it out"),
    ]  # fmt: skip


async def test_the_licences_go_with_it(shop: Workshop) -> None:
    folder = (await shop.build()).binary.parent / "licences"
    assert {f.name for f in folder.iterdir()} == {"LICENSE", "vendor-httplib-LICENSE"}


async def test_it_is_told_what_to_build_and_that_for_this_processor(shop: Workshop) -> None:
    await shop.build()
    configured, compiled = shop.calls
    assert "-DGGML_NATIVE=ON" in configured.split()
    assert compiled.endswith("--target llama-server --parallel 3")


async def test_a_build_reaches_no_network(shop: Workshop) -> None:
    if not confinement.available().filter:
        pytest.skip("this system has no system call filter")
    await shop.build()
    assert (shop.programs / "no-network").exists()


async def test_a_build_inherits_nothing_of_ours(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIONROCK_ENGINE_KEY", "sesame")
    text = (shop.programs / "cmake").read_text()
    (shop.programs / "cmake").write_text(
        text.replace("if told ==", "assert 'sesame' not in os.environ.values()\nif told ==")
    )
    assert (await shop.build()).binary.is_file()


async def test_a_failure_is_told_in_the_compilers_words_and_leaves_no_engine(
    shop: Workshop,
) -> None:
    (shop.programs / "fail").touch()
    with pytest.raises(Unavailable, match=r"status 2: server\.cpp:1: fatal error: no such header"):
        await shop.build()
    assert shop.places == {".building"}
    assert "fatal error" in (root(shop.home) / ".building" / "work" / "build.log").read_text()


async def test_a_failure_leaves_the_engine_that_was_there(shop: Workshop) -> None:
    built = await shop.build()
    (shop.programs / "fail").touch()
    with pytest.raises(Unavailable):
        await shop.build()
    assert find(shop.home, shop.source, CPU) == built


async def test_a_build_that_is_given_up_ends_its_programs_and_goes_on_later(
    shop: Workshop,
) -> None:
    task = await shop.begun()
    compiler = int((shop.programs / "building").read_text())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60):
        while processes.look_at(compiler):  # noqa: ASYNC110 (its end is told to nobody)
            await asyncio.sleep(0.02)
    assert (await shop.build()).binary.is_file()
    assert (0, "unpacking") not in shop.told


async def test_what_was_left_unfinished_and_does_not_build_is_begun_again(shop: Workshop) -> None:
    task = await shop.begun()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    left = root(shop.home) / ".building" / "work" / "source" / shop.source.folder
    (left / "CMakeLists.txt").write_bytes(b"")
    assert (await shop.build()).binary.is_file()
    assert (0, "unpacking") in shop.told


async def test_two_builds_at_once_are_refused(shop: Workshop) -> None:
    task = await shop.begun()
    with pytest.raises(Conflict, match="Another build runs"):
        await shop.build()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_new_engine_takes_the_place_of_the_old(shop: Workshop) -> None:
    first = await shop.build()
    os.chmod(first.binary, 0o700)
    first.binary.write_bytes(b"changed")
    again = await shop.build()
    assert again.binary == first.binary
    assert again.binary.read_bytes() != b"changed"
    assert shop.places == {again.binary.parent.name, ".building"}
    assert BINARY in {f.name for f in again.binary.parent.iterdir()}


def test_a_compiler_for_each_core_as_far_as_memory_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    monkeypatch.setattr(Path, "read_text", lambda *_: "MemAvailable:   6291456 kB\n")
    assert building.default_jobs() == 4
    monkeypatch.setattr(Path, "read_text", lambda *_: "MemAvailable:   1000 kB\n")
    assert building.default_jobs() == 1
