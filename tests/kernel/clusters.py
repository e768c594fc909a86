"""Embedded servers under test: starting them from another process, and looking at their processes.

Run as root these tests serve as `nobody`; run as an ordinary user, as that user.
"""

from __future__ import annotations

import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lionrock.kernel import postgres_files
from lionrock.kernel.postgres_files import Place
from lionrock.kernel.processes import running

AS_ROOT = os.geteuid() == 0
PASSWORD = "p/ss w@rd:é客"
Supervise = Callable[..., subprocess.Popen[str]]

SUPERVISOR = """
import sys, time
from pathlib import Path
from lionrock.kernel import postgres_cluster, postgres_files
from lionrock.kernel.postgres import EmbeddedPostgres
postgres_files.SHELTER = Path(sys.argv[3])
if sys.argv[4] == "leaves":
    postgres_cluster.dies_with_parent = lambda *_: None
print(EmbeddedPostgres(Path(sys.argv[1]), sys.argv[2]).start(), flush=True)
time.sleep(120)
"""


def comes_true(look: Callable[[], object], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def url_of(supervisor: subprocess.Popen[str]) -> str:
    assert supervisor.stdout is not None
    return supervisor.stdout.readline().strip()


def cluster_processes(home: Path) -> list[int]:
    return postmasters(home) + workers(home)


def postmasters(home: Path) -> list[int]:
    return [p.pid for p in running() if p.command[1:3] == ("-D", f"{home}/data")]


def workers(home: Path, title: str = "") -> list[int]:
    beginning = f"postgres: {Place(home, home, None).name}: {title}"
    return [p.pid for p in running() if p.command[0].startswith(beginning)]


def pid_file(home: Path) -> Path:
    return home / "data" / "postmaster.pid"


def psql(url: str, statement: str) -> str:
    program = postgres_files._package() / "pginstall" / "bin" / "psql"
    command = [str(program), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def kept(url: str) -> set[str]:
    return set(psql(url, "SELECT word FROM kept").split())


def as_cluster_user() -> dict[str, Any]:
    """A process of the cluster's own user is the one PostgreSQL itself would be fooled by."""
    return {"user": "nobody", "extra_groups": []} if AS_ROOT else {}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
