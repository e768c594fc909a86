"""How the parts of a house stand now, as gauges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, get_args

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from lionrock import __version__
from lionrock.gateway.pool.circuit import CircuitState
from lionrock.kernel.audit.sequencer import Status

if TYPE_CHECKING:
    from lionrock.app import House
    from lionrock.gateway.calls import Calls

_INGEST = ("queued", "parsed", "indexed")


def standing(house: House, waiting: Mapping[str, int] | None) -> Iterator[Metric]:
    """`waiting`: versions that ingest has yet to finish, by state; None where it is not known."""
    yield _gauge(
        "lionrock_build_info", "The version that runs; always 1.", "version", [(__version__, 1)]
    )
    if house.gateway.calls is not None:
        yield from _engines(house.gateway.calls)
    now = house.audit.state.status
    yield _gauge(
        "lionrock_audit_state", "1 for the state that the audit log is in.", "state",
        ((state, state == now) for state in get_args(Status)),
    )  # fmt: skip
    if waiting is not None:
        yield _gauge(
            "lionrock_ingest_waiting", "Versions of documents that are not ready yet.", "state",
            ((state, waiting.get(state, 0)) for state in _INGEST),
        )  # fmt: skip
    opened, unused, most = house.database.connections()
    yield _gauge(
        "lionrock_database_connections", "Connections to PostgreSQL.", "state",
        [("used", opened - unused), ("unused", unused)],
    )  # fmt: skip
    yield GaugeMetricFamily(
        "lionrock_database_connections_most", "The most that may be open.", value=most
    )
    yield CounterMetricFamily(
        "lionrock_egress_refusals", "Connections that the egress list refused.",
        value=sum(house.egress.journal.refused.values()),
    )  # fmt: skip


def _engines(calls: Calls) -> Iterator[Metric]:
    states = calls.pool.states()
    yield _gauge(
        "lionrock_engine_up", "1 when the last health checks succeeded.", "engine",
        ((s.engine, s.healthy) for s in states),
    )  # fmt: skip
    circuits = GaugeMetricFamily(
        "lionrock_engine_circuit", "1 for the state that the circuit is in.",
        labels=["engine", "state"],
    )  # fmt: skip
    for found in states:
        for state in CircuitState:
            circuits.add_metric([found.engine, state.value], float(found.circuit is state))
    yield circuits
    yield _gauge(
        "lionrock_engine_draining", "1 while nothing more is sent to it.", "engine",
        ((s.engine, s.draining) for s in states),
    )  # fmt: skip
    yield _gauge(
        "lionrock_engine_places", "Requests it is sent at the same time.", "engine",
        ((s.engine, s.at_once) for s in states),
    )  # fmt: skip
    yield _gauge(
        "lionrock_engine_busy", "Requests it works on.", "engine",
        ((s.engine, s.busy) for s in states),
    )  # fmt: skip
    yield _gauge(
        "lionrock_engine_waiting", "Requests that wait for it, perhaps for others too.", "engine",
        ((s.engine, s.waiting) for s in states),
    )  # fmt: skip
    yield GaugeMetricFamily(
        "lionrock_ledger_waiting", "Admissions and settlements that wait to be written.",
        value=calls.ledger.writer.waiting,
    )  # fmt: skip


def _gauge(
    name: str, help: str, label: str, values: Iterable[tuple[str, float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help, labels=[label])
    for of, value in values:
        family.add_metric([of], float(value))
    return family
