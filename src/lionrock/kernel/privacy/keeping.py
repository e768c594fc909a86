"""What must not be erased yet: a hold, a law, the tenant's own retention class. Asked before an erasure
is proposed, when it is approved, and once more in the transaction that removes the rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict
from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy import clock
from lionrock.kernel.privacy.holds import refuse_held
from lionrock.kernel.privacy.sources import Described, Eraser, Kept

AML_CLASS: Final = "aml-due-diligence"
"""Records of customers: throughout the relationship, and five years after (Cap. 615, Sch. 2, s. 20)."""
SCREENING_CLASS: Final = "screening"
"""Screenings of names and files, and cases on people who are no customers."""
_SHORTEST: Final = 60


async def removable(
    db: asyncpg.Connection, actor: Actor, eraser: Eraser, target: UUID
) -> Described | None:
    """What would be erased; None if it is not there. `Conflict` with the reason if it is kept."""
    await refuse_held(db, eraser.kind, target)
    found = await eraser.describe(db, actor, target)
    if found is not None and found.kept:
        raise Conflict(_told(eraser.kind, found.kept))
    return found


async def shortest(db: asyncpg.Connection, tenant: UUID, code: str) -> int:
    """Months that things of a class are kept at least: the tenant's own, and 60 where it has not set
    any. Those of `AML_CLASS` are never fewer than 60."""
    own: int | None = await db.fetchval(
        "SELECT minimum_months FROM retention_classes WHERE tenant_id = $1 AND code = $2 AND active",
        *(tenant, code),
    )
    if own is None:
        return _SHORTEST
    return max(own, _SHORTEST) if code == AML_CLASS else own


def until(reason: str, began: datetime | date, months: int) -> tuple[Kept, ...]:
    """Kept so many months from the day it began (in Hong Kong); nothing once they are over."""
    day = clock.hong_kong_date(began) if isinstance(began, datetime) else began
    end = clock.months_after(day, months)
    today = clock.hong_kong_date(datetime.now(UTC))
    return (Kept(reason, end),) if today < end else ()


def _told(kind: str, kept: Sequence[Kept]) -> str:
    reasons = " ".join(dict.fromkeys(k.reason for k in kept))
    days = [k.until for k in kept]
    known = [d for d in days if d is not None]
    if len(known) < len(days):
        return f"This {kind} cannot be erased, and no day is set from which it can. {reasons}"
    return f"This {kind} can be erased from {max(known).isoformat()}. {reasons}"
