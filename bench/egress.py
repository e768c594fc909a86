"""What the guard costs: each audit event it does not look at, each connection, each confined child."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import ip_address

from common import figure, median
from lionrock.kernel import confinement
from lionrock.kernel.egress import Egress, guarding, parse_url

_EVENTS = 200_000
_ROUNDS = 7
_LISTED = [f"engine{n}.bank.example=10.{n}.0.0/16" for n in range(20)]


def nanoseconds(call: Callable[[], object], times: int) -> float:
    """Median over rounds of the processor time of one call, the loop's own taken off."""

    def once(what: Callable[[], object]) -> float:
        began = time.thread_time_ns()
        for _ in range(times):
            what()
        return (time.thread_time_ns() - began) / times

    return median([once(call) - once(lambda: None) for _ in range(_ROUNDS)])


def raised() -> object:
    """An event that concerns nobody, as `open` and `import` raise them."""
    return sys.audit("bench.event", 1, 2)


def connected() -> None:
    """A connection to a closed port of loopback: refused by the kernel at once."""
    with socket.socket() as sock:
        sock.connect_ex(("127.0.0.1", 9))


def started(command: list[str]) -> float:
    """Milliseconds of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent * 1000


def children() -> tuple[float, float]:
    """Milliseconds of processor time to start Python, without and with confinement."""
    bare, confined = [], []
    load = f"import runpy; c = runpy.run_path({confinement.__file__!r}); "
    for _ in range(25):
        bare.append(started([sys.executable, "-I", "-S", "-c", load]))
        confined.append(started([sys.executable, "-I", "-S", "-c", f"{load}c['cut_network']()"]))
    return median(bare), median(confined)


def main() -> None:
    before_event = nanoseconds(raised, _EVENTS)
    before_connect = nanoseconds(connected, 3000)
    egress = Egress(_LISTED)
    with guarding(egress):
        after_event = nanoseconds(raised, _EVENTS)
        after_connect = nanoseconds(connected, 3000)
    address = ip_address("10.7.0.1")
    listed = Egress(["10.0.0.0/8"])
    judged = nanoseconds(lambda: listed.connecting(address, 443), 20_000)
    parsed = nanoseconds(lambda: parse_url("https://engine.bank.example:8000/v1/chat"), 20_000)
    bare, confined = children()
    print("| what | before | with the guard |\n| --- | --- | --- |")
    print(f"| an event of no concern, ns | {before_event:.0f} | {after_event:.0f} |")
    print(
        f"| a socket and a connection on loopback, ns | {before_connect:.0f} | {after_connect:.0f} |"
    )
    print(f"| a connection elsewhere judged, counted, ns | | {judged:.0f} |")
    print(f"| a URL read, ns | | {parsed:.0f} |")
    print(f"| a child started, ms | {bare:.1f} | {confined:.1f} |")
    figure("egress_event_ns", after_event - before_event)
    figure("egress_loopback_connect_ns", after_connect - before_connect)
    figure("egress_judged_connect_ns", judged)
    figure("egress_child_ms", confined - bare)


if __name__ == "__main__":
    main()
