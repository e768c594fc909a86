"""A process of its own that screens: what `speed` and `growth` start and measure.

    python -m screening.worker INDEX BOOK SECONDS

BOOK has a customer a line, its names as a JSON list. Prints processor time and memory once the first
has been answered, then goes on until SECONDS have passed or the book has ended and prints what it did.
It imports what screening needs and nothing else, so that its start and its memory are those of screening.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter, process_time

from lionrock.screening.entities import Entity, Name, Schema
from lionrock.screening.matching.index import EntityIndex


def memory() -> dict[str, float]:
    """Peak resident memory of this program, and what is now resident and not mapped from files, MB.

    Not by getrusage: what that says of a child begins with the peak of the process that started it.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    kept = {key: value for key, _, value in (line.partition(":") for line in lines)}
    return {
        "peak_mb": int(kept["VmHWM"].split()[0]) / 1024,
        "private_mb": int(kept["RssAnon"].split()[0]) / 1024,
    }


def customer(line: str, number: int) -> Entity:
    return Entity(f"customer-{number}", Schema.PERSON, tuple(map(Name, json.loads(line))))


def main() -> None:
    folder, book, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    with book.open(encoding="utf-8") as lines:
        index = EntityIndex.open(folder)
        index.screen(customer(next(lines), 0))
        print(json.dumps({"cpu_s": process_time(), **memory()}), flush=True)
        customers = [customer(line, n) for n, line in enumerate(lines, 1)]
    done = hits = 0
    began = perf_counter()
    while done < len(customers) and perf_counter() - began < seconds:
        hits += len(index.screen(customers[done]))
        done += 1
    spent = perf_counter() - began
    print(json.dumps({"done": done, "hits": hits, "seconds": spent, **memory()}), flush=True)


if __name__ == "__main__":
    main()
