"""Which files `lionrock add` takes, and how far it is with them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lionrock.cli.output import Bar, harmless
from lionrock.errors import InvalidInput

_REASONS_SHOWN = 50


def expand(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those beneath the directories named, in order.

    Left out beneath a directory: what is hidden, and links that lead out of it.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(_beneath(path))
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidInput(f"{path} does not exist.")
    if not files:
        raise InvalidInput("There is no file in what was named.")
    return files


def _beneath(folder: Path) -> Iterator[Path]:
    home = folder.resolve()
    for path in folder.rglob("*"):
        shown = not any(part.startswith(".") for part in path.relative_to(folder).parts)
        if shown and path.is_file() and path.resolve().is_relative_to(home):
            yield path


class Tally:
    """Files and pages done, and how fast; one bar for all files together."""

    def __init__(self, files: int, *, quiet: bool) -> None:
        self._files, self._started = files, time.monotonic()
        self._pages = self._settled = 0
        self._bar = Bar(f"{files} files", quiet=quiet)

    def uploaded(self, count: int, name: str) -> None:
        self._bar.show(count, self._files, f"taking in {harmless(name)}")

    def working(self, name: str, detail: str, pages: int) -> None:
        """The present file; `pages` of it are read."""
        seconds = max(time.monotonic() - self._started, 0.001)
        read = self._pages + pages
        told = f"{self._settled}/{self._files} files, {read} pages, {read / seconds:.1f} pages/s"
        self._bar.show(self._settled, self._files, f"{told}; {harmless(name)}: {detail}")

    def settled(self, document: dict[str, Any], text: str) -> None:
        self._settled += 1
        self._pages += document.get("pages", 0)
        self._bar.close(text)


def detail_of(document: dict[str, Any], steps: dict[str, str]) -> str:
    """What is done to a document now, with its page where that is known."""
    step, done, total = steps[document["state"]], document["done"], document["total"]
    if document["state"] == "queued" and total:
        return f"{step} page {done} of {total}"
    return f"{step} {done / total:.0%}" if total else step


def counts(outcomes: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many were added, known before, and refused."""
    refused = sum(o["state"] == "failed" for o in outcomes)
    known = sum(bool(o.get("duplicate")) and o["state"] != "failed" for o in outcomes)
    return {"added": len(outcomes) - known - refused, "known": known, "refused": refused}


def summary(outcomes: Sequence[dict[str, Any]]) -> None:
    """On standard error: the counts, and why each refused file was."""
    told = counts(outcomes)
    print(
        f"{told['added']} added, {told['known']} known, {told['refused']} refused", file=sys.stderr
    )
    refused = [o for o in outcomes if o["state"] == "failed"]
    for outcome in refused[:_REASONS_SHOWN]:
        print(harmless(f"  {outcome['name']}: {outcome['error']}"), file=sys.stderr)
    if len(refused) > _REASONS_SHOWN:
        print(f"  and {len(refused) - _REASONS_SHOWN} more", file=sys.stderr)
