"""Rows of screened files: read, and emptied of one customer while the file stays.

A row is a customer's if it has their reference; where the file gave none, a row's number stands in its
place, so that such a row is theirs only if it has a name of theirs as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity
from lionrock.screening.registry.batches import TABLE
from lionrock.screening.registry.coding import Hashes, pack, unpack

if TYPE_CHECKING:
    import asyncpg

ERASED: Final = "Erased."
_COLUMNS: Final = ("body", "result")
_CHUNK: Final = f"SELECT batch_id, number, body, result, hits FROM {TABLE} WHERE tenant_id = $1"
_NEXT: Final = f"{_CHUNK} AND (batch_id, number) > ($2, $3) ORDER BY batch_id, number LIMIT 1"
_LOCKED: Final = f"{_CHUNK} AND batch_id = $2 AND number = $3 FOR UPDATE"

Kept = list[dict[str, Any]]
"""Rows as they are kept: number, type, entity, fault; of a result, hits too."""


def opened(vault: Vault, tenant: UUID, chunk: asyncpg.Record, column: str) -> Kept:
    key = vault.key(tenant)
    where = f"{chunk['batch_id'].hex}/{chunk['number']}"
    rows: Kept = unpack(key.open(TABLE, where, column, chunk[column]))
    return rows


async def forget_customer(
    db: asyncpg.Connection, vault: Vault, hashes: Hashes, tenant: UUID, customer: Entity,
    reference_hash: bytes,
) -> int:  # fmt: skip
    """Empty the customer's rows, in the open transaction; how many. Growth: linear in all rows kept."""
    names = {n.text.casefold() for n in customer.names}

    def theirs(row: Mapping[str, Any]) -> bool:
        entity = row["entity"]
        if not entity or hashes.reference(tenant, entity["id"]) != reference_hash:
            return False
        return entity["id"] != str(row["number"]) or any(
            n["text"].casefold() in names for n in entity["names"]
        )

    batch, number, count = UUID(int=0), -1, 0
    fewer: dict[UUID, int] = {}
    while (chunk := await db.fetchrow(_NEXT, tenant, batch, number)) is not None:
        batch, number = chunk["batch_id"], chunk["number"]
        rows = await asyncio.to_thread(opened, vault, tenant, chunk, "body")
        gone = sum(theirs(r) for r in rows)
        if gone:
            # A worker may have it: wait, and read what it left.
            chunk = await db.fetchrow(_LOCKED, tenant, batch, number)
            lost = await _empty(db, vault, tenant, chunk, theirs)
            count, fewer[batch] = count + gone, fewer.get(batch, 0) + lost
    # Last: workers lock a chunk, then its file.
    for changed in sorted(fewer):
        await db.execute(
            "UPDATE screening_batches SET hits = hits - $3 WHERE tenant_id = $1 AND id = $2",
            *(tenant, changed, fewer[changed]),
        )
    return count


async def _empty(
    db: asyncpg.Connection, vault: Vault, tenant: UUID, chunk: asyncpg.Record,
    theirs: Callable[[Mapping[str, Any]], bool],
) -> int:  # fmt: skip
    """Write a chunk without the customer's rows; how many hits it has lost."""
    key, where, sealed, hits = (
        vault.key(tenant),
        f"{chunk['batch_id'].hex}/{chunk['number']}",
        {},
        None,
    )
    for column in _COLUMNS:
        if chunk[column] is not None:
            rows = opened(vault, tenant, chunk, column)
            left = [_emptied(r) if theirs(r) else r for r in rows]
            sealed[column] = key.seal(TABLE, where, column, pack(left))
            hits = sum(len(r["hits"]) for r in left) if column == "result" else None
    await db.execute(
        f"UPDATE {TABLE} SET body = $4, result = $5, hits = $6"
        " WHERE tenant_id = $1 AND batch_id = $2 AND number = $3",
        *(tenant, chunk["batch_id"], chunk["number"]),
        *(sealed["body"], sealed.get("result"), hits),
    )
    return chunk["hits"] - hits if hits is not None else 0


def _emptied(row: Mapping[str, Any]) -> dict[str, Any]:
    emptied = {**row, "entity": None, "fault": ERASED}
    return {**emptied, "hits": []} if "hits" in row else emptied
