"""An exchange as it is kept: sealed with the key of the month it began in, and compressed before.

The key is the month's, not one each, as with runs: see the design note on encryption.
"""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.gateway.exchanges.taking import Taking
from lionrock.gateway.fields.reading import parse, write
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "gateway_exchanges"
SCOPE: Final = "exchanges"
INSERT: Final = f"""
INSERT INTO {TABLE} (tenant_id, id, member_id, key_id, endpoint, model, streamed, outcome, began_at,
    ended_at, request_bytes, request_cut, answer_bytes, answer_cut, key_period, request, answer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (tenant_id, id) DO NOTHING
"""
FACTS: Final = (
    "id, member_id, key_id, endpoint, model, streamed, outcome, began_at, ended_at, request_bytes,"
    " request_cut, answer_bytes, answer_cut"
)
_LEVEL: Final = 1


class Listed(BaseModel):
    """What was exchanged, by whom and when: facts, no content. Sizes in bytes, of all that there was."""

    model_config = ConfigDict(frozen=True)
    id: UUID
    """Of the usage row too, and in hex of the answer."""
    member_id: UUID
    key_id: UUID | None
    endpoint: str
    model: str
    streamed: bool
    outcome: str
    began_at: datetime
    ended_at: datetime
    request_bytes: int
    request_cut: bool
    """Only its beginning is kept."""
    answer_bytes: int
    answer_cut: bool


class Exchange(Listed):
    request: str
    """The body as it was sent; its beginning, if it was cut."""
    answer: dict[str, Any]
    """`choices`, each with `content`, `reasoning`, `refusal`, `tool_calls`, `finish` as far as there
    are any, and `error`."""


def month(moment: datetime) -> Scope:
    """The calendar month, in UTC, that an exchange began in."""
    return Scope(SCOPE, moment.astimezone(UTC).strftime("%Y-%m"))


def sealed(taken: Taking) -> tuple[Any, ...]:
    """The row for `INSERT`. For a thread: a megabyte takes some 20 ms."""
    call, said, place = taken.call, taken.said, (TABLE, taken.id)
    request = zlib.compress(taken.request, _LEVEL)
    answer = zlib.compress(write(said.told()), _LEVEL)
    return (
        call.tenant, taken.id, call.member, call.key, taken.endpoint.value, call.model,
        taken.streamed, taken.outcome.value, taken.began, max(taken.began, taken.ended),
        taken.request_bytes, taken.request_bytes > len(taken.request), said.bytes, said.cut,
        taken.period, taken.key.seal(*place, "request", request),
        taken.key.seal(*place, "answer", answer),
    )  # fmt: skip


def listed(row: asyncpg.Record) -> Listed:
    return Listed(**{name: row[name] for name in Listed.model_fields})


def opened(vault: Vault, tenant: UUID, row: asyncpg.Record) -> Exchange:
    """A row with `FACTS`, `key_period`, `request`, `answer`. `Erased` once its month's key is gone."""
    key, id = vault.key(tenant, Scope(SCOPE, row["key_period"])), row["id"]
    request = zlib.decompress(key.open(TABLE, id, "request", row["request"]))
    answer = zlib.decompress(key.open(TABLE, id, "answer", row["answer"]))
    facts = {name: row[name] for name in Listed.model_fields}
    # A cut may stand within a character.
    return Exchange(**facts, request=request.decode(errors="ignore"), answer=parse(answer))
