"""Nearest sentences by meaning: inner products in PostgreSQL, under row-level security.

An exact scan: recall 1.0, time linear in the tenant's sentences (about 1.5 ms a thousand). An
approximate index pays above some fifty thousand; see the design note on search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from lionrock.documents.records import Records, there
from lionrock.search.centring import Means, Vector

DIMENSION = 384
"""Of the vectors in the database, fixed by the first migration."""

NEAREST: Final = """
SELECT s.*, v.document_id FROM (
    (SELECT tenant_id, version_id, passage_id, first, last, lead, chinese,
            -(embedding <#> $2::text::halfvec) AS centred,
            -(embedding <#> $3::text::halfvec) AS meaning FROM sentences
     WHERE tenant_id = $1 AND embedding IS NOT NULL AND NOT chinese
       AND collection_id = ANY($5)
     ORDER BY embedding <#> $2::text::halfvec LIMIT $4)
    UNION ALL
    (SELECT tenant_id, version_id, passage_id, first, last, lead, chinese,
            -(embedding <#> $2::text::halfvec),
            -(embedding <#> $3::text::halfvec) FROM sentences
     WHERE tenant_id = $1 AND embedding IS NOT NULL AND chinese
       AND collection_id = ANY($5)
     ORDER BY embedding <#> $2::text::halfvec LIMIT $4)) s
JOIN versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.version_id)
"""

OF_PASSAGES: Final = """
SELECT s.passage_id, s.first, s.last, s.lead, s.chinese, v.document_id,
       coalesce(-(s.embedding <#> $2::text::halfvec), 0) AS centred,
       coalesce(-(s.embedding <#> $3::text::halfvec), 0) AS meaning
FROM sentences s JOIN versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.version_id)
WHERE s.tenant_id = $1 AND s.passage_id = ANY($4) ORDER BY s.passage_id, s.first
"""

MISSING: Final = """
SELECT v.document_id, s.passage_id, s.first, s.last, s.lead, p.text
FROM sentences s JOIN passages p ON (p.tenant_id, p.id) = (s.tenant_id, s.passage_id)
JOIN versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.version_id)
WHERE s.tenant_id = $1 AND s.version_id = $2 AND s.embedding IS NULL
ORDER BY p.ordinal, s.first LIMIT $3
"""

COUNT: Final = """
SELECT count(*) AS total, count(embedding) AS done FROM sentences
WHERE tenant_id = $1 AND version_id = $2
"""

STORE: Final = """
UPDATE sentences SET embedding = new.vector::halfvec
FROM (SELECT unnest($2::uuid[]) AS passage_id, unnest($3::int[]) AS first,
             unnest($4::text[]) AS vector) AS new
WHERE tenant_id = $1
  AND (sentences.passage_id, sentences.first) = (new.passage_id, new.first)
"""


@dataclass(frozen=True, slots=True)
class Near:
    """A sentence, passage text [start, end), with its two similarities to the question."""

    passage_id: UUID
    start: int
    end: int
    lead: str
    chinese: bool
    meaning: float
    """Cosine."""
    centred: float
    """With the languages' means taken out: comparable across languages."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question's vector, as it is and centred, ready for the database."""

    plain: Vector
    centred: Vector
    offsets: tuple[float, float]

    @classmethod
    def of(cls, vector: Vector, means: Means, *, chinese: bool) -> Query:
        centred = means.question(vector, chinese=chinese)
        offsets = (means.offset(centred, chinese=False), means.offset(centred, chinese=True))
        return cls(vector, centred, offsets)

    @classmethod
    def mean(cls, queries: Sequence[Query]) -> Query:
        """One query that stands for several readings of a question."""
        plain: Vector = np.stack([q.plain for q in queries]).mean(axis=0)
        centred: Vector = np.stack([q.centred for q in queries]).mean(axis=0)
        english, chinese = np.array([q.offsets for q in queries]).mean(axis=0).tolist()
        return cls(plain, centred, (english, chinese))

    def near(self, row: asyncpg.Record, records: Records) -> Near:
        return Near(
            row["passage_id"], row["first"], row["last"], records.lead(row), row["chinese"],
            row["meaning"], row["centred"] - self.offsets[row["chinese"]],
        )  # fmt: skip


_ZERO = np.zeros(DIMENSION, np.float32)
NO_QUERY = Query(_ZERO, _ZERO, (0.0, 0.0))
"""Where no embedding model answers: every similarity is 0."""


async def nearest(
    db: asyncpg.Connection, tenant: UUID, query: Query, limit: int, collections: Sequence[UUID],
    records: Records,
) -> list[Near]:  # fmt: skip
    """The `limit` nearest sentences of each language, nearest first."""
    rows = await db.fetch(
        NEAREST,
        *(tenant, literal(query.centred), literal(query.plain), limit, list(collections)),
    )
    return sorted(there(lambda row: query.near(row, records), rows), key=lambda near: -near.centred)


async def of_passages(
    db: asyncpg.Connection, tenant: UUID, query: Query, passages: Sequence[UUID], records: Records
) -> list[Near]:
    """Every sentence of the passages."""
    rows = await db.fetch(
        OF_PASSAGES, tenant, literal(query.centred), literal(query.plain), list(passages)
    )
    return list(there(lambda row: query.near(row, records), rows))


def literal(vector: Vector) -> str:
    """pgvector's text form."""
    return "[" + ",".join(f"{x:.5f}" for x in vector.tolist()) + "]"
