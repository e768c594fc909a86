"""Drafts for the JFIU: begun from an escalated alert, edited, taken out, and what became of them.

Nothing is filed from here. For the reporting officer alone; each opening and each export is an event.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Final, Literal
from uuid import UUID, uuid4

import asyncpg

from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.cases import Cases
from lionrock.screening.alerts.knowing import known_row
from lionrock.screening.alerts.narrative import draft_of
from lionrock.screening.alerts.policy import policy_of
from lionrock.screening.alerts.report_files import as_json, as_pdf
from lionrock.screening.alerts.report_models import Draft, Outcome, Report
from lionrock.screening.alerts.steps import seals_of

TABLE: Final = "screening_reports"
Format = Literal["json", "pdf"]


class Reports:
    def __init__(
        self, database: Database, vault: Vault, fields: MemberFields, cases: Cases
    ) -> None:
        self._database, self._vault, self._fields, self._cases = database, vault, fields, cases

    async def prepare(self, actor: Actor, alert: UUID) -> UUID:
        """Begin a draft from what the alert's evidence says. `Conflict` unless it was escalated, and
        while there is another that is not concluded."""
        require(actor, P.SCREENING_REPORT_PREPARE)
        made = uuid4()
        async with self._database.tenant_session(actor) as db:
            row = await known_row(db, actor, alert)
            if row.escalated_at is None:
                raise Conflict("The alert is not with the reporting officer: escalate it first.")
            case = await self._cases.read(db, row)
            policy = await policy_of(db, actor.tenant_id)
            names = await self._names(db, actor.tenant_id, {s.made_by for s in case.steps})
            draft = draft_of(case, policy.reporting_entity, names)
            seals = await seals_of(self._vault, actor.tenant_id, row.subject_id).ready()
            there = await db.fetchval(
                f"INSERT INTO {TABLE} (tenant_id, id, alert_id, content, made_by, changed_by)"
                " VALUES ($1, $2, $3, $4, $5, $5) ON CONFLICT DO NOTHING RETURNING id",
                *(actor.tenant_id, made, alert, _sealed(seals, made, draft), actor.id),
            )
            if there is None:
                raise Conflict("There is a draft for this alert: edit or conclude it.")
            details = {"alert": str(alert)}
            await record(db, actor, Event.SCREENING_REPORT_PREPARE, made, details)
        return made

    async def get(self, actor: Actor, report: UUID) -> Report:
        async with self._database.tenant_session(actor) as db:
            found, _ = await self._read(db, actor, report)
            details = {"version": found.version}
            await record(db, actor, Event.SCREENING_REPORT_VIEW, report, details)
        return found

    async def of_alert(self, actor: Actor, alert: UUID) -> list[UUID]:
        """Ids of the alert's drafts, the newest first."""
        require(actor, P.SCREENING_REPORT_PREPARE)
        async with self._database.tenant_session(actor) as db:
            await known_row(db, actor, alert, lock=False)
            rows = await db.fetch(
                f"SELECT id FROM {TABLE} WHERE tenant_id = $1 AND alert_id = $2"
                " ORDER BY made_at DESC, id",
                *(actor.tenant_id, alert),
            )
        return [r["id"] for r in rows]

    async def edit(self, actor: Actor, report: UUID, draft: Draft, version: int) -> int:
        """Put `draft` in the place of `version`; the new version. `Conflict` if another was quicker."""
        async with self._database.tenant_session(actor) as db:
            found, seals = await self._read(db, actor, report)
            _open(found)
            if found.version != version:
                raise Conflict("Somebody edited the draft meanwhile: look at it again.")
            await db.execute(
                f"UPDATE {TABLE} SET content = $3, version = $4, changed_by = $5, changed_at = now()"
                " WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, report, _sealed(seals, report, draft), version + 1, actor.id),
            )
            details = {"version": version + 1}
            await record(db, actor, Event.SCREENING_REPORT_CHANGE, report, details)
        return version + 1

    async def conclude(self, actor: Actor, report: UUID, outcome: Outcome) -> None:
        """Note what became of it; it is not edited any more. Says so, and sends nothing."""
        async with self._database.tenant_session(actor) as db:
            found, seals = await self._read(db, actor, report)
            _open(found)
            await db.execute(
                f"UPDATE {TABLE} SET outcome = $3, outcome_words = $4, concluded_by = $5,"
                " concluded_at = now() WHERE tenant_id = $1 AND id = $2",
                *(actor.tenant_id, report, outcome.outcome),
                *(seals.seal(TABLE, report, "outcome_words", outcome.words), actor.id),
            )
            details = {"outcome": outcome.outcome}
            await record(db, actor, Event.SCREENING_REPORT_CONCLUDE, report, details)

    async def export(self, actor: Actor, report: UUID, format: Format) -> bytes:
        """The draft as a file, which says that it is one."""
        async with self._database.tenant_session(actor) as db:
            found, _ = await self._read(db, actor, report)
            made = await asyncio.to_thread(as_pdf if format == "pdf" else as_json, found)
            hashed = hashlib.sha256(made).hexdigest()
            details = {"sha256": hashed, "format": format, "version": found.version}
            await record(db, actor, Event.SCREENING_REPORT_EXPORT, report, details)
        return made

    async def _read(
        self, db: asyncpg.Connection, actor: Actor, report: UUID
    ) -> tuple[Report, Seals]:
        """The draft, locked. `NotFound` also for whom the alert is not to know."""
        require(actor, P.SCREENING_REPORT_PREPARE)
        row = await db.fetchrow(
            f"SELECT * FROM {TABLE} WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
            *(actor.tenant_id, report),
        )
        if row is None:
            raise NotFound(ABSENT)
        alert = await known_row(db, actor, row["alert_id"], lock=False)
        seals = seals_of(self._vault, actor.tenant_id, alert.subject_id)
        text = seals.open(TABLE, report, "content", row["content"])
        draft = Draft.model_validate_json(text) if text else Draft()
        words = seals.open(TABLE, report, "outcome_words", row["outcome_words"])
        known: dict[str, Any] = {
            n: row[n] for n in Report.model_fields if n not in ("notice", "draft", "outcome_words")
        }
        return Report(**known, draft=draft, outcome_words=words), seals

    async def _names(
        self, db: asyncpg.Connection, tenant: UUID, members: set[UUID]
    ) -> dict[UUID, str]:
        rows = await db.fetch(
            "SELECT id, name FROM members WHERE tenant_id = $1 AND id = ANY($2)",
            *(tenant, list(members)),
        )
        return {r["id"]: self._fields.open(tenant, r["id"], "name", r["name"]) for r in rows}


def _sealed(seals: Seals, report: UUID, draft: Draft) -> bytes:
    return seals.seal(TABLE, report, "content", draft.model_dump_json())


def _open(report: Report) -> None:
    if report.outcome is not None:
        raise Conflict("The draft has been concluded: begin a new one.")
