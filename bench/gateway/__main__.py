"""The gateway beside nothing, a bare relay and LiteLLM, in one run, rounds interleaved.

    python -m gateway [--rounds 7] [--quick] [--growth 100000] [--rate 20]

Run in bench/. Client and engine share one core; what is measured has, with its database, another.
Processor time is utime and stime of all its processes, PostgreSQL's apart. An answer that is not the
engine's, or a request that reaches the engine changed, ends the run. LiteLLM is measured when
LIONROCK_LITELLM_PYTHON names an interpreter that has it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from common import figure, median
from gateway.canned import CHUNKS
from gateway.growth import growth
from gateway.measuring import SHARES, Case, Table, added, first_added, measure
from gateway.processes import cores
from gateway.targets import LITELLM, Target, settle, targets

PRODUCT, PEER = "Lionrock tier 2", "LiteLLM tier 1"
USUAL = Case("whole", 8, 500, 400)
BUSY = Case("whole", 32, 500, 640)
TRICKLE = Case("trickle", 8, 500, 48)
MANY = Case("trickle", 32, 500, 128)
"""Of so many at once what the server does by itself, some 10 ms a second, is a small part."""


def cases(rate: float, quick: bool) -> list[Case]:
    found = [USUAL, BUSY, Case("burst", 8, 500, 240), TRICKLE, MANY]
    if not quick:
        found += [Case("whole", 1, 500, 100), Case("burst", 1, 500, 60)]
        found += [Case("burst", 32, 500, 320)]
        found += [Case("whole", 8, 8_000, 240), Case("whole", 8, 100_000, 160)]
        found += [Case("whole", 0, 500, int(5 * rate), rate)]
    return found


def machine() -> None:
    model = Path("/proc/cpuinfo").read_text().partition("model name")[2].partition("\n")[0]
    named = model.partition(":")[2].strip()
    print(f"{named}, {os.cpu_count()} cores, {platform.release()}, load {_load()}")
    packages = ("lionrock", "uvicorn", "httptools", "aiohttp", "asyncpg")
    told = [f"{package} {version(package)}" for package in packages]
    print(f"Python {platform.python_version()}, {', '.join(told)}{_peer()}")
    both = cores()
    print(f"client and engine on core {both[0]}, the rest on {both[1]}" if both else "not pinned")


def _load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def _peer() -> str:
    python = os.environ.get(LITELLM)
    if not python:
        return ""
    code = "from importlib.metadata import version; print(version('litellm'))"
    return ", litellm " + subprocess.check_output([python, "-c", code], text=True).strip()


def report(table: Table, shown: Sequence[Case], names: Sequence[str]) -> None:
    """In Markdown, for docs/gateway.md. Times are milliseconds by the clock."""
    over = " | ".join(f"+p{share}" for share in SHARES)
    print(
        f"\n| answer, load | | CPU ms (quartiles) | database | p50 | {over} | first byte | gap p50, p99 |"
    )
    print("| --- " * (7 + len(SHARES)) + "|")
    for case in shown:
        for name in names:
            print(_row(table, case, name))


def _row(table: Table, case: Case, name: str) -> str:
    got = table[case, name]
    low, high = _quartiles(got.cpu)
    more = [f"{added(table, case, name, share):.1f}" for share in SHARES]
    trickles = case.kind == "trickle"
    cells = [
        case.name,
        name,
        f"{median(got.cpu):.2f} ({low:.2f} to {high:.2f})",
        f"{median(got.postgres):.2f}",
        f"{median(got.whole[50]):.1f}",
        *(more if name != "direct" else ["" for _ in SHARES]),
        f"{median(got.first):.1f}",
        f"{median(got.gap[50]):.1f}, {median(got.gap[99]):.1f}" if trickles else "",
    ]
    return f"| {' | '.join(cells)} |"


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    return ordered[len(ordered) // 4], ordered[(3 * len(ordered)) // 4]


def figures(table: Table, names: Sequence[str]) -> None:
    """A piece of a stream costs what a trickled answer takes more than a whole one: each passes alone."""
    whole = median(table[USUAL, PRODUCT].cpu)
    many, at_once = (median(table[case, PRODUCT].cpu) for case in (MANY, BUSY))
    figure("gateway_cpu_ms_tier2", whole)
    if PEER in names:
        figure("gateway_cpu_ms_litellm", median(table[USUAL, PEER].cpu))
    figure("gateway_first_byte_added_ms", first_added(table, TRICKLE, PRODUCT))
    figure("gateway_cpu_ms_per_chunk", (many - at_once) / CHUNKS)


async def grow(found: Sequence[Target], count: int) -> float:
    target = next(t for t in found if t.name == PRODUCT)
    points, slope = await growth(target, count)
    shown = [points[i * (len(points) - 1) // 5] for i in range(6)]
    told = ", ".join(f"{done:,}: {size:.1f}" for done, size in shown)
    print(f"\nresident MB of {PRODUCT} after so many requests: {told}")
    return slope


async def run(given: argparse.Namespace) -> None:
    machine()
    with targets() as found:
        await settle()
        names, shown = [t.name for t in found], cases(given.rate, given.quick)
        table = await measure(found, shown, given.rounds or (2 if given.quick else 7))
        slope = await grow(found, given.growth or (10_000 if given.quick else 100_000))
        report(table, shown, names)
        print(f"load {_load()}; no answer was wrong, no request changed\n")
        figures(table, names)
        figure("gateway_rss_slope_mb_per_100k", slope)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="fewer cases and rounds")
    parser.add_argument("--growth", type=int, default=0, help="requests while memory is watched")
    parser.add_argument("--rate", type=float, default=20.0, help="of the open loop, a second")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
