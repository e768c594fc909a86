"""The gateway under clients that behave, vanish, stall, send garbage and huge bodies, for minutes.

A real server process with its own PostgreSQL, in front of three engines: one well, one ill in all ways,
one that is killed (kill -9) again and again and comes back. At the end and meanwhile: every call that
was admitted has one row, settled; a budget's spent is the sum of its rows; nothing is reserved once
all is quiet; memory, files, tasks and connections stay flat. Exit 1 where one of these is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from common import figure, percentile
from soaking import clients, engines, server

QUIET_SECONDS = 20.0
"""Within which all is settled when the last client is gone."""
_SAMPLE, _CHECK, _KILL, _DOWN = 2.0, 15.0, 25.0, 4.0
_MODEL = """
  [[engine.model]]
  name = "{name}"
  context = 32768
  output = 4096
  price_in = 1_000_000
  price_out = 1_000_000
"""
_ENGINE = """
[[engine]]
name = "{name}"
kind = "vllm"
url = "http://127.0.0.1:{port}"
trust = "inside"
at_once = {at_once}
silence = {silence}
"""
_RSS_MB_PER_HOUR, _FDS, _TASKS, _TURN = 60.0, 8, 12, 1.0
"""What is let pass. The slope is judged where there are ten minutes of it."""


@dataclass
class Sample:
    at: float
    rss: float
    fds: int
    postgres: int


@dataclass
class Run:
    """What was seen from outside."""

    samples: list[Sample] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    kills: int = 0
    checks: int = 0


class Server:
    def __init__(self, home: Path, file: Path, pulse: Path) -> None:
        words = [sys.executable, __file__, "--serve", str(home), str(file), str(pulse)]
        with (home.parent / "log").open("w") as log:
            self.process = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        self.home = home
        self.facts = self.told()

    def told(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline() or "null")

    async def ask(self, line: str) -> Any:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return await asyncio.to_thread(self.told)

    def sample(self) -> Sample:
        proc = Path(f"/proc/{self.process.pid}")
        pages = int((proc / "statm").read_text().split()[1])
        fds = len(list((proc / "fd").iterdir()))
        return Sample(time.monotonic(), pages * 4096 / 1e6, fds, postgres_under(self.home))


def started(name: str, port: int, asked: Path, wait: bool = True) -> subprocess.Popen[str]:
    words = [sys.executable, engines.__file__, name, str(port), str(asked)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    if wait:
        process.stdout.readline()
    return process


def postgres_under(home: Path) -> int:
    """How many processes the server has whose data lies under `home`."""
    parents: dict[int, int] = {}
    main = 0
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with suppress(OSError, ValueError):
                words = (path / "cmdline").read_bytes()
                parents[int(path.name)] = int(
                    (path / "stat").read_text().rpartition(")")[2].split()[1]
                )
                if b"postgres" in words.split(b"\0")[0] and str(home).encode() in words:
                    main = int(path.name)
    return 1 + sum(parent == main for parent in parents.values()) if main else 0


def slope(samples: list[Sample]) -> float:
    """MB an hour, by least squares."""
    n = len(samples)
    if n < 3:
        return 0.0
    times, sizes = [s.at / 3600 for s in samples], [s.rss for s in samples]
    mean_t, mean_s = sum(times) / n, sum(sizes) / n
    spread = sum((t - mean_t) ** 2 for t in times)
    return sum((t - mean_t) * (s - mean_s) for t, s in zip(times, sizes, strict=True)) / spread


def held(told: Any, quiet: bool) -> list[str]:
    """What is wrong with the ledger at one moment."""
    wrong = []
    for name, t in told["tenants"].items():
        if t["spent"] != t["cost"] or t["reserved"] != t["most"]:
            wrong.append(
                f"{name}: budget {t['spent']}+{t['reserved']}, rows {t['cost']}+{t['most']}"
            )
        if not t["within"]:
            wrong.append(f"{name}: more is spent than the budget")
        if quiet and (t["open"] or t["reserved"] or t["counted"]):
            wrong.append(f"{name}: still open {t['open']}, counted at once {t['counted']}")
    if quiet and told["busy"]:
        wrong.append(f"{told['busy']} places are still held")
    return wrong


async def every(seconds: float, do: Any) -> None:
    while True:
        await asyncio.sleep(seconds)
        await do()


async def soak(served: Server, mortal: list[Any], world: clients.World, minutes: float) -> Run:
    run = Run()

    async def sample() -> None:
        run.samples.append(served.sample())

    async def check() -> None:
        run.checks += 1
        run.broken += held(await served.ask("check"), quiet=False)

    async def kill() -> None:
        mortal[0].kill()
        mortal[0].wait()
        run.kills += 1
        await asyncio.sleep(_DOWN)
        mortal[0] = started(*mortal[1:], wait=False)

    watching = [every(_SAMPLE, sample), every(_CHECK, check), every(_KILL, kill)]
    living = [clients.live(world, world.keys["calm"], {clients.behave: 1}, 0.3) for _ in range(6)]
    living += [clients.live(world, world.keys["wild"], clients.WILD, 0.5) for _ in range(16)]
    living += [
        clients.live(world, world.keys["stalled"], {clients.stall: 1}, 1.0) for _ in range(6)
    ]
    for name in ("hurried", "poor"):
        kinds = {clients.roam: 1, clients.vanish_in_a_stream: 1}
        living += [clients.live(world, world.keys[name], kinds, 1.0) for _ in range(3)]
    tasks = [asyncio.create_task(each) for each in (*watching, *living)]
    ended, _ = await asyncio.wait(tasks, timeout=minutes * 60, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in ended:
        task.result()  # none ends by itself but by a fault of this bench
    return run


async def quiet(served: Server) -> tuple[Any, float]:
    """The ledger when all is quiet, and after how many seconds it was."""
    began = time.monotonic()
    while True:
        told = await served.ask("check")
        waited = time.monotonic() - began
        if waited > QUIET_SECONDS or (waited > 6 and not held(told, quiet=True)):
            return told, waited
        await asyncio.sleep(0.5)


def rows_of(file: Path) -> dict[str, tuple[str, str, str]]:
    found: dict[str, tuple[str, str, str]] = {}
    for line in file.read_text().splitlines():
        id, tenant, outcome, tokens = line.split()
        if id in found:
            raise SystemExit(f"two rows of one id: {id}")
        found[id] = (tenant, outcome, tokens)
    return found


def lost(world: clients.World, rows: dict[str, Any], asked: set[str]) -> tuple[int, list[str]]:
    """Calls without a row, and rows that say otherwise than their client saw."""
    gone = (world.ids | asked) - rows.keys()
    wrong = []
    for id, pieces in world.whole.items():
        if id in rows and rows[id][1:] != ("finished", str(pieces)):
            wrong.append(f"answered with {pieces}, the row says {rows[id][1:]}")
    void = [id for id in asked if rows.get(id, ("", ""))[1] == "void"]
    if void:
        wrong.append(f"{len(void)} calls are void that reached an engine")
    return len(gone), wrong


async def measure(minutes: float) -> int:
    with TemporaryDirectory(prefix="lionrock-soak-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        ports = free_ports(3)
        names = dict(zip(("well", "ill", "mortal"), ports, strict=True))
        asked = {n: folder / f"asked-{n}" for n in names}
        text = _ENGINE.format(name="well", port=names["well"], at_once=24, silence=20)
        text += _MODEL.format(name=clients.GOOD) + _MODEL.format(name=clients.SHARED)
        for each in ("ill", "mortal"):
            text += _ENGINE.format(name=each, port=names[each], at_once=8, silence=3)
            text += _MODEL.format(name=clients.SHARED)
        (folder / "engines.toml").write_text(text)
        running = {n: started(n, port, asked[n]) for n, port in names.items()}
        mortal = [running["mortal"], "mortal", names["mortal"], asked["mortal"]]
        served = Server(folder / "home", folder / "engines.toml", folder / "pulse")
        try:
            where = urlsplit(served.facts["url"])
            world = clients.World(where.hostname or "", where.port or 0, served.facts["keys"])
            for _ in range(5):  # all that is made once is made
                await clients.behave(world, world.keys["calm"])
            await asyncio.sleep(6)
            before, tasks = served.sample(), (await served.ask("check"))["tasks"]
            run = await soak(served, mortal, world, minutes)
            told, settled = await quiet(served)
            await asyncio.sleep(6)  # kept connections are closed after five seconds
            after = served.sample()
            await served.ask(f"rows {folder / 'rows'}")
            rows = rows_of(folder / "rows")
            seen = {line for f in asked.values() if f.exists() for line in f.read_text().split()}
            log = Counter(line[:110] for line in (folder / "log").read_text().splitlines())
            beats = [line.split() for line in (folder / "pulse").read_text().splitlines()[:-1]]
        finally:
            for process in (served.process, running["well"], running["ill"], mortal[0]):
                process.terminate()
            with suppress(subprocess.TimeoutExpired):
                served.process.wait(30)
    missing, wrong = lost(world, rows, seen)
    stuck = sum(1 for t in rows.values() if t[1] == "started")
    lags, turns = [float(b[0]) for b in beats], [float(b[3]) for b in beats]
    tail = [s for s in run.samples if s.at > run.samples[len(run.samples) // 2].at]
    rate = slope(tail)
    broken = [*run.broken, *held(told, quiet=True), *wrong, *world.faults[:20]]
    if missing:
        broken.append(f"{missing} calls have no row")
    if rate > _RSS_MB_PER_HOUR and minutes >= 10:
        broken.append(f"memory grows by {rate:.0f} MB an hour")
    # Connections to PostgreSQL are kept, up to the pool's twenty, and let go after five minutes.
    grown = after.fds - before.fds - max(0, after.postgres - before.postgres)
    if grown > _FDS:
        broken.append(f"{grown} more files are open than before")
    if max(s.postgres for s in run.samples) - before.postgres > 20:
        broken.append("PostgreSQL has more connections than its pool may hold")
    if told["tasks"] - tasks > _TASKS:
        broken.append(f"{told['tasks'] - tasks} more tasks than before")
    if max(turns) > _TURN:
        broken.append(f"the event loop worked {max(turns):.1f} s at a stretch")
    outcomes = Counter(outcome for _, outcome, _ in rows.values())
    print(f"load {os.getloadavg()[1]:.0f} on {os.cpu_count()} processors")
    print(f"{minutes:g} minutes, {run.kills} kills of an engine, {run.checks} checks meanwhile")
    table = {
        "requests sent": world.requests,
        "connections": world.connections,
        "answers": ", ".join(f"{k} {v}" for k, v in sorted(world.statuses.items())),
        "calls that reached an engine": len(seen),
        "rows of usage": ", ".join(f"{k} {v}" for k, v in sorted(outcomes.items())),
        "ids told or asked, without a row": missing,
        "quiet after, s": f"{settled:.1f}",
        "good answers": len(world.times),
        "good: p50, p95, p99 ms": _spread(world.times),
        "good: first byte p50, p95, p99 ms": _spread(world.firsts),
        "loop late by, worst of a second: p50, p99, max ms": _spread(lags, 1.0),
        "loop: most work in a 20th of a second, CPU ms": _spread(turns, 1.0),
        "memory MB: before, peak, after": f"{before.rss:.0f}, "
        f"{max(s.rss for s in run.samples):.0f}, {after.rss:.0f}",
        "memory, second half, MB an hour": f"{rate:.1f}",
        "files: before, peak, after": f"{before.fds}, {max(s.fds for s in run.samples)}, {after.fds}",
        "tasks: before, peak, after": f"{tasks}, {max(int(b[1]) for b in beats)}, {told['tasks']}",
        "PostgreSQL processes: before, peak, after": f"{before.postgres}, "
        f"{max(s.postgres for s in run.samples)}, {after.postgres}",
    }
    for what, value in table.items():
        print(f"{what:52} {value}")
    print("Log:", *(f"  {n:6} {line}" for line, n in log.most_common(12)), sep="\n")
    for fault in dict.fromkeys(broken):
        print(f"BROKEN: {fault} ({broken.count(fault)} times)")
    figure("soak_requests", world.requests)
    figure("soak_good_p99_ms", percentile(world.times, 0.99) * 1000)
    figure("soak_rss_slope_mb_per_hour", rate)
    figure("soak_stuck_reservations", stuck)
    figure("soak_lost_rows", missing)
    figure("soak_fd_growth", grown)
    return 1 if broken else 0


def _spread(values: list[float], last: float = 0.99) -> str:
    shares = (0.5, 0.99, last) if last == 1.0 else (0.5, 0.95, last)
    return ", ".join(f"{percentile(values, share) * 1000:.0f}" for share in shares)


def free_ports(count: int) -> list[int]:
    import socket

    held_open = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in held_open]
    for s in held_open:
        s.close()
    return ports


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", nargs=3, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=20)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(server.serve(*given.serve))
    else:
        sys.exit(asyncio.run(measure(given.minutes)))


if __name__ == "__main__":
    main()
