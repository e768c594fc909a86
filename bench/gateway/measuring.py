"""Rounds: each case once at each target before the next case, so that all meet the same machine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from common import median, percentile
from gateway.canned import request
from gateway.client import Times
from gateway.processes import Tree
from gateway.targets import Target

SHARES = (50, 95, 99)
_COSTLY = 8
"""A costly target is given this many times fewer requests, but at least two on each connection."""


@dataclass(frozen=True)
class Case:
    """`rate`: requests a second at fixed times; 0 is a closed loop of `at_once`. `kind` of answer, and
    bytes of the question as in `canned`. `count` in a round."""

    kind: str
    at_once: int
    size: int
    count: int
    rate: float = 0.0

    @property
    def name(self) -> str:
        load = f"{self.rate:g}/s" if self.rate else f"c={self.at_once}"
        return f"{self.kind} {self.size / 1000:g} kB {load}"

    def requests(self, target: Target) -> int:
        if not target.costly or self.rate:
            return self.count
        return max(2 * self.at_once, self.count // _COSTLY)


@dataclass
class Results:
    """Of one case at one target: a number for each round. Milliseconds."""

    cpu: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    whole: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    first: list[float] = field(default_factory=list)
    gap: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    requests: int = 0

    def add(self, times: Times, cpu: tuple[float, float], count: int) -> None:
        self.cpu.append(cpu[0] / count * 1000)
        self.postgres.append(cpu[1] / count * 1000)
        for share in SHARES:
            self.whole[share].append(percentile(times.whole, share / 100) * 1000)
            self.gap[share].append(percentile(times.gaps, share / 100) * 1000)
        self.first.append(median(times.first) * 1000)
        self.requests += count


Table = dict[tuple[Case, str], Results]


async def once(target: Target, case: Case) -> tuple[Times, tuple[float, float], int]:
    body, count = request(case.kind, case.size), case.requests(target)
    tree = Tree(target.process.pid)
    before = tree.cpu()
    if case.rate:
        times = await target.client.opened(body, case.rate, count)
    else:
        times = await target.client.closed(body, case.at_once, count)
    after = tree.cpu()
    return times, (after[0] - before[0], after[1] - before[1]), len(times.whole)


async def measure(targets: list[Target], cases: list[Case], rounds: int) -> Table:
    """The first round only warms up and is not counted."""
    table: Table = defaultdict(Results)
    for number in range(rounds + 1):
        for case in cases:
            for target in targets:
                found = await once(target, case)
                if number:
                    table[case, target.name].add(*found)
    return table


def added(table: Table, case: Case, name: str, share: int) -> float:
    """Milliseconds over direct in the same round, median of the rounds."""
    ours, direct = table[case, name].whole[share], table[case, "direct"].whole[share]
    return median([a - b for a, b in zip(ours, direct, strict=True)])


def first_added(table: Table, case: Case, name: str) -> float:
    ours, direct = table[case, name].first, table[case, "direct"].first
    return median([a - b for a, b in zip(ours, direct, strict=True)])
