"""The parent's side of unpacking: members as they come from the confined child.

The child has read a stranger's file, so nothing it says is taken on trust: numbers and sizes are
counted here, and what is not the protocol ends as a refusal. The bytes are handed on as they
arrive; no member is ever whole in this process.
"""

from __future__ import annotations

import asyncio
import json
import os
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from lionrock.documents.parsing import sandbox
from lionrock.documents.parsing.members import CHUNK, MOST_MEMBERS, clean_path
from lionrock.documents.parsing.sandbox import Limits
from lionrock.errors import UnreadableDocument

_MOST_TEXT: Final = 1_000
_NONE: Final[tuple[bytes, ...]] = ()


@dataclass(slots=True)
class Arriving:
    """A member on its way. With a `reason` it has no bytes; else its `chunks` must be read, and
    raise `UnreadableDocument` if they end before the member does."""

    number: int
    path: str
    size: int
    reason: str
    chunks: AsyncIterator[bytes]
    over: bool = False


@asynccontextmanager
async def members(
    source: int, filename: str, limits: Limits, *, first: int
) -> AsyncIterator[AsyncIterator[Arriving]]:
    """The members of the container at `source` from number `first` on, counted from 0.

    What is not read of a member is passed over. `limits.seconds` bounds the child's processor time
    and each wait for it. Iterating raises `UnreadableDocument` with the file's name and the reason.
    """
    child = await asyncio.create_subprocess_exec(
        *sandbox.COMMAND, stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
        env=sandbox._environment(), pass_fds=(source,),
    )  # fmt: skip
    assert child.stdin is not None and child.stdout is not None
    request = {
        "task": "unpack", "name": filename, "path": f"/proc/self/fd/{source}", "first": first,
        "parent": os.getpid(), "seconds": limits.seconds, "memory_bytes": limits.memory_bytes,
    }  # fmt: skip
    try:
        with suppress(ConnectionError):
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.close()
        yield _Stream(child.stdout, limits, child.wait).members(first)
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


class _Stream:
    """What the child writes, in the order it may write it in."""

    def __init__(self, pipe: StreamReader, limits: Limits, end: Any) -> None:
        self._pipe, self._limits, self._end = pipe, limits, end

    async def members(self, first: int) -> AsyncIterator[Arriving]:
        number = first
        while True:
            kind, rest = await self._line()
            if kind == b"R":
                return
            if kind != b"M" or number >= MOST_MEMBERS:
                raise self._inconsistent()
            member = self._member(number, rest)
            yield member
            if not member.reason and not member.over:
                async for _ in member.chunks:
                    pass
            number += 1

    def _member(self, number: int, told: bytes) -> Arriving:
        try:
            fields = json.loads(told)
            path, size = clean_path(str(fields["path"])), int(fields["size"])
            reason = str(fields["reason"])[:_MOST_TEXT].strip()
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise self._inconsistent() from error
        member = Arriving(number, path, min(max(size, 0), 2**50), reason, nothing())
        if not reason:
            member.chunks = self._chunks(member)
        return member

    async def _chunks(self, member: Arriving) -> AsyncIterator[bytes]:
        while True:
            kind, rest = await self._line()
            if kind == b"D":
                yield await self._exactly(self._length(rest))
                continue
            member.over = True
            if kind == b"Z":
                return
            raise self._cut_short(rest) if kind == b"X" else self._inconsistent()

    def _cut_short(self, told: bytes) -> UnreadableDocument:
        return UnreadableDocument(self._reason(told) or "it is damaged: it cannot be unpacked")

    async def _line(self) -> tuple[bytes, bytes]:
        line = await self._within(self._pipe.readline())
        kind, _, rest = line.rstrip(b"\n").partition(b" ")
        if kind == b"E":
            raise self._limits.refusal(self._reason(rest))
        if not line:
            raise self._limits.death(await self._end())
        return kind, rest

    async def _exactly(self, length: int) -> bytes:
        return await self._within(self._pipe.readexactly(length))

    async def _within(self, reading: Any) -> bytes:
        try:
            async with asyncio.timeout(self._limits.seconds):
                return bytes(await reading)
        except TimeoutError:
            raise self._limits.too_slow() from None
        except asyncio.IncompleteReadError:
            raise self._limits.death(await self._end()) from None
        except ValueError as error:  # a line without an end
            raise self._inconsistent() from error

    def _length(self, told: bytes) -> int:
        if not told.isdigit() or len(told) > 7 or not 0 < int(told) <= CHUNK:
            raise self._inconsistent()
        return int(told)

    def _reason(self, told: bytes) -> str:
        try:
            return str(json.loads(told))[:_MOST_TEXT].strip()
        except ValueError as error:
            raise self._inconsistent() from error

    def _inconsistent(self) -> UnreadableDocument:
        return self._limits.refusal("it is damaged: its reader gave no consistent answer")


async def nothing() -> AsyncIterator[bytes]:
    """The bytes of a member that has none."""
    for chunk in _NONE:
        yield chunk
