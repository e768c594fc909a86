"""Customers a minute against lists of growing size, two processes sharing one mapped index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from time import process_time

from lionrock.screening.entities import Entity
from lionrock.screening.matching.index import EntityIndex
from screening.processes import Worker, write_book
from screening.synthetic import grown

SIZES = (13_000, 100_000, 300_000, 1_000_000)
_PROCESSES = 2
_SECONDS = 20.0


def measure(
    people: Sequence[Entity], customers: Sequence[Entity], sizes: Sequence[int], folder: Path
) -> dict[str, float]:
    """A line a size; each process works for 20 seconds or until its half is done."""
    print(
        f"\nbatch, {_PROCESSES} processes, list grown from its own parts\n"
        f"{'names':>9} {'build, CPU s':>12} {'MB':>6} {'customers':>9} {'a minute':>9} {'ms each':>8}"
        f" {'hits each':>9} {'MB, a process':>13} {'private':>7}"
    )
    books = [
        write_book(customers[n::_PROCESSES], folder / f"book-{n}.jsonl") for n in range(_PROCESSES)
    ]
    figures: dict[str, float] = {}
    for size in sizes:
        index = folder / f"grown-{size}"
        began = process_time()
        EntityIndex.build(grown(people, size), index)
        built = process_time() - began
        figures[f"customers_per_min_{size}"] = line(size, index, built, books)
        rmtree(index)
    return figures


def line(size: int, index: Path, built: float, books: Sequence[Path]) -> float:
    megabytes = sum(f.stat().st_size for f in index.rglob("*") if f.is_file()) / 1e6
    workers = [Worker(index, book, _SECONDS) for book in books]
    runs = [worker.wait() for worker in workers]
    done = sum(run.last["done"] for run in runs)
    rate: float = 60 * sum(run.last["done"] / run.last["seconds"] for run in runs)
    spent = sum(run.last["seconds"] for run in runs)
    print(
        f"{size:9,} {built:12.1f} {megabytes:6.1f} {done:9,} {rate:9,.0f} {1000 * spent / done:8.2f}"
        f" {sum(run.last['hits'] for run in runs) / done:9.2f}"
        f" {max(run.last['peak_mb'] for run in runs):13.0f}"
        f" {max(run.last['private_mb'] for run in runs):7.0f}",
        flush=True,
    )
    return rate
