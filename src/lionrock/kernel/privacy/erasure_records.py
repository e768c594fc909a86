"""What is kept of an erasure: what was proposed, how far it is, what its certificate says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from lionrock.errors import InvalidInput, NotFound
from lionrock.kernel.audit.canonical import Json, canonical
from lionrock.kernel.audit.leaves import pseudonym, rfc3339
from lionrock.kernel.decisions import ABSENT
from lionrock.kernel.vault.scopes import Scope

_MOST: Final = 1000
Reason = Literal["retention", "request", "purpose-ended", "error"]


class ErasureTarget(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal[
        "document",
        "run",
        "subject",
        "customer",
        "case",
        "screening",
        "batch",
        "exchange",
        "search",
        "memory",
        "translation",
        "template",
    ]
    id: UUID


class Erasure(BaseModel):
    """`content_hash` is what the approver approves: SHA-256 of targets, reason and their facts."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    reason: Reason
    targets: list[ErasureTarget]
    facts: list[dict[str, Any]]
    content_hash: str
    state: str
    proposal_id: UUID | None
    proposed_by: UUID | None
    approved_by: UUID | None
    created_at: datetime
    approved_at: datetime | None
    finished_at: datetime | None


async def forget_events(db: asyncpg.Connection, tenant: UUID, ids: Iterable[UUID]) -> int:
    """Delete the payloads of events about what is erased. Leaves stay: salted commitments."""
    key = await db.fetchval("SELECT key FROM event_keys WHERE tenant_id = $1", tenant)
    if key is None:
        return 0
    done: str = await db.execute(
        "DELETE FROM event_payloads p USING events e WHERE p.tenant_id = $1"
        " AND (e.tenant_id, e.id) = (p.tenant_id, p.event_id) AND e.subject = ANY($2)",
        *(tenant, [pseudonym(key, i) for i in ids]),
    )
    return int(done.rpartition(" ")[2])


async def told_of(db: asyncpg.Connection, tenant: UUID, row: asyncpg.Record) -> dict[str, Json]:
    """The certificate of an erasure whose files are gone."""
    content = json.loads(row["content"])
    key = await db.fetchval("SELECT key FROM event_keys WHERE tenant_id = $1", tenant)
    log = await db.fetchrow("SELECT origin, size FROM audit_logs WHERE tenant_id = $1", tenant)
    stones = await db.fetch(
        "SELECT kind || '/' || name AS scope, destroyed_at FROM vault_tombstones"
        " WHERE tenant_id = $1 AND kind || '/' || name = ANY($2) ORDER BY 1",
        *(tenant, content["scopes"]),
    )
    by = {
        role: pseudonym(key, row[column]).hex() if row[column] and key else "rule"
        for role, column in (("proposed_by", "proposed_by"), ("approved_by", "approved_by"))
    }
    return {
        "erasure": str(row["id"]),
        "reason": row["reason"],
        "content_hash": row["content_hash"].hex(),
        "erased": content["facts"],
        "erased_beside": {k: v for k, v in content["removed"].items() if v},
        "event_payloads_deleted": content["event_payloads"],
        "keys_destroyed": [{"scope": s["scope"], "at": rfc3339(s["destroyed_at"])} for s in stones],
        **by,
        "proposed_at": rfc3339(row["created_at"]),
        "approved_at": rfc3339(row["approved_at"]),
        "finished_at": rfc3339(datetime.now(UTC)),
        "log": {"origin": log["origin"] if log else "", "size_before": log["size"] if log else 0},
    }


async def row_of(
    db: asyncpg.Connection, tenant: UUID, erasure: UUID, *, lock: bool = False
) -> asyncpg.Record:
    row = await db.fetchrow(
        "SELECT * FROM erasures WHERE tenant_id = $1 AND id = $2" + (" FOR UPDATE" if lock else ""),
        *(tenant, erasure),
    )
    if row is None:
        raise NotFound(ABSENT)
    return row


def erasure_of(row: asyncpg.Record) -> Erasure:
    content = json.loads(row["content"])
    values = {k: row[k] for k in Erasure.model_fields if k in row.keys()}  # noqa: SIM118
    values |= {"targets": json.loads(row["targets"]), "facts": content["facts"]}
    return Erasure(**{**values, "content_hash": row["content_hash"].hex()})


def content_hash_of(content: Mapping[str, Any]) -> bytes:
    """What the approver approves: 32 bytes."""
    return hashlib.sha256(canonical(content)).digest()


def chosen_of(targets: Sequence[ErasureTarget]) -> list[ErasureTarget]:
    chosen = sorted(set(targets), key=lambda t: (t.kind, t.id))
    if not 1 <= len(chosen) <= _MOST:
        raise InvalidInput(f"Name 1 to {_MOST} things to erase.")
    return chosen


def scopes_of(content: Mapping[str, Any]) -> list[Scope]:
    return [Scope(*s.split("/")) for s in content["scopes"]]


def hash_of(content_hash: str) -> bytes:
    try:
        return bytes.fromhex(content_hash)
    except ValueError as error:
        raise InvalidInput("The content hash is 64 hexadecimal digits.") from error
