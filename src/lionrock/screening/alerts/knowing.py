"""Need to know: who may open an alert. Everyone else gets the answer that nobody's alert gets.

Telling anyone what might prejudice an investigation is an offence (OSCO, Cap. 455, and DTROP,
Cap. 405, s. 25A(5); UNATMO, Cap. 575, s. 12(5)), also before anything is reported: HKMA, Guideline on
AML/CFT (For Authorized Institutions), revised May 2023, 7.6. The fewer who know, the better kept.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import NotFound
from lionrock.kernel import shares
from lionrock.kernel.actors import NOBODY, Actor, Role
from lionrock.kernel.decisions import ABSENT, Resource, decide, require
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.alerts.states import COLUMNS, AlertRow

SHARED: Final = "case"
"""Kind of a shared alert, in `kernel/shares.py`."""
_ROW: Final = f"""
SELECT {COLUMNS}, m.person AS assignee_person FROM screening_alerts a
LEFT JOIN members m ON (m.tenant_id, m.id) = (a.tenant_id, a.assignee)
WHERE a.tenant_id = $1 AND a.id = $2
"""


def reviews(actor: Actor) -> bool:
    """May they decide on others' alerts? Then they may see all of them. Never a key."""
    return decide(actor, P.SCREENING_ALERT_DECIDE, _others(actor)).allowed


def must_review(actor: Actor) -> None:
    """As `reviews`, `Forbidden` if not: asked before it is told whether an alert is there."""
    require(actor, P.SCREENING_ALERT_DECIDE, _others(actor))


def _others(actor: Actor) -> Resource:
    return Resource(actor.tenant_id, created_by=frozenset({NOBODY}), state="pending")


def may_open(
    actor: Actor, assignee: UUID | None, person: UUID | None, through: Resource | None = None
) -> bool:
    """`person` is the natural person of the assignee; `through`, of an observer, what is shared."""
    if not decide(actor, P.SCREENING_ALERT_READ, through):
        return False
    if through is not None:
        return True
    return reviews(actor) or bool(actor.people & {assignee, person})


async def known_row(
    db: asyncpg.Connection, actor: Actor, alert: UUID, *, lock: bool = True, shared: bool = False
) -> AlertRow:
    """The alert, if it is the actor's to know. `NotFound` alike for none, another's and a stranger's.

    With `shared` also for an observer with whom it is shared now: to look at it, and nothing else.
    """
    through = await seen_through(db, actor, alert) if shared else None
    if through is None:
        require(actor, P.SCREENING_ALERT_READ)
    query = _ROW + (" FOR UPDATE OF a" if lock else "")
    row = await db.fetchrow(query, actor.tenant_id, alert)
    if row is None or not may_open(actor, row["assignee"], row["assignee_person"], through):
        raise NotFound(ABSENT)
    return AlertRow.of(row)


async def seen_through(db: asyncpg.Connection, actor: Actor, alert: UUID) -> Resource | None:
    """The alert as rules see it for an observer: shared with them now, or not. None for others."""
    if Role.REGULATOR_OBSERVER not in actor.roles:
        return None
    require(actor, P.SCREENING_ALERT_READ, _shared(actor))
    ids = await shares.shared_with(db, actor, SHARED)
    return _shared(actor) if alert in ids else Resource(actor.tenant_id)


def _shared(actor: Actor) -> Resource:
    return Resource(actor.tenant_id, shared_with=frozenset({actor.id}))


async def is_assignee(db: asyncpg.Connection, actor: Actor, row: AlertRow) -> bool:
    """Is it the actor's to work on, under whichever of their memberships it was given?"""
    if row.assignee is None:
        return False
    person = await db.fetchval(
        "SELECT person FROM members WHERE tenant_id = $1 AND id = $2",
        *(actor.tenant_id, row.assignee),
    )
    return bool(actor.people & {row.assignee, person})
