"""Building llama.cpp's server for the processor at hand. All or nothing: a new engine is moved to its
place when it has been built and has run.

A build that was interrupted goes on where it was; if it then fails it begins once more from the source.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from lionrock.errors import Conflict, Unavailable
from lionrock.kernel import confined, disk
from lionrock.models.native.built import BINARY, MANIFEST, Built, Manifest, name, root
from lionrock.models.native.cpu import Cpu
from lionrock.models.native.source import Source, unpack

FLAGS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DCMAKE_EXE_LINKER_FLAGS=-s",
    "-DBUILD_SHARED_LIBS=OFF",
    "-DGGML_NATIVE=ON",
    # Nothing is looked for on the network or in this machine's caches.
    "-DGGML_CCACHE=OFF",
    "-DLLAMA_USE_PREBUILT_UI=OFF",
    # What the engine has no use of, and what could reach out of it.
    "-DLLAMA_BUILD_UI=OFF",
    "-DLLAMA_OPENSSL=OFF",
    "-DLLAMA_SUBPROCESS=OFF",
    "-DLLAMA_LLGUIDANCE=OFF",
    "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_APP=OFF",
    "-DGGML_BLAS=OFF",
    "-DLLAMA_ALL_WARNINGS=OFF",
)
_COMMAND = confined.command("lionrock.models.native.tool")
_PASSED_ON = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "CC",
    "CXX",
)
_PERCENT = re.compile(rb"^\[ *(\d+)%\]")
_MEMORY_OF_A_COMPILER = 3 << 29  # 1.5 GB, the server's largest file
_ROOM = 1 << 30
_LINES_TOLD = 3
_LONGEST_LINE = 16 << 20
_LICENCES = "licences"
_PLACE = ".building"

Report = Callable[[int, str], None]
"""Called with percent done and what is being done."""


def default_jobs() -> int:
    """A compiler for each core that we may use, as far as there is memory for them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    try:
        told = re.search(r"MemAvailable: *(\d+)", Path("/proc/meminfo").read_text("ascii"))
    except OSError:
        told = None
    room = int(told[1]) * 1024 // _MEMORY_OF_A_COMPILER if told else 1
    return max(1, min(cores or 1, room))


async def build(
    source: Source,
    archive: Path,
    home: Path,
    cpu: Cpu,
    tools: dict[str, str],
    *,
    jobs: int,
    on_progress: Report,
) -> Built:
    """Build `archive`, which was checked, and put the engine in its place in `home`.

    Conflict if another build runs in this home; Unavailable, with the compiler's words, if it fails.
    """
    disk.make_folder(root(home) / _PLACE)
    async with _alone(root(home) / _PLACE) as lock:
        began = time.monotonic()
        work = root(home) / _PLACE / "work"
        if shutil.disk_usage(root(home)).free < _ROOM:
            raise Unavailable(f"To build the engine 1 GB must be free on the disk of {root(home)}.")
        resumed = _begun(work, source, cpu)
        try:
            program = await _made(source, archive, work, cpu, jobs, lock, on_progress)
        except Unavailable:
            if not resumed:
                raise
            shutil.rmtree(work)
            program = await _made(source, archive, work, cpu, jobs, lock, on_progress)
        data = program.read_bytes()
        manifest = Manifest(
            package=source.package,
            version=source.version,
            source_sha256=source.sha256,
            machine=cpu.machine,
            cpu=cpu.model,
            features=cpu.features,
            flags=_flags(source),
            compiler=tools["compiler"],
            cmake=tools["cmake"],
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - began),
        )
        placed = _placed(
            root(home) / name(source, cpu), data, manifest, work / "source" / source.folder
        )
        shutil.rmtree(work, ignore_errors=True)
        return Built(binary=placed / BINARY, manifest=manifest)


