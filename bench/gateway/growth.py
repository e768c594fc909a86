"""Memory over many requests: the resident size, and its slope by least squares once it has warmed up."""

from __future__ import annotations

from gateway.canned import request
from gateway.processes import Tree
from gateway.targets import Target

_AT_ONCE = 32
_STEPS = 50
_WARM = 0.2
"""The first fifth is not in the slope: caches and pools fill."""


async def growth(target: Target, count: int) -> tuple[list[tuple[int, float]], float]:
    """(requests done, MB) at each step, and MB for 100,000 requests. Answers are whole, of 0.5 kB."""
    body, each = request("whole", 500), max(_AT_ONCE, count // _STEPS)
    points = [(0, Tree(target.process.pid).resident())]
    while points[-1][0] < count:
        times = await target.client.closed(body, _AT_ONCE, each)
        points.append((points[-1][0] + len(times.whole), Tree(target.process.pid).resident()))
    return points, slope([p for p in points if p[0] >= _WARM * count]) * 100_000


def slope(points: list[tuple[int, float]]) -> float:
    mean = [sum(column) / len(points) for column in zip(*points, strict=True)]
    square = sum((x - mean[0]) ** 2 for x, _ in points)
    return sum((x - mean[0]) * (y - mean[1]) for x, y in points) / square if square else 0.0
