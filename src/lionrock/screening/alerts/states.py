"""The states of an alert, and its row as the modules of this room read, change and write it."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.screening.alerts.reasons import Disposition, Reason


class AlertState(StrEnum):
    OPEN = "open"
    """Nobody has it."""
    ASSIGNED = "assigned"
    PROPOSED = "proposed"
    """Its assignee said what it is; another person has to decide."""
    DECIDED = "decided"
    REOPENED = "reopened"
    """It was decided, and what it was decided on is other by now. Nobody has it."""
    ESCALATED = "escalated"
    """With the reporting officer; a disposition can still be proposed."""
    WITHDRAWN = "withdrawn"
    """All that it was about went."""


ENDS: Final = frozenset({AlertState.DECIDED, AlertState.WITHDRAWN})
UNFINISHED: Final = frozenset(AlertState) - ENDS
CAN_BE_GIVEN: Final = frozenset(
    {AlertState.OPEN, AlertState.ASSIGNED, AlertState.REOPENED, AlertState.ESCALATED}
)


@dataclass(slots=True)
class AlertRow:
    """A row of `screening_alerts`, without what is sealed."""

    tenant_id: UUID
    id: UUID
    subject_kind: str
    subject_id: UUID
    state: AlertState
    score: float
    hits: int
    evidence: bytes
    raised_at: datetime
    opened_at: datetime
    due_at: datetime
    assignee: UUID | None = None
    proposal_id: UUID | None = None
    proposed_by: UUID | None = None
    disposition: Disposition | None = None
    reason: Reason | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    escalated_by: UUID | None = None
    escalated_at: datetime | None = None
    overdue_noted_at: datetime | None = None

    @classmethod
    def of(cls, row: asyncpg.Record) -> AlertRow:
        made = cls(**{f.name: row[f.name] for f in fields(cls)})
        made.state = AlertState(row["state"])
        made.disposition = Disposition(row["disposition"]) if row["disposition"] else None
        made.reason = Reason(row["reason"]) if row["reason"] else None
        return made

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def waiting(self) -> AlertState:
        """The state it goes back to when a proposal comes to nothing."""
        if self.escalated_at is not None:
            return AlertState.ESCALATED
        return AlertState.ASSIGNED if self.assignee else AlertState.OPEN

    def forget_proposal(self) -> None:
        self.proposal_id = self.proposed_by = None

    def forget_decision(self) -> None:
        self.disposition = self.reason = self.decided_by = self.decided_at = None

    async def insert(self, db: asyncpg.Connection, name: bytes) -> None:
        """`name` is sealed."""
        places = ", ".join(f"${n}" for n in range(1, len(NAMES) + 2))
        await db.execute(
            f"INSERT INTO screening_alerts ({', '.join(NAMES)}, name) VALUES ({places})",
            *astuple(self),
            name,
        )

    async def save(self, db: asyncpg.Connection) -> None:
        """Write every column back; the row is locked since it was read."""
        sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(NAMES[2:], 3))
        await db.execute(
            f"UPDATE screening_alerts SET {sets} WHERE tenant_id = $1 AND id = $2", *astuple(self)
        )


NAMES: Final = tuple(f.name for f in fields(AlertRow))
"""Columns, in the order of the fields: this module's own words."""
COLUMNS: Final = ", ".join(f"a.{name}" for name in NAMES)
