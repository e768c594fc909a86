"""What was refused and where connections went: counted here, written to the audit log by `recorder`.

A refusal can happen in any thread, in the middle of any call, so it is only noted: host, port, the
part of the program that tried, and for whom. Never a path, a query or content. Everything is bounded.
"""

from __future__ import annotations

import re
import sys
import threading
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

acting_for: ContextVar[UUID | None] = ContextVar("acting_for", default=None)
"""The tenant whose work the present task does; refusals are recorded with that tenant."""

OTHERS = "(others)"
_MOST = 1000
_LABELS = 3
_ADDRESS = re.compile(r"[0-9a-fA-F:.]+")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A connection refused or opened. `host` is a name shortened to its last three labels (a longer
    one can carry content out, and would carry it into the log), or an address."""

    host: str
    port: int
    part: str
    tenant: UUID | None


Counts = Counter[Attempt]


@dataclass(slots=True)
class Journal:
    """Counts since the start, and those not yet taken for the audit log."""

    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    refused: Counts = field(default_factory=Counter)
    opened: Counts = field(default_factory=Counter)
    _new_refused: Counts = field(default_factory=Counter)
    _new_opened: Counts = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse(self, host: str, port: int | None) -> None:
        self._note(host, port, self.refused, self._new_refused)

    def open(self, host: str, port: int | None) -> None:
        self._note(host, port, self.opened, self._new_opened)

    def _note(self, host: str, port: int | None, *counts: Counts) -> None:
        tenant = acting_for.get()
        attempt = Attempt(shortened(host), port or 0, _part(), tenant)
        with self._lock:
            for count in counts:
                full = attempt not in count and len(count) >= _MOST
                count[Attempt(OTHERS, 0, OTHERS, tenant) if full else attempt] += 1

    def take(self, *, opened: bool) -> tuple[Counts, Counts]:
        """Refusals, and with `opened` connections too, since they were last taken."""
        with self._lock:
            refused, self._new_refused = self._new_refused, Counter()
            went: Counts = Counter()
            if opened:
                went, self._new_opened = self._new_opened, Counter()
        return refused, went

    def give_back(self, refused: Counts, opened: Counts) -> None:
        """What was taken and could not be written."""
        with self._lock:
            self._new_refused.update(refused)
            self._new_opened.update(opened)


def shortened(host: str) -> str:
    if _ADDRESS.fullmatch(host):
        return host
    # A host that could not be read may hold anything.
    labels = re.sub(r"[^a-z0-9._-]", "?", host.lower()).split(".")
    kept = ".".join(label[:32] for label in labels[-_LABELS:])
    return f"*.{kept}" if len(labels) > _LABELS else kept


def _part() -> str:
    """The module of ours that is nearest on the stack, else the nearest other one's package."""
    frame, nearest = sys._getframe(1), ""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if not name.startswith("lionrock.kernel.egress"):
            if name.startswith("lionrock."):
                return name[:80]
            nearest = nearest or name.partition(".")[0][:80]
        if frame.f_back is None:
            break
        frame = frame.f_back
    return nearest
