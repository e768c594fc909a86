"""What traces cost a call through the gateway: processor time of the server, without a collector and with.

Two servers, asked in turns as in `gateway`; the second sends its spans to a collector on loopback that
answers at once. And, in this process, what is seen of a call costs by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from aiohttp import web

from common import figure, median
from gateway.canned import request
from gateway.client import Client
from gateway.measuring import Case
from gateway.processes import Tree, started, stop
from lionrock.gateway.calls.seen import Seen
from lionrock.gateway.fields.kinds import Endpoint, EngineKind
from lionrock.gateway.ledger.calls import Outcome, Use
from lionrock.kernel.telemetry import Telemetry
from lionrock.kernel.telemetry.encoding import encoded
from lionrock.kernel.telemetry.spans import Traces

CASES = (Case("whole", 8, 500, 320), Case("burst", 8, 500, 320), Case("whole", 32, 500, 640))
SENDING = 1.5
"""Seconds in which what waits is sent."""


async def collector() -> None:
    async def take(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(content_type="application/x-protobuf")

    app = web.Application(client_max_size=2**26)
    app.router.add_post("/v1/traces", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def seen(telemetry: Telemetry, rounds: int = 10_000) -> float:
    """Microseconds a call, of processor time."""
    use = Use(120, 43, Outcome.FINISHED, 1, 20, 900)
    reply = SimpleNamespace(endpoint=Endpoint.CHAT)
    asked: Any = SimpleNamespace(
        worst=SimpleNamespace(name="m"), first=SimpleNamespace(reply=reply)
    )
    engine: Any = SimpleNamespace(name="one", kind=EngineKind.VLLM)

    async def calls() -> float:
        began = time.process_time()
        for _ in range(rounds):
            each = Seen(telemetry, asked)
            each.step("queue")
            each.asks(engine)
            if settled := each.ended(use):
                settled.set_result(None)
        await asyncio.sleep(0)
        return (time.process_time() - began) / rounds * 1e6

    return asyncio.run(calls())


def encoding() -> float:
    """Microseconds for the spans of one call."""
    telemetry = Telemetry(Traces(10**9))
    seen(telemetry, 1000)
    assert telemetry.traces
    spans = telemetry.traces.take(10**9)
    encoded(spans[:5])
    began = time.process_time()
    for start in range(0, len(spans), 512):
        encoded(spans[start : start + 512])
    return (time.process_time() - began) / 1000 * 1e6


async def spent(client: Client, process: subprocess.Popen[str], case: Case) -> float:
    """Milliseconds of processor time a request."""
    tree = Tree(process.pid)
    before = tree.cpu()[0]
    await client.closed(request(case.kind, case.size), case.at_once, case.count)
    await asyncio.sleep(SENDING)  # what is kept is sent by then: it is part of the cost
    return (tree.cpu()[0] - before) / case.count * 1000


async def measure(rounds: int) -> dict[tuple[Case, bool], list[float]]:
    """Without a collector (False) and with. The first round only warms up and is not counted."""
    found: dict[tuple[Case, bool], list[float]] = defaultdict(list)
    with TemporaryDirectory(dir="/tmp") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)
        processes: list[subprocess.Popen[str]] = []
        stack.callback(stop, processes)

        def start(words: list[str], **env: str) -> str:
            processes.append(started([sys.executable, *words], None, env))
            told = processes[-1].stdout
            assert told
            return told.readline().strip()

        engine = start(["-m", "gateway.canned"])
        url = f"http://127.0.0.1:{start([__file__, '--collector'])}"
        servers = {}
        for traced in (False, True):
            words = ["-m", "gateway.product", "2", f"{folder}/home{int(traced)}", engine]
            told = json.loads(start(words, LIONROCK_OTLP=url if traced else ""))
            servers[traced] = Client(told["url"], told["key"]), processes[-1]
        await asyncio.sleep(5)
        for number in range(rounds + 1):
            for case in CASES:
                for traced, (client, process) in servers.items():
                    each = await spent(client, process, case)
                    if number:
                        found[case, traced].append(each)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collector", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.collector:
        asyncio.run(collector())
        return
    found = asyncio.run(measure(given.rounds))
    print("case               without ms   with ms   difference ms (quartiles)")
    for case in CASES:
        without, traced = found[case, False], found[case, True]
        more = sorted(b - a for a, b in zip(without, traced, strict=True))
        low, high = more[len(more) // 4], more[3 * len(more) // 4]
        print(
            f"{case.name:18} {median(without):10.2f} {median(traced):9.2f}"
            f" {median(more):15.2f} ({low:.2f} to {high:.2f})"
        )
    counted, told = seen(Telemetry()), seen(Telemetry(Traces(10**9)))
    print(f"in this process, µs a call: counting {counted:.1f}, with spans {told:.1f}")
    print(f"encoding a call's five spans: {encoding():.1f} µs")
    figure("telemetry_counting_us", counted)
    figure(
        "telemetry_traces_added_ms",
        median([b - a for a, b in zip(found[CASES[0], False], found[CASES[0], True], strict=True)]),
    )


if __name__ == "__main__":
    main()
