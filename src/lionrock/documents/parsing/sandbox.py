"""Parsing a stranger's file without letting it touch this process.

A child with limits does it (see `child` and `confine`). Whatever happens to the child, the caller
gets a `ParsedDocument` or an `UnreadableDocument` that names the file and the reason.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import Path

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing import wire
from lionrock.documents.parsing.talk import NO_OCR, Ocr, OnProgress, Pages, Talk
from lionrock.errors import UnreadableDocument

COMMAND = (sys.executable, "-P", "-m", "lionrock.documents.parsing.child")
"""What is run for each file; -P keeps the working directory off the module path."""

_LARGEST_ANSWER = 2**30
_INCONSISTENT = "it is damaged: its reader gave no consistent answer"
_SLOW = {signal.SIGXCPU}
_STARVED = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGKILL}


async def parse(
    source: Path | int,
    filename: str,
    *,
    seconds: int,
    memory_bytes: int,
    on_progress: OnProgress | None = None,
    pages: Pages | None = None,
    ocr: Ocr = NO_OCR,
) -> ParsedDocument:
    """Parse `source`, which the user calls `filename`, in a confined child.

    A descriptor is handed on to the child, so that what is kept sealed needs no name on a disk.
    `seconds` bounds wall-clock and processor time but for recognised pages, whose time `ocr` bounds;
    `memory_bytes` the child's address space. With `pages`, those read before are not read again.
    Raises `UnreadableDocument`, naming file and reason.
    """
    limits = Limits(filename, seconds, memory_bytes)
    talk = Talk(on_progress, pages, ocr)
    header, tail = await _answer(filename, limits, talk, source)
    try:
        # Off the loop: a long document takes a tenth of a second to build.
        return await asyncio.to_thread(wire.decoded, header, tail)
    except ValueError as error:
        raise limits.refusal(_INCONSISTENT) from error


async def _answer(
    filename: str, limits: Limits, talk: Talk, source: Path | int
) -> tuple[bytes, bytes]:
    """What the child makes of the file, or the next one without the page that brought it down."""
    while True:
        request: dict[str, object] = {"task": "parse", "name": filename} | talk.request()
        try:
            return await ask_child(request, limits, source=source, talk=talk)
        except UnreadableDocument:
            if not talk.without_that_page():
                raise


class Limits:
    """What a child may use, and the refusals that name the file it was for."""

    def __init__(self, filename: str, seconds: int, memory_bytes: int) -> None:
        self.filename, self.seconds, self.memory_bytes = filename, seconds, memory_bytes

    def refusal(self, reason: str) -> UnreadableDocument:
        """The error for a reason; no reason stands for the memory limit."""
        reason = reason or f"it needs more than {_size(self.memory_bytes)} of memory"
        return UnreadableDocument(f"{self.filename} cannot be read: {reason}")

    def death(self, code: int) -> UnreadableDocument:
        """The error for a child that ended without an answer."""
        with suppress(ValueError):
            fatal = signal.Signals(-code)
            if fatal in _SLOW:
                return self.too_slow()
            if fatal in _STARVED:
                size = _size(self.memory_bytes)
                return self.refusal(f"it needs more than {size} of memory, or it is damaged")
            return self.refusal(f"it is damaged: it made its reader fail ({fatal.name})")
        return self.refusal(f"its reader ended with code {code}")

    def too_slow(self) -> UnreadableDocument:
        return self.refusal(f"it took longer than {self.seconds} s")


def _size(count: int) -> str:
    return f"{count / 2**30:.3g} GB" if count >= 2**30 else f"{count / 2**20:.3g} MB"


async def ask_child(
    request: dict[str, object],
    limits: Limits,
    *,
    source: Path | int,
    talk: Talk | None = None,
) -> tuple[bytes, bytes]:
    """Header and tail of a child's answer. The child is gone when this returns or raises."""
    inherited, path = _handed_on(source)
    child = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_environment(),
        pass_fds=inherited,
    )
    bounds: dict[str, object] = {
        "path": path,
        "parent": os.getpid(),
        "seconds": limits.seconds,
        "memory_bytes": limits.memory_bytes,
    }
    try:
        async with asyncio.timeout(limits.seconds) as deadline:
            asked = json.dumps(request | bounds).encode() + b"\n"
            answer = await _converse(child, asked, talk or Talk(), deadline)
            code = await child.wait()
    except TimeoutError:
        raise limits.too_slow() from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if answer is None:
        raise limits.death(code)
    if isinstance(answer, str):
        raise limits.refusal(answer)
    return answer


def _handed_on(source: Path | int) -> tuple[tuple[int, ...], str]:
    """Descriptors that the child inherits, and the path by which it opens the source."""
    if isinstance(source, int):
        # Opened anew by that name, so from its start, wherever the descriptor stands.
        return (source,), f"/proc/self/fd/{source}"
    return (), str(source.resolve())


async def _converse(
    child: Process, request: bytes, talk: Talk, deadline: asyncio.Timeout
) -> tuple[bytes, bytes] | str | None:
    """The child's answer, its reason for refusing, or None if it ended without either."""
    assert child.stdin is not None and child.stdout is not None
    with suppress(ConnectionError):
        child.stdin.write(request)
        if not talk.goes_on:
            child.stdin.close()
    try:
        while line := await child.stdout.readline():
            kind, _, rest = line.partition(b" ")
            if kind == b"R":
                lengths = [int(length) for length in rest.split()]
                if sum(lengths) > _LARGEST_ANSWER:
                    return None
                header, tail = [await child.stdout.readexactly(length) for length in lengths]
                return header, tail
            if kind == b"E":
                return str(json.loads(rest))
            if not await talk.heard(kind.strip(), rest, child, deadline):
                child.kill()
                return _INCONSISTENT
    except (ValueError, asyncio.IncompleteReadError, ConnectionError):
        return None
    return None


def _environment() -> dict[str, str]:
    """As little as a Python process needs: no credentials, no proxies."""
    kept = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TZ")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
