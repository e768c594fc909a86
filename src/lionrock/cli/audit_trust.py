"""What a verifier names on the command line: an export, keys they were given, a checkpoint they kept."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lionrock.errors import InvalidInput
from lionrock.kernel.audit import cosignatures, notes
from lionrock.kernel.audit.archive import Directory, Source, Tar
from lionrock.kernel.audit.verify import Trust


def trust_of(arguments: argparse.Namespace) -> Trust:
    """Keys may be given as text or as files with one a line."""
    keys = [notes.parse_vkey(line) for line in _lines(arguments.key)]
    witnesses = [
        cosignatures.parse_witness(line) for line in _lines(getattr(arguments, "witness", []))
    ]
    kept: Path | None = getattr(arguments, "previous", None)
    return Trust(time.time(), tuple(keys), tuple(witnesses), read(kept) if kept else None)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The export at `path`, a tar file or a directory."""
    if path.is_dir():
        yield Directory(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield Tar(file)


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _lines(given: list[str]) -> list[str]:
    found: list[str] = []
    for value in given:
        is_file = len(value) < 4096 and Path(value).is_file()
        found += read(Path(value)).decode("utf-8", "replace").split() if is_file else [value]
    return found
