"""The catalogue of events and the only way to write one: in the transaction of the change it describes.

Names are `subject:noun:verb`. An event holds metadata (ids, counts, hashes), never content:
details are checked to be short scalars. Each is documented in `docs/events.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    import asyncpg

    from lionrock.kernel.actors import Actor

_LONGEST_DETAIL = 200


class Event(StrEnum):
    DOCUMENT_DOCUMENT_REMOVE = "document:document:remove"
    DOCUMENT_VERSION_ADD = "document:version:add"
    DOCUMENT_VERSION_FAIL = "document:version:fail"
    DOCUMENT_VERSION_READY = "document:version:ready"
    MEMBER_CREDENTIAL_ISSUE = "member:credential:issue"
    MEMBER_SESSION_END = "member:session:end"
    MEMBER_SESSION_START = "member:session:start"
    RUN_RUN_FINISH = "run:run:finish"
    RUN_RUN_START = "run:run:start"
    TENANT_TENANT_CREATE = "tenant:tenant:create"


async def record(
    db: asyncpg.Connection,
    actor: Actor,
    event: Event,
    subject: UUID,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append `event` about `subject` within the open tenant transaction `db`."""
    for key, value in (details or {}).items():
        if not isinstance(value, str | int | float | bool) or len(str(value)) > _LONGEST_DETAIL:
            raise ValueError(f"event detail {key} is not a short scalar")
    await db.execute(
        "INSERT INTO events (tenant_id, id, event, actor_kind, actor_id, purpose, subject_id, details)"
        " VALUES ($1, uuidv7(), $2, $3, $4, $5, $6, $7)",
        actor.tenant_id,
        event.value,
        actor.kind.value,
        actor.id,
        actor.purpose,
        subject,
        json.dumps(dict(details or {})),
    )
