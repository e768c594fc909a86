"""Start-time fair queueing over tenants: who gets the next free place of one engine. Pure.

P. Goyal, H. M. Vin, H. Cheng, "Start-time Fair Queueing: A Scheduling Algorithm for Integrated
Services Packet Switching Networks", SIGCOMM 1996, with several places served at once as in W. Jin,
J. S. Chase, J. Kaur, "Interposed Proportional Sharing for a Storage Service Utility", SIGMETRICS
2004 (SFQ(D)). The length of a request is its estimated tokens, put right when the real number is
known, as Y. Sheng et al. do in "Fairness in Serving Large Language Models", OSDI 2024.

A request's start tag is S = max(v - credit, F of the tenant's request before), its finish tag F =
S + tokens / share; the smallest start tag is served next, and v is the largest start tag served. The
credit (0 in the paper) is service that a tenant was not asking for and may have at once, so that its
few requests need not alternate with another's thousand: K. J. Duda, D. R. Cheriton,
"Borrowed-virtual-time scheduling", SOSP 1999. It moves no more than that between any two tenants.
Tags are given when a request comes to the head of its tenant's line, so one that leaves the line
costs its tenant nothing. Growth: O(log tenants) a request; memory only for tenants that wait or have used
some of their credit.
"""

from __future__ import annotations

from collections.abc import Hashable
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Generic

from lionrock.gateway.pool.flows import Flow, W

CREDIT_TOKENS = 8000.0
"""Times the share. A few requests' worth."""
_SLACK = 64
"""Dead entries and idle flows kept before they are swept out."""


class FairQueue(Generic[W]):
    """`len` is the number waiting. Times and tokens are only compared and added: any unit will do."""

    __slots__ = ("_count", "_credit", "_flows", "_heap", "_now", "_order", "_sweep_at", "tokens")

    def __init__(self, credit: float = CREDIT_TOKENS) -> None:
        self._credit = credit
        self._flows: dict[Hashable, Flow[W]] = {}
        self._heap: list[tuple[float, int, Flow[W]]] = []
        self._order = count()
        self._now = 0.0  # v, the virtual time
        self._count = 0
        self._sweep_at = _SLACK
        self.tokens = 0.0
        """Of all that waits."""

    def __len__(self) -> int:
        return self._count

    def add(self, waiting: W) -> None:
        flow = self._flow(waiting.tenant, waiting.share)
        flow.add(waiting)
        self._count += 1
        self.tokens += waiting.tokens
        if flow.count == 1:
            self._place(flow)

    def discard(self, waiting: W) -> bool:
        """Take it out of the line; False if it is not in it."""
        flow = self._flows.get(waiting.tenant)
        if flow is None or not flow.remove(waiting):
            return False
        self._left(waiting)
        if not flow.count:
            self._rest(flow)
        return True

    def pop(self) -> W | None:
        """Serve the next; None when nothing waits."""
        while self._heap:
            entry = heappop(self._heap)
            flow = entry[2]
            if flow.entry is not entry:
                continue
            waiting = flow.head()
            flow.remove(waiting)
            self._left(waiting)
            self._now = max(self._now, flow.start)
            flow.finish = flow.start + waiting.tokens / flow.share
            if flow.count:
                self._place(flow)
            else:
                self._rest(flow)
            return waiting
        return None

    def serve(self, tenant: Hashable, share: float, tokens: float) -> None:
        """Something of the tenant's was served at once, without waiting: there was a place."""
        flow = self._flow(tenant, share)
        start = self._start(flow)
        self._now = max(self._now, start)
        flow.finish = start + tokens / share

    def settle(self, tenant: Hashable, share: float, estimated: float, real: float) -> None:
        """What was served took `real` tokens: the tenant's next comes earlier or later for it."""
        flow = self._flows.get(tenant)
        if flow is None:
            if real <= estimated:
                return  # it has all its credit already
            flow = self._flow(tenant, share)
            flow.finish = self._start(flow)
        flow.finish += (real - estimated) / share
        if flow.count:
            self._place(flow)
        else:
            self._rest(flow)

    def idle(self) -> None:
        """Nothing waits and nothing is served: a new busy period begins, nobody owes anything."""
        if not self._count and self._flows:
            self._flows.clear()
            self._heap.clear()
            self._now = 0.0
            self.tokens = 0.0

    def ahead(self, tenant: Hashable, share: float, tokens: float) -> float:
        """About how many tokens are served before a request that the tenant would bring now.

        Its own line, and of each other line what its share lets through meanwhile.
        """
        flow = self._flows.get(tenant)
        own = flow.tokens if flow is not None else 0.0
        reach = (own + tokens) / share
        others = (f for f in self._flows.values() if f.count and f.tenant != tenant)
        return own + sum(min(other.tokens, reach * other.share) for other in others)

    def waiting(self, tenant: Hashable) -> int:
        flow = self._flows.get(tenant)
        return flow.count if flow is not None else 0

    @property
    def traces(self) -> int:
        """Tenants and heap entries held, for tests of what is left behind."""
        return len(self._flows) + len(self._heap)

    def _flow(self, tenant: Hashable, share: float) -> Flow[W]:
        flow = self._flows.get(tenant)
        if flow is None:
            if len(self._flows) >= self._sweep_at:
                self._sweep()
            flow = self._flows[tenant] = Flow(tenant)
        flow.share = share
        return flow

    def _place(self, flow: Flow[W]) -> None:
        """Give the head of the line its tag; an entry it had before counts no more."""
        flow.start = self._start(flow)
        flow.entry = (flow.start, next(self._order), flow)
        heappush(self._heap, flow.entry)
        if len(self._heap) > 2 * len(self._flows) + _SLACK:
            self._heap = [entry for entry in self._heap if entry[2].entry is entry]
            heapify(self._heap)

    def _rest(self, flow: Flow[W]) -> None:
        """Nothing of it waits: forget it, unless it has used some of its credit."""
        flow.entry = None
        if self._even(flow):
            self._flows.pop(flow.tenant, None)
        if not self._count:
            self._heap.clear()

    def _sweep(self) -> None:
        done = [f.tenant for f in self._flows.values() if not f.count and self._even(f)]
        for tenant in done:
            del self._flows[tenant]
        self._sweep_at = 2 * len(self._flows) + _SLACK

    def _start(self, flow: Flow[W]) -> float:
        return max(self._now - self._credit, flow.finish)

    def _even(self, flow: Flow[W]) -> bool:
        """It would get the same start tag were it forgotten."""
        return flow.finish <= self._now - self._credit

    def _left(self, waiting: W) -> None:
        self._count -= 1
        self.tokens = self.tokens - waiting.tokens if self._count else 0.0
