"""Which models an actor may call: those of the engines, less what limits leave out."""

from __future__ import annotations

from typing import Final

from lionrock.gateway.fields.kinds import Json
from lionrock.gateway.pool import Pool, Worst
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.permissions import Permission

_LISTS: Final = """
SELECT models FROM gateway_limits WHERE tenant_id = $1 AND subject_id = ANY ($2) AND models IS NOT NULL
"""


async def models(database: Database, pool: Pool, actor: Actor) -> list[Worst]:
    """By name. Forbidden for who may call none. A budget that is used up does not count here."""
    require(actor, Permission.GATEWAY_MODEL_CALL)
    subjects = [actor.tenant_id, actor.id]
    if actor.credential is not None:
        subjects.append(actor.credential)
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(_LISTS, actor.tenant_id, subjects)
    lists = [frozenset(row["models"]) for row in rows]
    return [m for m in pool.models() if all(m.name in allowed for allowed in lists)]


def listed(model: Worst) -> Json:
    """As OpenAI's API lists a model, with the tokens that a prompt and its answer share."""
    return {
        "id": model.name,
        "object": "model",
        "created": 0,
        "owned_by": "lionrock",
        "context_window": model.context,
        "max_output_tokens": model.output,
    }
