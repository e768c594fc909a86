"""A home: the directory that holds what an installation keeps. One process owns it at a time."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path

from lionrock.errors import Conflict
from lionrock.kernel import disk

WORD = "server.json"
"""Where a running server leaves word of itself, see `publish`."""


def make_home(home: Path) -> None:
    # Root's PostgreSQL runs as another user, who must be able to pass through; the rest is closed.
    home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)


def hold(stack: AsyncExitStack, home: Path) -> None:
    """One process owns a home. The lock goes with the process, however it ends."""
    make_home(home)
    file = stack.enter_context((home / "lock").open("a"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict(
            f"Lionrock is running already with {home}. Use that one, or set LIONROCK_HOME."
        ) from error
    # Word that a killed process left leads nowhere.
    (home / WORD).unlink(missing_ok=True)


def publish(home: Path, **facts: object) -> Path:
    """Leave word for the command line of this user: where the server listens, and a key for it."""
    path = home / WORD
    disk.write_soon(path, json.dumps(facts).encode())
    return path
