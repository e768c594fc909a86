"""What a command without a database did (`lionrock models pull`), kept for the next server to record."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from uuid import UUID

from lionrock.kernel.egress.journal import Attempt, Counts, Journal

NAME = "egress.jsonl"
_MOST_BYTES = 2**20


def leave(journal: Journal, home: Path) -> None:
    """Append what the journal has not been relieved of to the file in `home`, which must exist."""
    refused, opened = journal.take(opened=True)
    lines = [_line("refused", a, n) for a, n in refused.items()]
    lines += [_line("opened", a, n) for a, n in opened.items()]
    if not lines:
        return
    descriptor = os.open(home / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        if file.tell() < _MOST_BYTES:
            file.write("".join(lines))


def collect(journal: Journal, home: Path) -> None:
    """Give the journal what was left in `home`, once."""
    path = home / NAME
    taken = path.with_suffix(".taken")
    try:
        path.replace(taken)
        lines = taken.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return
    counts: dict[str, Counts] = {"refused": Counter(), "opened": Counter()}
    for line in lines:
        try:
            kept = json.loads(line)
            tenant = UUID(kept["tenant"]) if kept["tenant"] else None
            attempt = Attempt(str(kept["host"]), int(kept["port"]), str(kept["part"]), tenant)
            counts[kept["what"]][attempt] += int(kept["count"])
        except (ValueError, KeyError, TypeError):
            continue  # half a line, of a command that was killed
    journal.give_back(counts["refused"], counts["opened"])
    taken.unlink()


def _line(what: str, attempt: Attempt, count: int) -> str:
    kept = {
        "what": what,
        "host": attempt.host,
        "port": attempt.port,
        "part": attempt.part,
        "tenant": str(attempt.tenant) if attempt.tenant else "",
        "count": count,
    }
    return f"{json.dumps(kept)}\n"
