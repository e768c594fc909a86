"""A registry of one house's own: what was counted, and how its parts stand at the moment of the scrape."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

import asyncpg
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from lionrock.api.metrics.standing import standing
from lionrock.kernel.telemetry import Telemetry

if TYPE_CHECKING:
    from lionrock.app import House

_WAITING_SECONDS: Final = 60.0
"""What waits for ingest is counted this often: it asks each tenant's tables."""
_PATIENCE: Final = 2.0
"""Seconds for that."""


class Scrape:
    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: dict[str, int] | None = None
        self._counted = -inf
        self._registry = CollectorRegistry()
        self._registry.register(_Counted(house.telemetry))
        self._registry.register(_Standing(self))
        # As Prometheus' libraries name them: memory and processor time of this process.
        ProcessCollector(registry=self._registry)

    async def text(self) -> bytes:
        """In Prometheus' text format. What the database cannot tell now is left out."""
        if monotonic() - self._counted >= _WAITING_SECONDS:
            self._waiting = await self._count()
            self._counted = monotonic()
        return generate_latest(self._registry)

    async def _count(self) -> dict[str, int] | None:
        """None where the database does not answer: that is when the rest is needed most."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return dict(await self._house.ingest.waiting())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return None  # a TimeoutError is an OSError

    def standing(self) -> Iterator[Metric]:
        return standing(self._house, self._waiting)


class _Standing(Collector):
    def __init__(self, scrape: Scrape) -> None:
        self._scrape = scrape

    def collect(self) -> Iterator[Metric]:
        return self._scrape.standing()


class _Counted(Collector):
    """The tallies of `kernel.telemetry` as Prometheus' families."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def collect(self) -> Iterator[Metric]:
        measures, traces = self._telemetry.measures, self._telemetry.traces
        for tally in measures.tallies:
            counter = CounterMetricFamily(tally.name, tally.help, labels=tally.labels)
            for labels, count in tally.told():
                counter.add_metric(labels, count)
            yield counter
        for spread in measures.spreads:
            family = HistogramMetricFamily(spread.name, spread.help, labels=spread.labels)
            for cell in spread.told():
                upto = [(_bound(bound), float(count)) for bound, count in cell.upto]
                family.add_metric(cell.labels, upto, cell.sum)
            yield family
        spans = CounterMetricFamily(
            "lionrock_traces_spans", "Spans, by what became of them.", labels=["outcome"]
        )
        spans.add_metric(["sent"], traces.sent if traces else 0)
        spans.add_metric(["dropped"], traces.dropped if traces else 0)
        yield spans


def _bound(bound: float) -> str:
    return "+Inf" if bound == inf else str(float(bound))
