"""What an alert is: one person proposes, another decides, on the same content and evidence.

Built on `kernel.approvals`: the hash covers disposition, reason, note, references and the digest of
the alert's live hits. When a hit comes, changes or goes, the proposal lapses; deciding on it is a
`Conflict`. Nobody decides on their own proposal, under whichever of their accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import asyncpg

from lionrock.errors import Conflict, InvalidInput
from lionrock.kernel import approvals
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import Json
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.erasure_records import hash_of
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.book import HITS, compared_of, hit_evidence
from lionrock.screening.alerts.clearing import clear_pairs, end_clearances
from lionrock.screening.alerts.digests import (
    Compared,
    Keyed,
    content_hash,
    evidence_digest,
    is_bare,
)
from lionrock.screening.alerts.knowing import is_assignee, known_row
from lionrock.screening.alerts.models import NewProposal, Step, Words
from lionrock.screening.alerts.policy import policy_of
from lionrock.screening.alerts.reasons import Disposition, Reason, check
from lionrock.screening.alerts.states import AlertRow, AlertState
from lionrock.screening.alerts.steps import add_step, proposal_step, seals_of

ACTION: Final = P.SCREENING_ALERT_DECIDE.value
_PROPOSABLE: Final = frozenset({AlertState.ASSIGNED, AlertState.ESCALATED})


class Dispositions:
    def __init__(self, database: Database, vault: Vault, keyed: Keyed) -> None:
        self._database, self._vault, self._keyed = database, vault, keyed

    async def propose(self, actor: Actor, alert: UUID, proposal: NewProposal) -> str:
        """Say what the alert is. By its assignee; the content's hash, 64 hex digits."""
        require(actor, P.SCREENING_ALERT_PROPOSE)
        check(proposal.disposition, proposal.reason)
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            await self._may_propose(db, actor, row)
            await _own_hits(db, actor.tenant_id, row.id, proposal)
            live = await _live(db, row)
            if live and proposal.reason is Reason.NOTHING_LEFT:
                raise Conflict("A hit is left: look at it, and say what it is.")
            evidence = evidence_digest(self._keyed, row.id, live)
            told = proposal.model_dump(mode="json")
            hashed = content_hash(row.id, evidence, told)
            made = await approvals.propose(db, actor, ACTION, row.id, hashed)
            row.state, row.proposal_id, row.proposed_by = AlertState.PROPOSED, made, actor.id
            row.evidence = evidence
            await row.save(db)
            await add_step(
                db, actor, self._seals(row), row.id, "propose",
                Words(note=proposal.note, references=proposal.references), proposal_id=made,
                disposition=proposal.disposition, reason=proposal.reason, hits=row.hits,
            )  # fmt: skip
            details = {
                "disposition": proposal.disposition, "reason": proposal.reason,
                "content": hashed.hex(), "hits": row.hits,
            }  # fmt: skip
            await record(db, actor, Event.SCREENING_ALERT_PROPOSE, row.id, details)
        return hashed.hex()

    async def withdraw(self, actor: Actor, alert: UUID) -> None:
        """Who proposed it takes it back."""
        async with self._database.tenant_session(actor) as db:
            row = await self._proposed(db, actor, alert)
            assert row.proposal_id is not None
            await approvals.revoke(db, actor, row.proposal_id)
            await self._back(db, actor, row, "take-back", "")

    async def approve(self, actor: Actor, alert: UUID, content: str, note: str = "") -> Disposition:
        """Decide as proposed; `content` is the hash that was seen. Another person than the proposer.

        A false positive clears every pair of the alert, unless it is of a bare name. `Conflict` if
        anything changed since.
        """
        async with self._database.tenant_session(actor) as db:
            row = await self._proposed(db, actor, alert)
            assert row.proposal_id is not None
            await approvals.approve(db, actor, row.proposal_id, hash_of(content))
            step = await proposal_step(db, actor.tenant_id, self._seals(row), row.proposal_id)
            live = await _live(db, row)
            evidence = evidence_digest(self._keyed, row.id, live)
            hashed = content_hash(row.id, evidence, _told(step))
            await approvals.use(db, actor, row.proposal_id, ACTION, row.id, hashed)
            await self._decided(db, actor, row, step, live, note)
            details = {"disposition": step.disposition, "reason": step.reason, "content": content}
            await record(db, actor, Event.SCREENING_ALERT_DECIDE, row.id, details)
            assert step.disposition is not None
            return step.disposition

    async def send_back(self, actor: Actor, alert: UUID, note: str) -> None:
        """Another person than the proposer says what is missing; it is the assignee's again."""
        if not note.strip():
            raise InvalidInput("Say what is missing: the analyst goes by it.")
        async with self._database.tenant_session(actor) as db:
            row = await self._proposed(db, actor, alert)
            assert row.proposal_id is not None
            await approvals.refuse(db, actor, row.proposal_id)
            await self._back(db, actor, row, "send-back", note.strip())

    async def _may_propose(self, db: asyncpg.Connection, actor: Actor, row: AlertRow) -> None:
        if not await is_assignee(db, actor, row):
            raise Conflict("The alert is not yours: take it, or have it given to you, first.")
        if row.state not in _PROPOSABLE:
            raise Conflict(f"The alert is {row.state}: nothing can be proposed for it now.")

    async def _proposed(self, db: asyncpg.Connection, actor: Actor, alert: UUID) -> AlertRow:
        row = await known_row(db, actor, alert)
        if row.state is not AlertState.PROPOSED:
            raise Conflict(
                f"The alert is {row.state}: no proposal waits. If there was one, the alert has "
                "changed since, or it was taken back or decided."
            )
        return row

    async def _decided(
        self, db: asyncpg.Connection, actor: Actor, row: AlertRow, step: Step,
        live: list[Compared], note: str,
    ) -> None:  # fmt: skip
        row.disposition, row.reason = step.disposition, step.reason
        row.state, row.decided_by = AlertState.DECIDED, actor.id
        row.decided_at = await db.fetchval("SELECT now()")
        await row.save(db)
        seals = self._seals(row)
        await add_step(
            db, actor, seals, row.id, "approve", Words(note=note), proposal_id=row.proposal_id,
            disposition=step.disposition, reason=step.reason, hits=len(live),
            opened_at=row.opened_at, due_at=row.due_at,
        )  # fmt: skip
        clears = row.disposition is Disposition.FALSE_POSITIVE
        if clears and await self._tells_apart(db, seals, row):
            days = (await policy_of(db, actor.tenant_id)).clearance_days
            await clear_pairs(db, actor, seals, row, live, step.note, days)
        else:
            await end_clearances(db, actor, seals, row, "overturned")

    async def _tells_apart(self, db: asyncpg.Connection, seals: Seals, row: AlertRow) -> bool:
        """Does the subject say who they are? A bare name that was screened does not: a clearance would
        clear everyone who bears it."""
        if row.subject_kind == "customer":
            return True
        kept = await db.fetchrow(
            f"SELECT * FROM {HITS} WHERE tenant_id = $1 AND alert_id = $2 AND gone_at IS NULL LIMIT 1",
            *(row.tenant_id, row.id),
        )
        evidence = hit_evidence(seals, kept) if kept else None
        return evidence is not None and not is_bare(evidence.subject)

    async def _back(
        self, db: asyncpg.Connection, actor: Actor, row: AlertRow, kind: str, note: str
    ) -> None:
        proposal, row.state = row.proposal_id, row.waiting
        row.forget_proposal()
        await row.save(db)
        words = Words(note=note) if note else None
        await add_step(db, actor, self._seals(row), row.id, kind, words, proposal_id=proposal)
        await record(db, actor, Event.SCREENING_ALERT_RETURN, row.id, {"how": kind})

    def _seals(self, row: AlertRow) -> Seals:
        return seals_of(self._vault, row.tenant_id, row.subject_id)


