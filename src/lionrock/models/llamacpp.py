"""The local engine: llama.cpp in a child process, watched, and started again when it dies.

The child listens on a unix socket in a directory only we can enter and answers only to a random
key; the rest is `OpenAIEngine`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import stat
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

from lionrock.errors import EngineUnavailable, InvalidInput
from lionrock.kernel.tasks import stop
from lionrock.models.engines import (
    SILENCE_SECONDS,
    ChatRequest,
    Delta,
    Engine,
    Finished,
    OpenAIEngine,
)
from lionrock.models.llamacpp_child import Orders
from lionrock.models.llamacpp_process import Child
from lionrock.models.native.built import Built

_log = logging.getLogger(__name__)

_MAX_SOCKET_BYTES = 107  # sockaddr_un.sun_path, less its closing NUL
_DEATH_NOTICED_SECONDS = 2.0
_STEADY_SECONDS = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 30.0


class LocalEngine:
    """An `Engine` made of one child process. `start` before use, `stop` at the end.

    `context` is tokens per request; `threads` 0 means one less than the cores. `runtime_dir` is
    made if it is not there; it must be ours alone (mode 0700) and its path short. Requests wait up
    to `ready_seconds` while the child is being restarted. `built`: the program to run in place of the
    wheel's. Use it in a thread that lasts, as the
    main one does: the child goes when the thread that started it goes.
    """

    def __init__(
        self,
        weights: Path,
        *,
        name: str,
        context: int,
        threads: int = 0,
        runtime_dir: Path,
        parallel: int = 1,
        built: Built | None = None,
        start_seconds: float = 180.0,
        ready_seconds: float = 60.0,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self.model_name, self.context = name, context
        self._weights, self._parallel, self._built = weights, parallel, built
        self._threads = threads or default_threads()
        self._start_seconds, self._ready_seconds = start_seconds, ready_seconds
        self._socket = _socket_in(runtime_dir)
        self._key = secrets.token_urlsafe(32)
        self._client = OpenAIEngine(
            "http://engine",
            key=self._key,
            model=name,
            unix_socket=self._socket,
            context=context,
            silence_seconds=silence_seconds,
        )
        self._child: Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        # Requests that wait in llama.cpp's own queue get no sign of life meanwhile.
        self._slots = asyncio.Semaphore(parallel)
        self._ready = asyncio.Event()
        self._fault = "it was not started"

    @property
    def socket(self) -> Path:
        """Where the child listens, whichever it is."""
        return self._socket

    @property
    def key(self) -> str:
        """What the child answers to."""
        return self._key

    @property
    def parallel(self) -> int:
        """Requests it works on at once."""
        return self._parallel

    def look(self) -> None:
        """A request failed: see in a moment whether the child is stuck, and end it if it is."""
        child = self._child
        if child is not None and (self._looking is None or self._looking.done()):
            unknown = EngineUnavailable("A request failed.")
            self._looking = asyncio.create_task(self._looked(unknown, child))

    async def _looked(self, error: EngineUnavailable, child: Child) -> None:
        await self._explained(error, child)

    @property
    def pid(self) -> int | None:
        """Of the child, while there is one."""
        child = self._child
        return child.process.pid if child and child.process.returncode is None else None

    def resident_bytes(self) -> int | None:
        """Memory of the child with the weights it has mapped. None when there is no child."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except OSError:
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def start(self) -> Engine:
        """Return when the model is loaded. EngineUnavailable, with the child's words, if not."""
        try:
            await self._spawn()
        except BaseException:
            await self.stop()
            raise
        self._keeper = asyncio.create_task(self._keep_running(), name="local engine")
        return self

    async def stop(self) -> None:
        """End the child, and with it the requests under way. No other process is touched."""
        self._fault = "it was stopped"
        keeper, self._keeper = self._keeper, None
        looking, self._looking = self._looking, None
        await stop(*[task for task in (keeper, looking) if task is not None])
        if self._child is not None:
            await self._child.end()
        self._ready.set()  # whoever waits shall learn that it was stopped
        await self._client.close()
        self._socket.unlink(missing_ok=True)

    async def close(self) -> None:
        await self.stop()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[Delta | Finished, None]:
        async with self._slots:
            child = await self._running()
            try:
                async with aclosing(self._client.chat(request)) as answer:
                    async for part in answer:
                        yield part
            except EngineUnavailable as error:
                raise await self._explained(error, child) from error

    async def healthy(self) -> bool:
        return self._keeper is not None and self._ready.is_set() and await self._client.healthy()

    async def count_tokens(self, text: str) -> int:
        return await self._client.count_tokens(text)

    async def _running(self) -> Child:
        if self._keeper is not None and self.pid is None:
            self._ready.clear()  # dead, and the keeper has not come round to it yet
        with suppress(TimeoutError):
            async with asyncio.timeout(self._ready_seconds if self._keeper else 0):
                await self._ready.wait()
        if self._keeper is None or self._child is None or not self._ready.is_set():
            raise EngineUnavailable(f"The local engine is not ready: {self._fault}.")
        return self._child

    async def _explained(self, error: EngineUnavailable, child: Child) -> EngineUnavailable:
        """Say so if the child died under the request. If it is stuck, end it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DEATH_NOTICED_SECONDS):
                await child.process.wait()
        if child.process.returncode is None:
            if await self._client.healthy():
                return error
            _log.warning("local engine: pid %d is stuck and will be killed", child.process.pid)
            child.kill()
        if self._keeper is None:
            return EngineUnavailable("The local engine was stopped while answering.")
        return EngineUnavailable(
            "The local engine stopped while answering; it is being restarted. Ask again."
        )

    async def _keep_running(self) -> None:
        clock, pauses = asyncio.get_running_loop().time, 0
        while self._child is not None:
            began = clock()
            self._fault = await self._child.death()
            self._ready.clear()
            if clock() - began > _STEADY_SECONDS:
                pauses = 0
            while not self._ready.is_set():
                _log.warning("local engine: %s; starting it again", self._fault)
                await asyncio.sleep(pause_seconds(pauses))
                pauses += 1
                with suppress(EngineUnavailable):  # its words are kept in _fault
                    await self._spawn()

    async def _spawn(self) -> None:
        try:
            if not self._weights.is_file():
                raise EngineUnavailable(
                    f"There are no weights at {self._weights}. `lionrock models pull` brings them."
                )
            self._socket.unlink(missing_ok=True)
            self._child = await Child.launch(self._orders())
            await self._child.loaded(self._client, self._start_seconds)
        except EngineUnavailable as error:
            self._fault = error.detail.rstrip(".")
            raise
        self._ready.set()

    def _orders(self) -> Orders:
        return Orders(
            parent=os.getpid(),
            weights=str(self._weights),
            name=self.model_name,
            socket=str(self._socket),
            key=self._key,
            context=self.context,
            parallel=self._parallel,
            threads=self._threads,
            **(_program(self._built) if self._built else {}),
        )


def _program(built: Built) -> dict[str, Any]:
    # AMX is used by way of rearranged weights alone. With AVX2 these win no time and cost 600 MB
    # for a 1.5B model.
    made = built.manifest
    repack = made.machine != "x86_64" or "amx_int8" in made.features
    return {"binary": str(built.binary), "binary_sha256": made.sha256, "repack": repack}


def pause_seconds(pauses: int) -> float:
    """Before the next start, after so many pauses since it last ran steadily."""
    return min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(pauses, 16))


def default_threads() -> int:
    """One less than the cores we may use: search, embeddings and the database need one too."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, _quota()) - 1)


def _quota(limits: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Cores that a container's limit allows (cgroup v2); very many when there is none."""
    try:
        allowed, period = limits.read_text("ascii").split()
        return max(1, int(allowed) // int(period))
    except (OSError, ValueError):
        return sys.maxsize


def _socket_in(directory: Path) -> Path:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise InvalidInput(
            f"{directory} must be a directory of this user's alone (mode 0700): the local engine "
            "listens in it."
        )
    path = directory / f"{os.getpid()}-{secrets.token_hex(4)}.sock"
    if len(os.fsencode(path)) > _MAX_SOCKET_BYTES:
        raise InvalidInput(
            f"{directory} has too long a path for a unix socket in it "
            f"({len(os.fsencode(path))} bytes, at most {_MAX_SOCKET_BYTES}). Use a shorter one."
        )
    return path
