"""Texts into vectors: the protocol, and the local model in a process of its own.

The other one behind the protocol is `remote_embeddings`, any server with OpenAI's endpoint.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from lionrock.errors import Unavailable
from lionrock.kernel import confined
from lionrock.kernel.tasks import stop
from lionrock.models.e5 import MAX_CHARACTERS, VECTORS_VERSION, Floats, read_shape
from lionrock.models.embedding_frames import LENGTH, Kind, frame, pack_texts

_URGENT, _PATIENT = 0, 1
_ATTEMPTS = 2
_START_SECONDS = 120.0
_ANSWER_SECONDS = 120.0

# A slice is what one forward pass takes, about 350 tokens: a query waits for at most one of them.
_SLICE_BYTES = 1536
_SLICE_TEXTS = 64
# UTF-8 bytes tell tokens well in every script: 4.5 a token in English, 4.4 in Chinese.
_LONGEST_BYTES = 2304
# The prefix and the marks that go around each text.
_BYTES_AROUND = 24


class Embedder(Protocol):
    """Turns texts into unit vectors; the dot product of two is their cosine similarity.

    `name` identifies the vector space: vectors made under another name can't be compared.
    Texts longer than the model takes are judged by their beginning. Unavailable when no model
    answers. Results are float32 (len(texts), dimension), in the order of the texts.
    """

    dimension: int
    name: str

    async def queries(self, texts: Sequence[str]) -> Floats: ...

    async def passages(self, texts: Sequence[str], *, urgent: bool = False) -> Floats:
        """`urgent`: someone is waiting for the answer, as for a query; go before others."""
        ...

    async def close(self) -> None: ...


class LocalEmbedder:
    """The packed e5 file, run in a process of its own.

    `threads` is the number of cores it uses, 0 for all but one. The process starts at the first
    call and again after it died; a call that it died under is tried once more, then Unavailable.
    Texts go through in small slices, urgent ones first.
    """

    def __init__(self, weights: Path, *, threads: int = 0) -> None:
        self.dimension = read_shape(weights).hidden
        self.name = f"{weights.stem}-int8-v{VECTORS_VERSION}"
        self._child = _Child(weights, threads or max(1, _cores() - 1))
        self._jobs: asyncio.PriorityQueue[_Job] = asyncio.PriorityQueue()
        self._arrivals = itertools.count()
        self._worker: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._child.pid

    async def queries(self, texts: Sequence[str]) -> Floats:
        return await self._embed("query", texts, _URGENT)

    async def passages(self, texts: Sequence[str], *, urgent: bool = False) -> Floats:
        return await self._embed("passage", texts, _URGENT if urgent else _PATIENT)

    async def close(self) -> None:
        """Stop the process; calls that wait, and calls to come, get Unavailable."""
        self._closed = True
        if self._worker is not None:
            await stop(self._worker)
        while not self._jobs.empty():
            self._jobs.get_nowait().give_up()
        await self._child.stop()

    async def _embed(self, kind: Kind, texts: Sequence[str], priority: int) -> Floats:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        encoded = [text[:MAX_CHARACTERS].encode("utf-8", "replace") for text in texts]
        for rows in _slices([len(text) for text in encoded]):
            request = pack_texts(kind, [encoded[i] for i in rows])
            answer = await self._answer(request, priority)
            vectors[rows] = np.frombuffer(answer, "<f4").reshape(len(rows), self.dimension)
        return vectors

    async def _answer(self, request: bytes, priority: int) -> bytes:
        job = _Job(priority, next(self._arrivals), request)
        if self._closed:
            job.give_up()
        elif self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="embeddings")
        self._jobs.put_nowait(job)
        return await job.answer

    async def _work(self) -> None:
        while True:
            job = await self._jobs.get()
            if job.answer.cancelled():
                continue
            try:
                answer = await self._child.ask(job.request)
            except Exception as error:  # the caller's to handle; the worker goes on
                job.fail(error)
            except asyncio.CancelledError:
                job.give_up()
                raise
            else:
                job.finish(answer)


@dataclass(order=True, slots=True)
class _Job:
    priority: int
    arrival: int
    request: bytes = field(compare=False)
    answer: asyncio.Future[bytes] = field(
        compare=False, default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def finish(self, answer: bytes) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)

    def give_up(self) -> None:
        self.fail(Unavailable("The embedding process is being stopped."))


class _Child:
    """The embedding process, one question at a time; started when asked and none runs."""

    def __init__(self, weights: Path, threads: int) -> None:
        self._weights, self._threads = weights, threads
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def ask(self, request: bytes) -> bytes:
        for _ in range(_ATTEMPTS):
            try:
                return await self._ask(request)
            except (OSError, asyncio.IncompleteReadError):  # it died, or took too long
                await self.stop()
        raise Unavailable(
            f"The embedding process for {self._weights.name} stopped twice on the same request. "
            "Its own words are on the server's standard error; `lionrock doctor` looks further."
        )

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _ask(self, request: bytes) -> bytes:
        if self.pid is None:
            await self.stop()
            await self._start()
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await self._exchange(request)

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *confined.command(
                "lionrock.models.embedding_child", str(self._weights), str(self._threads)
            ),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Settings may hold passwords; the process needs none of them.
            env={k: v for k, v in os.environ.items() if not k.startswith("LIONROCK_")},
        )
        async with asyncio.timeout(_START_SECONDS):
            await self._exchange(None)

    async def _exchange(self, request: bytes | None) -> bytes:
        assert self._process and self._process.stdin and self._process.stdout
        if request is not None:
            self._process.stdin.write(frame(request))
            await self._process.stdin.drain()
        header = await self._process.stdout.readexactly(LENGTH.size)
        return await self._process.stdout.readexactly(*LENGTH.unpack(header))


def _slices(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of texts of like size in bytes, so that little is padded; each slice bounded."""
    taken: list[int] = []
    for i in sorted(range(len(sizes)), key=sizes.__getitem__):
        each = min(sizes[i], _LONGEST_BYTES) + _BYTES_AROUND
        if taken and ((len(taken) + 1) * each > _SLICE_BYTES or len(taken) == _SLICE_TEXTS):
            yield taken
            taken = []
        taken.append(i)
    if taken:
        yield taken


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # what this process may use, not what the machine has
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
