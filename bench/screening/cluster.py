"""Customers a minute: in one process, in a pool of two, on a Ray cluster of two workers on this machine.

    python -m screening.cluster [CUSTOMERS_A_ROUND]

Run in bench/, by an interpreter that has Ray (`pip install 'ray[client]'`); without it that line is
left out. Beside the time stands the processor time of all processes together, Ray's own included: with
other work on the machine it is the steadier of the two.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from uuid import UUID

from lionrock.kernel.egress import Egress
from lionrock.screening.entities import Entity
from lionrock.screening.matching.index import EntityIndex
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.registry.engine import SearchIndex
from lionrock.screening.registry.screens import Here, Likely, Screens, ranges, searched
from lionrock.screening.scale.cluster import Cluster
from screening.__main__ import Inputs
from screening.synthetic import book

_ROUNDS, _TICKS = 3, os.sysconf("SC_CLK_TCK")
_opened: list[EntityIndex] = []


def _open(folder: Path) -> None:
    _opened.append(EntityIndex.open(folder))


def _search(queries: Sequence[Entity], threshold: float) -> Likely:
    return searched(_opened[0], queries, threshold)


class Pool(Here):
    """Two processes that map the index."""

    def __init__(self, folder: Path) -> None:
        self._pool = ProcessPoolExecutor(2, get_context("spawn"), _open, (folder,))

    async def likely(
        self, index: SearchIndex, folder: Path, queries: Sequence[Entity], threshold: float
    ) -> Likely:
        loop = asyncio.get_running_loop()
        parts = [
            loop.run_in_executor(self._pool, _search, part, threshold) for part in ranges(queries)
        ]
        return [ids for part in await asyncio.gather(*parts) for ids in part]


def spent() -> float:
    """Processor seconds of this process and of all that descend from it, the dead that it waited for."""
    parents, times = {}, {}
    for place in Path("/proc").iterdir():
        if place.name.isdecimal():
            with suppress(OSError):
                fields = (place / "stat").read_text().rpartition(")")[2].split()
                parents[int(place.name)] = int(fields[1])
                times[int(place.name)] = sum(map(int, fields[11:15])) / _TICKS
    ours, before = {os.getpid()}, 0
    while len(ours) > before:
        before = len(ours)
        ours |= {pid for pid, parent in parents.items() if parent in ours}
    return sum(times[pid] for pid in ours)


async def measure(
    screens: Screens, index: EntityIndex, folder: Path, asked: Sequence[Entity]
) -> Likely:
    """One turn over the customers, in calls of 500, as a rescreen of everyone makes them."""
    found: Likely = []
    for at in range(0, len(asked), 500):
        found += await screens.likely(index, folder, asked[at : at + 500], THRESHOLD)
    return found


async def compare(ways: dict[str, Screens], asked: Sequence[Entity], folder: Path) -> None:
    index, each = EntityIndex.open(folder), len(asked) // (_ROUNDS + 1)
    print(f"{'':16} {'customers a minute':>18} {'wall s':>7} {'CPU s':>6}")
    for round in range(_ROUNDS + 1):
        part, right = asked[round * each : (round + 1) * each], None
        for name, way in ways.items():
            began, cpu = perf_counter(), spent()
            found = await measure(way, index, folder, part)
            took, cpu = perf_counter() - began, spent() - cpu
            assert right is None or found == right, "results depend on who searches"
            right = found
            if round:  # the first warms caches and sends the index
                print(f"{name:16} {60 * each / took:18,.0f} {took:7.1f} {cpu:6.1f}", flush=True)
    for way in ways.values():
        await way.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    inputs = Inputs.read(None)
    listed = [replace(e, id=UUID(int=n).hex * 2) for n, e in enumerate(inputs.listed_people)]
    asked = book(inputs.people, count * (_ROUNDS + 1))
    with tempfile.TemporaryDirectory(prefix="lr-", dir="/tmp") as temporary:
        home, place = Path(temporary), Path(temporary) / "ray"
        folder = home / "indexes" / "screening" / "people"
        folder.parent.mkdir(parents=True)
        place.mkdir()
        EntityIndex.build(listed, folder)
        ways: dict[str, Screens] = {"one process": Here(), "pool of two": Pool(folder)}
        cluster = None
        if find_spec("ray"):
            start = "start --head --block --num-cpus=2 --include-dashboard=false --port=6399"
            more = (
                f"--ray-client-server-port=10001 --temp-dir={place} --object-store-memory=200000000"
            )
            cluster = subprocess.Popen(
                [sys.executable, "-m", "ray.scripts.scripts", *start.split(), *more.split()],
                env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}, stdout=subprocess.DEVNULL,
            )  # fmt: skip
            ways["Ray, two workers"] = Cluster.at("127.0.0.1:10001", home, Egress())
        try:
            asyncio.run(compare(ways, asked, folder))
        finally:
            if cluster is not None:
                cluster.terminate()
                cluster.wait()


if __name__ == "__main__":
    main()
