"""Limits: how much a tenant, a member or a key may call. What none is set for is not limited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from lionrock.errors import NotFound
from lionrock.gateway.ledger.calls import MOST_TOKENS
from lionrock.gateway.ledger.subjects import Subject, require_there, subject
from lionrock.gateway.ledger.windows import Window, multirange, windows_of
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P

Tokens = Annotated[int, Field(ge=1, le=MOST_TOKENS)]
ModelName = Annotated[str, Field(min_length=1, max_length=200, pattern="^[^\\x00]*$")]


class Limits(BaseModel):
    """None: not limited. All that are set hold together, with those of the call's other subjects."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)
    tokens_per_minute: Tokens | None = None
    """In and out, counted at the worst case until a call is settled."""
    at_once: int | None = Field(default=None, ge=1, le=100_000)
    """Calls under way, streamed or not."""
    context_tokens: Tokens | None = None
    """Prompt and longest answer together."""
    output_tokens: Tokens | None = None
    models: list[ModelName] | None = Field(default=None, max_length=200)
    """Those that may be called; empty: none."""
    windows: list[Window] | None = Field(default=None, min_length=1, max_length=50)
    """When calls may begin, in Hong Kong."""


class Held(BaseModel):
    """Limits in force and what is left of them, as of the last call that they counted."""

    model_config = ConfigDict(frozen=True)
    subject: Subject
    limits: Limits
    under_way: int
    changed_by: UUID
    changed_at: datetime


# What is set anew starts full; what was set before keeps what is left of it, up to the new limit.
_SET: Final = """
INSERT INTO gateway_limits AS l (tenant_id, subject_id, kind, requests_per_minute, tokens_per_minute,
    at_once, context_tokens, output_tokens, models, windows, changed_by, requests, tokens)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::int4multirange, $11, coalesce($4, 0), coalesce($5, 0))
ON CONFLICT (tenant_id, subject_id) DO UPDATE SET
    requests = CASE WHEN l.requests_per_minute IS NULL THEN excluded.requests ELSE l.requests END,
    tokens = CASE WHEN l.tokens_per_minute IS NULL THEN excluded.tokens ELSE l.tokens END,
    requests_per_minute = excluded.requests_per_minute, tokens_per_minute = excluded.tokens_per_minute,
    at_once = excluded.at_once, context_tokens = excluded.context_tokens,
    output_tokens = excluded.output_tokens, models = excluded.models, windows = excluded.windows,
    changed_by = excluded.changed_by, changed_at = now()
"""
_ALL: Final = """
SELECT kind, subject_id, requests_per_minute, tokens_per_minute, at_once, context_tokens,
    output_tokens, models, windows::text AS windows, open, changed_by, changed_at
FROM gateway_limits WHERE tenant_id = $1 ORDER BY kind DESC, changed_at, subject_id
"""
_NUMBERS: Final = (
    "requests_per_minute", "tokens_per_minute", "at_once", "context_tokens", "output_tokens",
)  # fmt: skip


class LimitService:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def set(self, actor: Actor, whose: Subject, limits: Limits) -> None:
        """From the next call on; `NotFound` for a member or key that is not there."""
        require(actor, P.GATEWAY_LIMIT_MANAGE)
        windows = None if limits.windows is None else multirange(limits.windows)
        numbers = [getattr(limits, name) for name in _NUMBERS]
        key = whose.in_tenant(actor.tenant_id)
        async with self._database.tenant_session(actor) as db:
            await require_there(db, actor, whose)
            await db.execute(
                _SET,
                actor.tenant_id,
                key,
                whose.kind.value,
                *numbers,
                limits.models,
                windows,
                actor.id,
            )
            details = {name: n for name, n in zip(_NUMBERS, numbers, strict=True) if n is not None}
            details |= {"kind": whose.kind.value}
            if limits.models is not None:
                details["models"] = len(limits.models)
            if limits.windows is not None:
                details["windows"] = len(limits.windows)
            await record(db, actor, Event.GATEWAY_LIMIT_CHANGE, key, details)

    async def remove(self, actor: Actor, whose: Subject) -> None:
        """`NotFound` where none are set."""
        require(actor, P.GATEWAY_LIMIT_MANAGE)
        key = whose.in_tenant(actor.tenant_id)
        async with self._database.tenant_session(actor) as db:
            removed = await db.fetchval(
                "DELETE FROM gateway_limits WHERE tenant_id = $1 AND subject_id = $2 AND kind = $3"
                " RETURNING id",
                *(actor.tenant_id, key, whose.kind.value),
            )
            if removed is None:
                raise NotFound(ABSENT)
            await record(db, actor, Event.GATEWAY_LIMIT_REMOVE, key, {"kind": whose.kind.value})

    async def listing(self, actor: Actor) -> list[Held]:
        """All of the tenant's: the tenant's own, members', keys'."""
        require(actor, P.GATEWAY_LIMIT_READ)
        async with self._database.tenant_session(actor) as db:
            rows = await db.fetch(_ALL, actor.tenant_id)
        return [_held(row) for row in rows]


def _held(row: asyncpg.Record) -> Held:
    windows = None if row["windows"] is None else windows_of(row["windows"])
    limits = Limits(**{name: row[name] for name in _NUMBERS}, models=row["models"], windows=windows)
    return Held(
        subject=subject(row["kind"], row["subject_id"]),
        limits=limits,
        under_way=row["open"],
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )
