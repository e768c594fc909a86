"""What a member has going on now: sessions, keys and runs. It is what suspending them would end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.kernel.actors import Actor
from lionrock.kernel.credentials import SESSION_IDLE
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission as P

_LIVE = """
SELECT m.id,
       count(c.id) FILTER (WHERE c.kind = 'session' AND c.seen_at > now() - $2::interval) AS sessions,
       count(c.id) FILTER (WHERE c.kind = 'key') AS keys,
       (SELECT count(*) FROM runs r WHERE r.tenant_id = $1 AND r.member_id = m.id
        AND r.state = 'running') AS runs,
       max(c.seen_at) FILTER (WHERE c.kind IN ('session', 'key')) AS seen_at
FROM members m
LEFT JOIN credentials c ON c.tenant_id = $1 AND c.member_id = m.id
     AND c.ended_at IS NULL AND c.expires_at > now()
WHERE m.tenant_id = $1 AND m.id = ANY ($3)
GROUP BY m.id
"""


class Activity(BaseModel):
    """Counts of one member; `seen_at`: when a live session or key of theirs was last used."""

    model_config = ConfigDict(frozen=True)
    sessions: int = 0
    keys: int = 0
    runs: int = 0
    seen_at: datetime | None = None


async def activity(database: Database, actor: Actor, members: list[UUID]) -> dict[UUID, Activity]:
    """By member, for those of `members` that are there. Growth: with their live credentials."""
    require(actor, P.MEMBERS_MEMBER_READ)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(_LIVE, actor.tenant_id, SESSION_IDLE, members)
    return {r["id"]: Activity(**{k: v for k, v in r.items() if k != "id"}) for r in rows}
