"""Sentences' vectors out of the database by the hundred thousand: binary COPY, rows of one length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from lionrock.search.changes import Live
from lionrock.search.frame import DIMENSION
from lionrock.search.neighbours import Batch
from lionrock.search.segments import LANGUAGES

COUNTS: Final = """
SELECT version_id, count(*) AS total, count(embedding) AS done FROM sentences
WHERE tenant_id = $1 AND version_id = ANY($2) GROUP BY version_id
"""

VECTORS: Final = """
SELECT s.version_id, s.passage_id, s.first,
       coalesce(array_position($3::text[], p.language), 2)::int - 1, halfvec_send(s.embedding)
FROM sentences s JOIN passages p ON (p.tenant_id, p.id) = (s.tenant_id, s.passage_id)
WHERE s.tenant_id = $1 AND s.version_id = ANY($2) AND s.embedding IS NOT NULL
"""

_ROW: Final = np.dtype(
    [
        ("fields", ">i2"), ("_1", ">i4"), ("version", "V16"), ("_2", ">i4"), ("passage", "V16"),
        ("_3", ">i4"), ("first", ">i4"), ("_4", ">i4"), ("language", ">i4"),
        ("_5", ">i4"), ("dimension", ">i2"), ("_6", ">i2"), ("vector", ">f2", (DIMENSION,)),
    ]
)  # fmt: skip
"""PostgreSQL's binary COPY of `VECTORS`: each field after its length; pgvector's own binary form."""
_HEADER: Final = 19
_TRAILER: Final = 2


async def sizes(db: asyncpg.Connection, tenant: UUID, versions: Sequence[UUID]) -> dict[UUID, int]:
    """How many sentences each version has; those that want vectors still are left out."""
    rows = await db.fetch(COUNTS, tenant, list(versions))
    return {r["version_id"]: r["total"] for r in rows if r["total"] == r["done"]}


async def copied(db: asyncpg.Connection, tenant: UUID, versions: Sequence[UUID]) -> bytes:
    """What the server says of the versions' sentences."""
    parts: list[bytes] = []

    async def keep(data: bytes) -> None:
        parts.append(bytes(data))

    arguments = (tenant, list(versions), list(LANGUAGES))
    await db.copy_from_query(VECTORS, *arguments, output=keep, format="binary")
    return b"".join(parts)


def batch(data: bytes, live: Mapping[UUID, Live]) -> Batch | None:
    """What `copied` brought; None when there is nothing."""
    rows = np.frombuffer(data, _ROW, offset=_HEADER, count=(len(data) - _HEADER) // _ROW.itemsize)
    if len(data) != _HEADER + rows.nbytes + _TRAILER or (rows["fields"] != 5).any():
        raise ValueError("the server's binary COPY is not as expected")
    if not len(rows):
        return None
    names, versions = np.unique(rows["version"], return_inverse=True)
    ids = [UUID(bytes=n.tobytes()) for n in names]
    return Batch(
        ids, [live[i].collection_id for i in ids], [live[i].edition for i in ids],
        versions.astype(np.int64), np.array(rows["passage"]), rows["first"].astype(np.int32),
        rows["language"].astype(np.uint8), rows["vector"].astype(np.float32),
    )  # fmt: skip