async def proposed_hash(db: asyncpg.Connection, keyed: Keyed, row: AlertRow, step: Step) -> bytes:
    """What approving the proposal of `step` would be of, as the alert is now."""
    return content_hash(row.id, evidence_digest(keyed, row.id, await _live(db, row)), _told(step))


def _told(step: Step) -> Mapping[str, Json]:
    """The proposal as it was hashed, from what is kept of it."""
    assert step.disposition is not None and step.reason is not None
    kept = NewProposal(
        disposition=step.disposition, reason=step.reason, note=step.note, references=step.references
    )
    told: Mapping[str, Json] = kept.model_dump(mode="json")
    return told


async def _live(db: asyncpg.Connection, row: AlertRow) -> list[Compared]:
    rows = await db.fetch(
        f"SELECT * FROM {HITS} WHERE tenant_id = $1 AND alert_id = $2 AND gone_at IS NULL",
        *(row.tenant_id, row.id),
    )
    return [compared_of(r) for r in rows]


async def _own_hits(
    db: asyncpg.Connection, tenant: UUID, alert: UUID, proposal: NewProposal
) -> None:
    named = {r.id for r in proposal.references if r.kind == "hit"}
    there = await db.fetch(
        f"SELECT id FROM {HITS} WHERE tenant_id = $1 AND alert_id = $2 AND id = ANY($3)",
        *(tenant, alert, [i for i in named if i is not None]),
    )
    if {r["id"] for r in there} != named:
        raise InvalidInput("A reference names a hit that is not one of this alert.")
