"""What `search_growth.py` asks with and measures by."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from growing import Seeds


class Known:
    """An embedder that knows the questions' vectors: a search without embedding."""

    dimension = 384

    def __init__(self, name: str, made: Seeds) -> None:
        self.name = name
        self._vectors = dict(zip(made.asked, made.asked_vectors, strict=True))
        self._any = made.asked_vectors

    async def queries(self, texts: Sequence[str]) -> Any:
        return np.stack([self._vectors.get(t, self._any[hash(t) % len(self._any)]) for t in texts])

    async def passages(self, texts: Sequence[str], *, urgent: bool = False) -> Any:
        raise AssertionError("nothing is embedded here")

    async def close(self) -> None:
        pass


def processor(folder: Path) -> float:
    """Seconds of this process and of the server's processes, which are found by their folder."""
    ticks, total = os.sysconf("SC_CLK_TCK"), time.process_time()
    postmaster = next((folder / "postgres").rglob("postmaster.pid")).read_text().split("\n")[0]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[1] == postmaster:
            total += (int(words[11]) + int(words[12])) / ticks
    return total


def resident() -> tuple[float, float]:
    """MB of this process: its own, and of mapped files."""
    lines = Path("/proc/self/status").read_text().split("\n")
    kept = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Rss")}
    return int(kept["RssAnon"]) / 1000, int(kept["RssFile"]) / 1000


def disk(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
