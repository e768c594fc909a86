"""Calls that go to the ledger together: arrays for `gateway_commit()`, and the way back to who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from lionrock.errors import LionrockError
from lionrock.gateway.ledger.calls import Admission, Use

COMMIT: Final = f"SELECT gateway_commit({', '.join(f'${n}' for n in range(1, 32))})"


@dataclass(slots=True, eq=False)
class Beginning:
    """Wants to be admitted; `future` gets None, or the error."""

    admission: Admission
    future: asyncio.Future[None]

    @property
    def tenant(self) -> UUID:
        return self.admission.call.tenant


@dataclass(slots=True, eq=False)
class Ending:
    """A call to settle. `cost` in millionths; `future` is None where nobody waits."""

    tenant: UUID
    id: UUID
    member: UUID
    key: UUID | None
    use: Use
    cost: int
    future: asyncio.Future[None] | None = None

    def done(self, error: LionrockError | None = None) -> None:
        if self.future is None or self.future.done():
            return
        if error is None:
            self.future.set_result(None)
        else:
            self.future.set_exception(error)


@dataclass(slots=True)
class Group:
    """In one transaction: endings first, then beginnings in their order of arrival."""

    endings: list[Ending] = field(default_factory=list)
    beginnings: list[Beginning] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.endings) + len(self.beginnings)

    def apart(self) -> Iterator[Group]:
        """Each alone."""
        yield from (Group([e]) for e in self.endings)
        yield from (Group([], [b]) for b in self.beginnings)

    def arguments(self, instance: UUID, clock: datetime | None) -> tuple[list[UUID], list[object]]:
        """Tenants in ascending order, and what follows their proofs; sorts both lists by tenant."""
        ends, begins = self.endings, self.beginnings
        tenants = sorted({e.tenant for e in ends} | {b.tenant for b in begins})
        if len(tenants) > 1:
            ends.sort(key=lambda e: e.tenant)
            begins.sort(key=lambda b: b.tenant)
        return tenants, [
            instance,
            clock,
            _stretches(tenants, ends),
            *_ending_columns(ends),
            _stretches(tenants, begins),
            *_beginning_columns([b.admission for b in begins]),
        ]


def _stretches(tenants: list[UUID], items: Sequence[Beginning | Ending]) -> list[int]:
    """Where each tenant's stretch of `items` ends, from 1."""
    if len(tenants) == 1:
        return [len(items)]
    counts = dict.fromkeys(tenants, 0)
    for item in items:
        counts[item.tenant] += 1
    ends, upto = [], 0
    for tenant in tenants:
        upto += counts[tenant]
        ends.append(upto)
    return ends


def _ending_columns(ends: list[Ending]) -> Iterator[list[object]]:
    yield [e.id for e in ends]
    yield [e.member for e in ends]
    yield [e.key for e in ends]
    yield [e.use.outcome.value for e in ends]
    yield [e.use.tokens_in for e in ends]
    yield [e.use.tokens_out for e in ends]
    yield [e.cost for e in ends]
    yield [e.use.queue_ms for e in ends]
    yield [e.use.first_byte_ms for e in ends]
    yield [e.use.total_ms for e in ends]
    yield [e.use.engine for e in ends]
    yield [e.use.model_sha256 for e in ends]


def _beginning_columns(admissions: list[Admission]) -> Iterator[list[object]]:
    calls = [a.call for a in admissions]
    prices = [c.price for c in calls]
    yield [a.id for a in admissions]
    yield [c.member for c in calls]
    yield [c.key for c in calls]
    yield [c.engine for c in calls]
    yield [c.model for c in calls]
    yield [c.model_sha256 for c in calls]
    yield [c.retention.value for c in calls]
    yield [p.currency for p in prices]
    yield [p.tokens_in for p in prices]
    yield [p.tokens_out for p in prices]
    yield [c.tokens_in for c in calls]
    yield [c.max_output for c in calls]
    yield [a.cost for a in admissions]
