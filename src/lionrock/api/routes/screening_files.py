"""Files that come in for screening, kept on this machine's disk for as long as they are read."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

from fastapi import Request, UploadFile

from lionrock.errors import InvalidInput, TooLarge
from lionrock.screening.registry.files import format_named, safe_name
from lionrock.screening.registry.tabular import Format

_IN_MEMORY: Final = 1 << 20


def format_of(file: UploadFile) -> Format:
    """By the name's ending. `InvalidInput` for another."""
    found = format_named(file.filename)
    if found is None:
        raise InvalidInput("A file of names is CSV, XLSX or JSON lines: its name ends in it.")
    return found


def content_of(file: UploadFile, most: int) -> BinaryIO:
    """What was uploaded, from its beginning. `TooLarge` beyond `most` bytes."""
    _within(file, most)
    file.file.seek(0)
    return file.file


@asynccontextmanager
async def laid_out(files: Sequence[UploadFile], most: int) -> AsyncIterator[Path]:
    """The path of the one file, or of the folder that holds them all; gone afterwards."""
    for file in files:
        _within(file, most)
    with tempfile.TemporaryDirectory(prefix="lionrock-list-") as folder:
        paths = [Path(folder) / safe_name(file.filename) for file in files]
        if len(set(paths)) != len(paths):
            raise InvalidInput("Two of the files have one name.")
        for file, path in zip(files, paths, strict=True):
            await asyncio.to_thread(_write, file, path)
        yield paths[0] if len(paths) == 1 else Path(folder)


@asynccontextmanager
async def body_of(request: Request, most: int) -> AsyncIterator[BinaryIO]:
    """The request's body as a file, from its beginning. `TooLarge` beyond `most` bytes."""
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise TooLarge(f"The message is larger than {most} bytes, this server's limit.")
            kept.write(chunk)
        kept.seek(0)
        yield cast(BinaryIO, kept)


def _within(file: UploadFile, most: int) -> None:
    if (file.size or 0) > most:
        raise TooLarge(f"The file is larger than {most} bytes, this server's limit.")


def _write(file: UploadFile, path: Path) -> None:
    file.file.seek(0)
    with path.open("wb") as kept:
        shutil.copyfileobj(file.file, kept, 1 << 20)
