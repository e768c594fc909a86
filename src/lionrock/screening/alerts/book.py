"""A subject's alerts, live hits and clearances, locked and in hand while hits come and go.

Opened by `open_book`; what is changed is written, with its events, by `close`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import asyncpg

from lionrock.kernel import approvals
from lionrock.kernel.actors import Actor
from lionrock.kernel.events import Event, record
from lionrock.kernel.privacy.seals import Seals
from lionrock.screening.alerts.clearing import Cleared, end_clearance, live_clearances
from lionrock.screening.alerts.digests import Compared, Keyed, evidence_digest
from lionrock.screening.alerts.models import HitEvidence
from lionrock.screening.alerts.policy import Policy
from lionrock.screening.alerts.states import COLUMNS, AlertRow, AlertState
from lionrock.screening.alerts.steps import add_step, was_given
from lionrock.screening.registry.hits import Pair

HITS: Final = "screening_alert_hits"


@dataclass(slots=True)
class LiveHit:
    id: UUID
    alert_id: UUID
    compared: Compared


@dataclass(slots=True)
class Changes:
    """What happened to one alert while the book was open."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    raised: bool = False
    reopened: bool = False
    expired: bool = False
    """Nobody decided on its proposal in time."""

    def details(self) -> dict[str, object]:
        return {"added": self.added, "changed": self.changed, "gone": self.gone}


@dataclass(slots=True)
class Book:
    db: asyncpg.Connection
    actor: Actor
    keyed: Keyed
    seals: Seals
    policy: Policy
    now: datetime
    """Of the transaction."""
    kind: str
    subject_id: UUID
    alerts: dict[UUID, AlertRow]
    hits: dict[Pair, LiveHit]
    cleared: dict[Pair, Cleared]
    changes: dict[UUID, Changes] = field(default_factory=dict)

    @property
    def unfinished(self) -> AlertRow | None:
        """The one alert that is not at its end, if any."""
        return next((a for a in self.alerts.values() if a.unfinished), None)

    def changed(self, alert: UUID) -> Changes:
        return self.changes.setdefault(alert, Changes())

    async def alert_for(self, former: UUID | None, name: str, due: datetime) -> AlertRow:
        """Where a hit goes that is to be decided on: the unfinished alert, the one that decided on it
        before, reopened, or a new one."""
        row = self.unfinished
        if row is None and former is not None:
            row = self.reopen(self.alerts[former], due)
        if row is None:
            row = await self._raise(name, due)
        row.due_at = min(row.due_at, due)
        return row

    def reopen(self, row: AlertRow, due: datetime) -> AlertRow:
        """Nobody has it then; what the reporting officer has stays with them."""
        row.state = AlertState.REOPENED if row.escalated_at is None else AlertState.ESCALATED
        row.assignee = row.overdue_noted_at = None
        row.forget_decision()
        row.forget_proposal()
        row.opened_at, row.due_at = self.now, due
        self.changed(row.id).reopened = True
        return row

    async def add(
        self, alert: UUID, compared: Compared, version: int, evidence: HitEvidence
    ) -> None:
        made = uuid4()
        sealed = self.seals.seal(HITS, made, "evidence", evidence.model_dump_json())
        await self.db.execute(
            f"INSERT INTO {HITS} (tenant_id, id, alert_id, subject_id, list_id, entry_id,"
            " list_version, score, entry_digest, subject_digest, evidence)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            *(self.actor.tenant_id, made, alert, self.subject_id, *compared.pair, version),
            *(compared.score, compared.entry_digest, compared.subject_digest, sealed),
        )
        self.hits[compared.pair] = LiveHit(made, alert, compared)

    async def seen_in(self, hit: LiveHit, version: int) -> None:
        """A later version of the list says the same."""
        await self.db.execute(
            f"UPDATE {HITS} SET list_version = $3 WHERE tenant_id = $1 AND id = $2",
            *(self.actor.tenant_id, hit.id, version),
        )

    async def kept(self, hit: LiveHit) -> tuple[int, HitEvidence] | None:
        """The list's version and both sides of a live hit; None once the subject's key is gone."""
        row = await self.db.fetchrow(
            f"SELECT id, list_version, evidence FROM {HITS} WHERE tenant_id = $1 AND id = $2",
            *(self.actor.tenant_id, hit.id),
        )
        evidence = hit_evidence(self.seals, row)
        return (row["list_version"], evidence) if evidence else None

    async def drop(self, hit: LiveHit, why: str) -> None:
        await self.db.execute(
            f"UPDATE {HITS} SET gone_at = now(), gone_why = $3 WHERE tenant_id = $1 AND id = $2",
            *(self.actor.tenant_id, hit.id, why),
        )
        del self.hits[hit.compared.pair]

    async def uncover(self, cleared: Cleared, why: str) -> None:
        """The pair is no longer cleared."""
        await end_clearance(self.db, self.actor, self.seals, cleared.id, why)
        del self.cleared[cleared.pair]

    async def close(self) -> None:
        """Write what was changed: one update, step and event for each alert."""
        for alert, changes in self.changes.items():
            await self._settle(self.alerts[alert], changes)

    async def _raise(self, name: str, due: datetime) -> AlertRow:
        row = AlertRow(
            self.actor.tenant_id, uuid4(), self.kind, self.subject_id, AlertState.OPEN, 0.0, 0,
            bytes(32), self.now, self.now, due,
        )  # fmt: skip
        await row.insert(self.db, self.seals.seal("screening_alerts", row.id, "name", name))
        self.alerts[row.id] = row
        self.changed(row.id).raised = True
        return row

    async def _settle(self, row: AlertRow, changes: Changes) -> None:
        live = [h.compared for h in self.hits.values() if h.alert_id == row.id]
        before, row.evidence = row.evidence, evidence_digest(self.keyed, row.id, live)
        row.hits, row.score = len(live), max((c.score for c in live), default=row.score)
        lapsed = row.state is AlertState.PROPOSED and (row.evidence != before or changes.expired)
        if lapsed:
            await self._lapse(row, "expired" if changes.expired else "changed")
        nothing_left = all(c.pair in self.cleared for c in live)
        withdrawn = row.unfinished and nothing_left and await self._goes(row)
        if withdrawn:
            row.state = AlertState.WITHDRAWN
        await row.save(self.db)
        await self._tell(row, changes, lapsed=lapsed, withdrawn=withdrawn)

    async def _goes(self, row: AlertRow) -> bool:
        """May it go by itself? What the reporting officer has stays with them. What anyone has, or had,
        waits for two people: else one of them had only to edit the customer, or a threshold."""
        if row.escalated_at is not None:
            return False
        return not await was_given(self.db, row.tenant_id, row.id)

    async def expired(self, row: AlertRow) -> bool:
        """Is the time of the proposal that waits over?"""
        return row.state is AlertState.PROPOSED and await self.db.fetchval(
            "SELECT expires_at <= now() FROM proposals WHERE tenant_id = $1 AND id = $2",
            *(row.tenant_id, row.proposal_id),
        )

    async def _lapse(self, row: AlertRow, why: str) -> None:
        assert row.proposal_id is not None
        await approvals.lapse(self.db, self.actor, row.proposal_id, why)
        await add_step(
            self.db, self.actor, self.seals, row.id, "lapse", proposal_id=row.proposal_id
        )
        row.state = row.waiting
        row.forget_proposal()

    async def _tell(
        self, row: AlertRow, changes: Changes, *, lapsed: bool, withdrawn: bool
    ) -> None:
        if changes.raised:
            event, kind = Event.SCREENING_ALERT_RAISE, "raise"
        elif changes.reopened:
            event, kind = Event.SCREENING_ALERT_REOPEN, "reopen"
        else:
            event, kind = Event.SCREENING_ALERT_CHANGE, "change"
        await add_step(
            self.db, self.actor, self.seals, row.id, kind, hits=row.hits, due_at=row.due_at
        )
        details = {**changes.details(), "hits": row.hits, "lapsed": lapsed, "state": row.state}
        details["due"] = row.due_at.isoformat()
        await record(self.db, self.actor, event, row.id, details)
        if withdrawn:
            await add_step(self.db, self.actor, self.seals, row.id, "withdraw")
            await record(self.db, self.actor, Event.SCREENING_ALERT_WITHDRAW, row.id)


