"""CPU that a call through the gateway takes: key, limits, one budget, durable usage, relay, settlement.

Three processes: an engine that answers at once from canned bytes, the server with its PostgreSQL, and
this one, which asks over kept connections. CPU time of the server's process and of all of PostgreSQL's
for a request, over requests in flight at once (c); medians of interleaved rounds. With --alone the
server and its PostgreSQL have a core of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from common import median, percentile
from lionrock.cli.server import serving
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.settings import Settings

TICKS = os.sysconf("SC_CLK_TCK")
CHUNKS = 43
USAGE = {"prompt_tokens": 120, "completion_tokens": CHUNKS, "total_tokens": 120 + CHUNKS}
FILE = """
[[engine]]
name = "canned"
kind = "vllm"
url = "http://127.0.0.1:{port}"
trust = "inside"
at_once = 256
  [[engine.model]]
  name = "m"
  context = 32768
  output = 4096
  price_in = 1
  price_out = 1
"""


def answers() -> tuple[bytes, bytes]:
    """A whole answer and a streamed one, as HTTP."""
    base = {"id": "x", "created": 1, "model": "m"}
    message = {"role": "assistant", "content": "tide " * CHUNKS}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    whole = json.dumps(base | {"object": "chat.completion", "choices": [choice], "usage": USAGE})
    events = [
        {"choices": [{"index": 0, "delta": {"content": "tide "}, "finish_reason": None}]}
        for _ in range(CHUNKS)
    ]
    events += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    events += [{"choices": [], "usage": USAGE}]
    told = [json.dumps(base | {"object": "chat.completion.chunk"} | e).encode() for e in events]
    parts = [b"data: %s\n\n" % e for e in told] + [b"data: [DONE]\n\n"]
    stream = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: "
    return (
        head + b"application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(whole), whole.encode()),
        head + b"text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + stream,
    )


class Canned(asyncio.Protocol):
    whole, stream = answers()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.to, self.got = transport, b""

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, end, rest = self.got.partition(b"\r\n\r\n")
        if not end:
            return
        if head.startswith(b"GET"):
            self.got = rest
            self.to.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")  # type: ignore[attr-defined]
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) >= length:
            streamed = b'"stream":true' in rest[:length]
            self.got = rest[length:]
            self.to.write(self.stream if streamed else self.whole)  # type: ignore[attr-defined]


async def engine() -> None:
    server = await asyncio.get_running_loop().create_server(Canned, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def serve(home: Path, engines: Path) -> None:
    settings = Settings(home=home, model="none", engines=engines, port=0)
    async with serving(settings, web=True) as server:
        house = server.house
        roles = frozenset({Role.ADMINISTRATOR})
        actor = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "bench")
        tenant = Subject(kind=SubjectKind.TENANT)
        await BudgetService(house.database).set(
            actor, tenant, Budget(period=Period.MONTH, cap=10**12)
        )
        limits = Limits(requests_per_minute=10**6, tokens_per_minute=10**8, at_once=1000)
        await LimitService(house.database).set(actor, tenant, limits)
        print(json.dumps({"url": server.url, "key": server.facts["key"]}), flush=True)
        await asyncio.Event().wait()


@dataclass
class Case:
    stream: bool
    at_once: int
    size: int
    mine: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)


def request(case: Case, host: str, key: str) -> bytes:
    said = [{"role": "user", "content": "salt wave gull foam " * (case.size // 20)}]
    body = json.dumps(
        {"model": "m", "messages": said, "max_tokens": 100, "stream": case.stream},
        separators=(",", ":"),
    ).encode()
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body


async def ask(host: str, port: int, sent: bytes, count: int, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(count):
        began = time.perf_counter()
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head[:20]:
            raise SystemExit(head.decode() + (await reader.read(2000)).decode())
        if b"content-length" in head:
            length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
        else:
            while await reader.readuntil(b"\r\n") != b"0\r\n":
                pass
            await reader.readline()
        times.append(time.perf_counter() - began)
    writer.close()


def cpu(pids: list[int]) -> float:
    total = 0.0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(stat[11]) + int(stat[12])) / TICKS
    return total


def postgres_under(home: Path) -> list[int]:
    """Every process of the server whose data lies under `home`."""
    found: dict[int, int] = {}
    main = 0
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                words = (path / "cmdline").read_bytes()
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            found[int(path.name)] = parent
            if b"postgres" in words.split(b"\0")[0] and str(home).encode() in words:
                main = int(path.name)
    return [main, *(pid for pid, parent in found.items() if parent == main)] if main else []


def started(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


async def measure(cases: list[Case], rounds: int, count: int, alone: bool) -> None:
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        home, file = Path(folder) / "home", Path(folder) / "engines.toml"
        pin = (["taskset", "-c", "0"], ["taskset", "-c", "1"]) if alone else ([], [])
        me = [sys.executable, __file__]
        canned = started([*pin[0], *me, "--engine"])
        assert canned.stdout
        file.write_text(FILE.format(port=int(canned.stdout.readline())))
        server = started([*pin[1], *me, "--serve", str(home), str(file)])
        try:
            assert server.stdout
            told = json.loads(server.stdout.readline())
            where = urlsplit(told["url"])
            databases = postgres_under(home)
            for number in range(rounds + 1):
                for case in cases:
                    sent = request(case, where.netloc, told["key"])
                    each, times = max(1, count // case.at_once), list[float]()
                    before = cpu([server.pid]), cpu(databases), time.perf_counter()
                    await asyncio.gather(
                        *(
                            ask(where.hostname or "", where.port or 0, sent, each, times)
                            for _ in range(case.at_once)
                        )
                    )
                    done = each * case.at_once
                    if number:
                        case.mine.append((cpu([server.pid]) - before[0]) / done * 1000)
                        case.postgres.append((cpu(databases) - before[1]) / done * 1000)
                        case.rate.append(done / (time.perf_counter() - before[2]))
                        case.times += times
        finally:
            for process in (server, canned):
                process.terminate()
                process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--serve", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=320, help="requests of a case in a round")
    given = parser.parse_args()
    if given.engine:
        asyncio.run(engine())
    elif given.serve:
        asyncio.run(serve(*given.serve))
    else:
        cases = [Case(s, c, size) for s in (False, True) for c in (1, 8, 32) for size in (500,)]
        cases += [Case(False, 8, 8_000), Case(False, 8, 100_000)]
        asyncio.run(measure(cases, given.rounds, given.count, given.alone))
        print("case                c   bytes  server ms  postgres ms   p50 ms   p95 ms   a second")
        for case in cases:
            name = f"stream of {CHUNKS}" if case.stream else "whole"
            print(
                f"{name:14} {case.at_once:6} {case.size:7} {median(case.mine):10.2f}"
                f" {median(case.postgres):12.2f} {median(case.times) * 1000:8.1f}"
                f" {percentile(case.times, 95) * 1000:8.1f} {median(case.rate):10.0f}"
            )


if __name__ == "__main__":
    main()
