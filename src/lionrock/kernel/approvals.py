"""Approvals: one person proposes, another approves or refuses, and what was approved is done once.

A proposal is of one exact content, named by its SHA-256: the arguments of what is to be done and the
evidence for it, as the proposer showed them. The approver says which hash they saw; the one who acts
says which they act on. A proposal that expired, was withdrawn or used, or whose content is another by
now, authorises nothing. "Another" is by natural person: a second account or role does not help.

Every function works inside an open tenant transaction, so that it commits with what it allows.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import Conflict, Forbidden, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.decisions import ABSENT, Resource, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P

LIFE: Final = timedelta(days=7)

_JUDGED_BY: Final = {
    P.PRIVACY_ERASURE_RUN.value: P.PRIVACY_ERASURE_APPROVE,
    P.SCREENING_ALERT_DECIDE.value: P.SCREENING_ALERT_DECIDE,
}
"""Actions that another permission than the ordinary one approves."""

_PROPOSAL: Final = """
SELECT p.id, p.action, p.subject_id, p.content_hash, p.state, p.proposed_by, p.proposed_person,
       m.person AS person_now, p.decided_by, p.created_at, p.expires_at, p.expires_at <= now() AS expired
FROM proposals p JOIN members m ON (m.tenant_id, m.id) = (p.tenant_id, p.proposed_by)
WHERE p.tenant_id = $1
"""


class Proposal(BaseModel):
    model_config = ConfigDict(frozen=True)
    id: UUID
    action: str
    """What is to be done: `scope:resource:action`."""
    subject_id: UUID
    content_hash: str
    """SHA-256, 64 hex digits."""
    proposed_by: UUID
    created_at: datetime
    expires_at: datetime


async def propose(
    db: asyncpg.Connection,
    actor: Actor,
    action: str,
    subject_id: UUID,
    content_hash: bytes,
    *,
    life: timedelta = LIFE,
) -> UUID:
    """Propose to do `action` to a subject; `content_hash` is 32 bytes, see above."""
    require(actor, P.APPROVALS_PROPOSAL_MAKE)
    made = uuid4()
    person = await db.fetchval(
        "SELECT person FROM members WHERE tenant_id = $1 AND id = $2", actor.tenant_id, actor.id
    )
    await db.execute(
        "INSERT INTO proposals (tenant_id, id, action, subject_id, content_hash, proposed_by,"
        " proposed_person, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(actor.tenant_id, made, action, subject_id, content_hash, actor.id, person),
        datetime.now(UTC) + life,
    )
    details = {"action": action, "subject": str(subject_id), "content": content_hash.hex()}
    await record(db, actor, Event.APPROVAL_PROPOSAL_MAKE, made, details)
    return made


async def pending(db: asyncpg.Connection, actor: Actor) -> list[Proposal]:
    """What waits for a decision, the oldest first; one's own too."""
    require(actor, P.APPROVALS_PROPOSAL_READ)
    rows = await db.fetch(
        f"{_PROPOSAL} AND p.state = 'pending' AND p.expires_at > now() ORDER BY p.created_at, p.id",
        actor.tenant_id,
    )
    known = Proposal.model_fields
    return [
        Proposal(**{k: v for k, v in {**r, "content_hash": r["content_hash"].hex()}.items() if k in known})
        for r in rows
    ]  # fmt: skip


async def approve(
    db: asyncpg.Connection, actor: Actor, proposal_id: UUID, content_hash: bytes
) -> None:
    """Approve what the hash names. `Forbidden` for one's own work, `Conflict` for another content."""
    row = await _to_judge(db, actor, proposal_id)
    if row["content_hash"] != content_hash:
        raise Conflict("What you saw is not what was proposed. Look at it again.")
    await _decide(db, actor, row, "approved", Event.APPROVAL_PROPOSAL_APPROVE)


async def refuse(db: asyncpg.Connection, actor: Actor, proposal_id: UUID) -> None:
    row = await _to_judge(db, actor, proposal_id)
    await _decide(db, actor, row, "refused", Event.APPROVAL_PROPOSAL_REFUSE)