async def open_book(
    db: asyncpg.Connection,
    actor: Actor,
    keyed: Keyed,
    seals: Seals,
    policy: Policy,
    kind: str,
    subject: UUID,
) -> Book:
    """Take turns on the subject, and lock all there is of it, in the order people's acts lock it."""
    tenant = actor.tenant_id
    await take_turns(db, subject)
    alerts = await db.fetch(
        f"SELECT {COLUMNS} FROM screening_alerts a WHERE a.tenant_id = $1 AND a.subject_id = $2"
        " ORDER BY a.raised_at, a.id FOR UPDATE",
        *(tenant, subject),
    )
    rows = await db.fetch(
        f"SELECT * FROM {HITS} WHERE tenant_id = $1 AND subject_id = $2 AND gone_at IS NULL",
        *(tenant, subject),
    )
    live = [LiveHit(r["id"], r["alert_id"], compared_of(r)) for r in rows]
    cleared = await live_clearances(db, tenant, subject)
    now = await db.fetchval("SELECT now()")
    return Book(
        db, actor, keyed, seals, policy, now, kind, subject,
        {r["id"]: AlertRow.of(r) for r in alerts}, {h.compared.pair: h for h in live},
        {c.pair: c for c in cleared},
    )  # fmt: skip


async def take_turns(db: asyncpg.Connection, subject: UUID) -> None:
    """Whatever raises, changes or erases a subject's alerts does so one after the other."""
    await db.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('alerts' || $1::text, 0))", str(subject)
    )


def compared_of(row: asyncpg.Record) -> Compared:
    return Compared(
        row["list_id"], row["entry_id"], row["entry_digest"], row["subject_digest"], row["score"]
    )


def hit_evidence(seals: Seals, row: asyncpg.Record) -> HitEvidence | None:
    """Both sides of a hit; None once the subject's key is gone."""
    text = seals.open(HITS, row["id"], "evidence", row["evidence"])
    return HitEvidence.model_validate_json(text) if text else None
