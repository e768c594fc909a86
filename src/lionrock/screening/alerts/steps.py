"""The history of an alert: what happened, by whom, with what words. Appended to, never changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy.seals import Seals
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault
from lionrock.screening.alerts.models import Step, Words

TABLE: Final = "screening_alert_steps"
KEY_KIND: Final = "alerts"
"""Of the scopes that subjects' alerts are sealed with."""


def seals_of(vault: Vault, tenant: UUID, subject: UUID) -> Seals:
    """A subject's alerts have a key of their own: they outlive the customer's record, and go by it."""
    return Seals(vault, tenant, Scope(KEY_KIND, subject.hex))


async def add_step(
    db: asyncpg.Connection,
    actor: Actor,
    seals: Seals,
    alert: UUID,
    kind: str,
    words: Words | None = None,
    **columns: object,
) -> None:
    """Append a step; `columns` are this room's own words."""
    made = uuid4()
    sealed = seals.seal(TABLE, made, "words", words.model_dump_json()) if words else None
    values: dict[str, object] = {
        "tenant_id": actor.tenant_id, "id": made, "alert_id": alert, "kind": kind,
        "made_by": actor.id, "words": sealed, **columns,
    }  # fmt: skip
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await db.execute(
        f"INSERT INTO {TABLE} ({', '.join(values)}) VALUES ({places})", *values.values()
    )


async def was_given(db: asyncpg.Connection, tenant: UUID, alert: UUID) -> bool:
    """Has anyone ever had it?"""
    given: bool = await db.fetchval(
        f"SELECT EXISTS (SELECT FROM {TABLE} WHERE tenant_id = $1 AND alert_id = $2"
        " AND kind = 'assign')",
        *(tenant, alert),
    )
    return given


async def given_back_by(
    db: asyncpg.Connection, tenant: UUID, alert: UUID, people: Collection[UUID]
) -> bool:
    """Did a member or natural person of `people` ever give it back?"""
    given: bool = await db.fetchval(
        f"SELECT EXISTS (SELECT FROM {TABLE} s"
        " JOIN members m ON (m.tenant_id, m.id) = (s.tenant_id, s.made_by)"
        " WHERE s.tenant_id = $1 AND s.alert_id = $2 AND s.kind = 'give-back'"
        " AND (m.id = ANY($3) OR m.person = ANY($3)))",
        *(tenant, alert, list(people)),
    )
    return given


async def steps_of(db: asyncpg.Connection, tenant: UUID, seals: Seals, alert: UUID) -> list[Step]:
    rows = await db.fetch(
        f"SELECT * FROM {TABLE} WHERE tenant_id = $1 AND alert_id = $2 ORDER BY made_at, id",
        *(tenant, alert),
    )
    return [_step(seals, row) for row in rows]


async def proposal_step(db: asyncpg.Connection, tenant: UUID, seals: Seals, proposal: UUID) -> Step:
    """What was proposed."""
    row = await db.fetchrow(
        f"SELECT * FROM {TABLE} WHERE tenant_id = $1 AND proposal_id = $2 AND kind = 'propose'",
        *(tenant, proposal),
    )
    return _step(seals, row)


def _step(seals: Seals, row: asyncpg.Record) -> Step:
    text = seals.open(TABLE, row["id"], "words", row["words"])
    words = Words.model_validate_json(text) if text else Words()
    values: dict[str, Any] = {k: row[k] for k in Step.model_fields if k in row.keys()}  # noqa: SIM118
    return Step(**values, note=words.note, references=words.references)