def _flags(source: Source) -> tuple[str, ...]:
    build, commit = source.build, f"{source.package}-{source.version}"
    return (*FLAGS, f"-DLLAMA_BUILD_NUMBER={build}", f"-DLLAMA_BUILD_COMMIT={commit}")


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[int]:
    """The lock of builds. Programs that inherit it keep it, should we be killed."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, disk.PRIVATE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another build runs in {folder}. Wait for its end.") from None
        yield descriptor
    finally:
        os.close(descriptor)


def _begun(work: Path, source: Source, cpu: Cpu) -> bool:
    """Is there an unfinished build of the same? Anything else is cleared away."""
    wanted = _wanted(source, cpu)
    with suppress(OSError):
        if (work / "wanted.json").read_text("utf-8") == wanted:
            return True
    shutil.rmtree(work, ignore_errors=True)
    return False


def _wanted(source: Source, cpu: Cpu) -> str:
    return json.dumps([source.sha256, cpu.label, _flags(source)])


async def _made(
    source: Source, archive: Path, work: Path, cpu: Cpu, jobs: int, lock: int, report: Report
) -> Path:
    if not (work / "wanted.json").exists():
        report(0, "unpacking")
        disk.make_folder(work)
        await asyncio.to_thread(unpack, source, archive, work / "source")
        disk.write(work / "wanted.json", _wanted(source, cpu).encode())
    where = ("-S", str(work / "source" / source.folder), "-B", str(work / "build"))
    report(0, "configuring")
    await _run(work, lock, report, "cmake", *where, "-G", "Unix Makefiles", *_flags(source))
    await _run(
        *(work, lock, report, "cmake", "--build", str(work / "build")),
        *("--target", "llama-server", "--parallel", str(jobs)),
    )
    program = work / "build" / "bin" / BINARY
    report(100, "trying it out")
    await _run(work, lock, report, str(program), "--version")
    return program


async def _run(work: Path, lock: int, report: Report, *command: str) -> None:
    """One program of the build, its output in `build.log`. Ended with all it started if we are."""
    environment = {n: os.environ[n] for n in _PASSED_ON if n in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(*_COMMAND, str(lock), str(os.getpid()), *command),
        stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, cwd=work, limit=_LONGEST_LINE,
        # A repository that this folder may lie in is none of llama.cpp's.
        env=environment | {"GIT_CEILING_DIRECTORIES": str(work)},
        start_new_session=True, pass_fds=(lock,),
    )  # fmt: skip
    assert process.stdout is not None
    try:
        with (work / "build.log").open("ab", buffering=0) as log:
            while line := await process.stdout.readline():
                log.write(line)
                if percent := _PERCENT.match(line):
                    report(int(percent[1]), "building")
        code = await process.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()
        raise
    if code:
        raise Unavailable(
            f"The engine could not be built: {Path(command[0]).name} ended with status {code}: "
            f"{_telling(work / 'build.log')}. All it said is in {work / 'build.log'}."
        )


def _telling(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()
    errors = [
        line.strip() for line in lines if re.search(r"\b(fatal )?error\b", line, re.IGNORECASE)
    ]
    return "; ".join(errors[-_LINES_TOLD:] or [line.strip() for line in lines[-_LINES_TOLD:]])


def _placed(folder: Path, program: bytes, manifest: Manifest, source: Path) -> Path:
    """Put an engine in its place, and the one that was there out of it."""
    fresh, stale = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for left in (fresh, stale):
        shutil.rmtree(left, ignore_errors=True)
    disk.make_folder(fresh / _LICENCES)
    for licence in sorted(source.rglob("LICENSE*")):
        if licence.is_file():
            flat = "-".join(licence.relative_to(source).parts)
            disk.write_soon(fresh / _LICENCES / flat, licence.read_bytes())
    disk.write(fresh / BINARY, program, 0o500)
    disk.write(fresh / MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())
    if folder.exists():
        folder.rename(stale)
    fresh.rename(folder)
    disk.sync_folder(folder.parent)
    shutil.rmtree(stale, ignore_errors=True)
    return folder
