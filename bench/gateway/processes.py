"""Processes to be measured: started on their core, and what they and their children have used."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cores() -> tuple[int, int] | None:
    """One for client and engine, one for what is measured and its database; None: there are not two."""
    mine = sorted(os.sched_getaffinity(0))
    return (mine[0], mine[1]) if len(mine) > 1 and shutil.which("taskset") else None


def started(
    words: Sequence[str],
    core: int | None,
    env: dict[str, str] | None = None,
    log: Path | None = None,
) -> subprocess.Popen[str]:
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    told = log.open("w") if log else None
    return subprocess.Popen(
        [*pinned, *words], stdout=told or subprocess.PIPE, stderr=told, text=True,
        env=os.environ | (env or {}),
    )  # fmt: skip


def stop(processes: Sequence[subprocess.Popen[str]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Tree:
    """A process and those under it, of which PostgreSQL's are kept apart. Taken once: none may be
    started or end while it is looked at."""

    def __init__(self, root: int) -> None:
        under: dict[int, list[int]] = {}
        for path in Path("/proc").iterdir():
            if path.name.isdigit() and (fields := _fields(int(path.name))):
                under.setdefault(int(fields[1]), []).append(int(path.name))
        self.own: list[int] = []
        self.postgres: list[int] = []
        todo = [root]
        while todo:
            pid = todo.pop()
            (self.postgres if _is_postgres(pid) else self.own).append(pid)
            todo += under.get(pid, [])

    def cpu(self) -> tuple[float, float]:
        """Seconds: its own, and PostgreSQL's."""
        return _cpu(self.own), _cpu(self.postgres)

    def resident(self) -> float:
        """MB, its own."""
        return sum(int(f[21]) * _PAGE for pid in self.own if (f := _fields(pid))) / 1e6


def _fields(pid: int) -> list[str]:
    """Of /proc/PID/stat from the third on (proc(5)); none when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _is_postgres(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return False


def _cpu(pids: list[int]) -> float:
    return sum((int(f[11]) + int(f[12])) / _TICKS for pid in pids if (f := _fields(pid)))
