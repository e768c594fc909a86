"""Time for one name, pairs a second on one core, time and memory from nothing to the first answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from common import median, percentile
from lionrock.screening.entities import Entity
from lionrock.screening.matching.compare import compare
from lionrock.screening.matching.index import EntityIndex
from screening.processes import Worker, write_book

_STARTS = 5
_WARM = 20
_ANSWERS = 500


def build(entities: Sequence[Entity], folder: Path) -> EntityIndex:
    """Builds and opens the index, printing what that takes."""
    began = process_time()
    EntityIndex.build(entities, folder)
    seconds = process_time() - began
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    names = sum(len(e.names) for e in entities)
    print(
        f"index of {names:,} names of {len(entities):,} built in {seconds:.1f} CPU s, {size / 1e6:.1f} MB"
    )
    return EntityIndex.open(folder)


def one_name(index: EntityIndex, queries: Sequence[Entity]) -> float:
    """Median milliseconds by the clock."""
    shuffled = Random(3).sample(list(queries), len(queries))
    for query in shuffled[:_WARM]:
        index.screen(query)
    wall: list[float] = []
    cpu: list[float] = []
    for query in shuffled:
        began, used = perf_counter(), process_time()
        index.screen(query)
        cpu.append(1000 * (process_time() - used))
        wall.append(1000 * (perf_counter() - began))
    for label, times in (("clock", wall), ("processor", cpu)):
        print(
            f"one name, {label:9}  median {median(times):.2f} ms, p99 {percentile(times, 0.99):.2f} ms,"
            f" longest {max(times):.1f} ms ({len(times)} names)"
        )
    return median(wall)


def pairs_per_second(
    index: EntityIndex, names: int, customers: Sequence[Entity], listed: Sequence[Entity]
) -> float:
    """Pairs of names settled a CPU second: scored, or shown to be below the threshold without."""
    considered = names * sum(len(c.names) for c in customers)
    settled = considered / _cpu(lambda: [index.screen(c) for c in customers])
    few = Random(4).sample(list(listed), min(20, len(listed)))
    some = [(c, e) for c in customers[:200] for e in few]
    full = sum(len(c.names) * len(e.names) for c, e in some)
    scored = full / _cpu(lambda: [compare(c, e) for c, e in some])
    print(
        f"{len(customers):,} customers against {names:,} names: {settled:,.0f} pairs of names settled a CPU"
        f" second by the index\ncompare() by itself, with all its evidence: {scored:,.0f} pairs of names"
        f" a CPU second"
    )
    return settled


def _cpu(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def from_nothing(index: Path, customers: Sequence[Entity], folder: Path) -> dict[str, float]:
    """A fresh process each time: seconds to the first answer, memory after going on answering."""
    book = write_book(customers[:_ANSWERS], folder / "book.jsonl")
    runs = [Worker(index, book, seconds=60 if n == 0 else 0).wait() for n in range(_STARTS)]
    starts = [run.first_s for run in runs]
    once, many = runs[0].first, runs[0].last
    print(
        f"from nothing to the first answer: median {median(starts):.2f} s, best {min(starts):.2f} s,"
        f" {median([run.first['cpu_s'] for run in runs]):.2f} of processor time\n"
        f"peak memory {once['peak_mb']:.0f} MB ({once['private_mb']:.0f} private), after {many['done']}"
        f" more answers {many['peak_mb']:.0f} MB ({many['private_mb']:.0f} private)"
    )
    return {"cold_start_s": median(starts), "rss_mb": many["peak_mb"]}
