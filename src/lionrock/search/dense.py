"""Nearest sentences by meaning: inner products in PostgreSQL, under row-level security.

Of a small tenant all sentences are compared (about 1.5 ms a thousand). Of a large one those that its
`Neighbours` bring up, and all of the versions that these do not hold yet: see docs/search-scale.md.
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
from lionrock.search.filters import Scope

DIMENSION = 384
"""Of the vectors in the database, fixed by the first migration."""

COMPARED: Final = 200
"""Of each language so many nearest by the small vectors are compared by their own."""

_COLUMNS: Final = """
s.tenant_id, s.version_id, s.passage_id, s.first, s.last, s.lead, s.chinese,
-(s.embedding <#> asked.centred) AS centred, -(s.embedding <#> asked.plain) AS meaning
"""
_WITHIN: Final = """
s.tenant_id = $1 AND s.embedding IS NOT NULL AND s.collection_id = ANY($5)
AND ($6::uuid[] IS NULL OR s.version_id = ANY($6)) AND s.version_id <> ALL($8::uuid[])
AND (cardinality($7::text[]) = 0 OR EXISTS (
     SELECT FROM passages p WHERE (p.tenant_id, p.id) = (s.tenant_id, s.passage_id)
       AND p.language = ANY($7)))
"""
# The question's vectors are read from their text once, not once a row.
_ASKED: Final = (
    "asked AS MATERIALIZED (SELECT $2::text::halfvec AS centred, $3::text::halfvec AS plain)"
)


def _all(condition: str = "") -> str:
    """The nearest of each language, compared with all sentences that meet the condition."""
    sides = [
        f"(SELECT {_COLUMNS} FROM sentences s, asked WHERE {_WITHIN} {condition} AND {side}"
        " ORDER BY s.embedding <#> asked.centred LIMIT $4)"
        for side in ("NOT s.chinese", "s.chinese")
    ]
    return (
        f"WITH {_ASKED} SELECT s.*, v.document_id FROM ({' UNION ALL '.join(sides)}) s"
        " JOIN versions v ON (v.tenant_id, v.id) = (s.tenant_id, s.version_id)"
    )


NEAREST: Final = _all()

IN_VERSIONS: Final = _all("AND s.version_id = ANY($9)")

AMONG: Final = f"""
WITH {_ASKED}, pool AS MATERIALIZED (
    SELECT {_COLUMNS} FROM asked, unnest($9::uuid[], $10::int[]) AS k (passage, place)
    JOIN sentences s ON s.tenant_id = $1 AND (s.passage_id, s.first) = (k.passage, k.place)
    WHERE {_WITHIN})
SELECT s.*, v.document_id FROM (
    (SELECT * FROM pool WHERE NOT chinese ORDER BY centred DESC LIMIT $4)
    UNION ALL (SELECT * FROM pool WHERE chinese ORDER BY centred DESC LIMIT $4)) s
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


@dataclass(frozen=True, slots=True)
class Reach:
    """Where to look instead of everywhere: sentences by passage and first character, and whole
    versions."""

    passages: Sequence[UUID]
    firsts: Sequence[int]
    versions: Sequence[UUID]


async def nearest(
    db: asyncpg.Connection, tenant: UUID, query: Query, limit: int, scope: Scope, records: Records,
    reach: Reach | None = None,
) -> list[Near]:  # fmt: skip
    """The `limit` nearest sentences of each language, nearest first."""
    within = (
        *(tenant, literal(query.centred), literal(query.plain), limit, list(scope.collections)),
        *(None if scope.versions is None else list(scope.versions), list(scope.languages)),
        list(scope.excluded),
    )
    if reach is None:
        rows = await db.fetch(NEAREST, *within)
    else:
        rows = await db.fetch(AMONG, *within, reach.passages, reach.firsts)
        if reach.versions:
            rows += await db.fetch(IN_VERSIONS, *within, reach.versions)
            sides = [[r for r in rows if r["chinese"] == side] for side in (False, True)]
            rows = [r for side in sides for r in sorted(side, key=lambda r: -r["centred"])[:limit]]
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