async def revoke(db: asyncpg.Connection, actor: Actor, proposal_id: UUID) -> None:
    """Withdraw a proposal, or an approval not yet used: by who made either."""
    row = await _row(db, actor, proposal_id)
    if actor.id not in (row["proposed_by"], row["decided_by"]):
        raise Forbidden("Only who proposed or approved it can withdraw it.")
    if row["state"] not in ("pending", "approved"):
        raise Conflict(f"The proposal is {row['state']}: it cannot be withdrawn.")
    await db.execute(
        "UPDATE proposals SET state = 'revoked' WHERE tenant_id = $1 AND id = $2",
        *(actor.tenant_id, proposal_id),
    )
    await record(db, actor, Event.APPROVAL_PROPOSAL_REVOKE, proposal_id)


async def lapse(
    db: asyncpg.Connection, actor: Actor, proposal_id: UUID, why: str = "changed"
) -> None:
    """Withdraw a proposal, or an approval not yet used, whose content is another or whose time is over.

    For the room whose content it is, in the transaction that changes it; settled ones stay as they are.
    """
    lapsed = await db.fetchval(
        "UPDATE proposals SET state = 'revoked' WHERE tenant_id = $1 AND id = $2"
        " AND state IN ('pending', 'approved') RETURNING id",
        *(actor.tenant_id, proposal_id),
    )
    if lapsed is not None:
        details = {"why": why}
        await record(db, actor, Event.APPROVAL_PROPOSAL_REVOKE, proposal_id, details)


async def use(
    db: asyncpg.Connection,
    actor: Actor,
    proposal_id: UUID,
    action: str,
    subject_id: UUID,
    content_hash: bytes,
) -> None:
    """Spend the approval, in the transaction that does what it allows.

    Whether the actor may do that at all is for the caller to `require`. `Conflict` says why the
    approval does not allow it.
    """
    row = await _row(db, actor, proposal_id)
    if (row["action"], row["subject_id"]) != (action, subject_id):
        raise Conflict("The approval is for something else.")
    if row["content_hash"] != content_hash:
        raise Conflict("This has changed since it was approved. Propose it again.")
    if row["expired"]:
        raise Conflict("The approval has expired. Propose it again.")
    if row["state"] != "approved":
        raise Conflict(f"The proposal is {row['state']}: it allows nothing.")
    await db.execute(
        "UPDATE proposals SET state = 'used', used_at = now() WHERE tenant_id = $1 AND id = $2",
        *(actor.tenant_id, proposal_id),
    )
    details = {"action": action, "subject": str(subject_id), "content": content_hash.hex()}
    await record(db, actor, Event.APPROVAL_PROPOSAL_USE, proposal_id, details)


async def _row(db: asyncpg.Connection, actor: Actor, proposal_id: UUID) -> asyncpg.Record:
    """Locked: two who decide or use at once take turns."""
    row = await db.fetchrow(
        f"{_PROPOSAL} AND p.id = $2 FOR UPDATE OF p", actor.tenant_id, proposal_id
    )
    if row is None:
        raise NotFound(ABSENT)
    return row


async def _to_judge(db: asyncpg.Connection, actor: Actor, proposal_id: UUID) -> asyncpg.Record:
    row = await _row(db, actor, proposal_id)
    made_by = frozenset({row["proposed_by"], row["proposed_person"], row["person_now"]})
    resource = Resource(actor.tenant_id, created_by=made_by, state=row["state"])
    require(actor, _JUDGED_BY.get(row["action"], P.APPROVALS_PROPOSAL_DECIDE), resource)
    if row["expired"]:
        raise Conflict("The proposal has expired. It has to be made again.")
    return row


async def _decide(
    db: asyncpg.Connection, actor: Actor, row: asyncpg.Record, state: str, event: Event
) -> None:
    await db.execute(
        "UPDATE proposals SET state = $3, decided_by = $4, decided_at = now(), decided_person ="
        " (SELECT person FROM members WHERE tenant_id = $1 AND id = $4)"
        " WHERE tenant_id = $1 AND id = $2",
        *(actor.tenant_id, row["id"], state, actor.id),
    )
    details = {"action": row["action"], "content": row["content_hash"].hex()}
    await record(db, actor, event, row["id"], details)
