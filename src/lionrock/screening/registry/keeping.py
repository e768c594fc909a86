"""Matches as JSON values and back; hits of customers as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Name, NameKind
from lionrock.screening.matching.results import Evidence, Match
from lionrock.screening.registry.coding import pack, unpack
from lionrock.screening.registry.hits import Hit

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "screening_hits"

_KEEP: Final = """
INSERT INTO screening_hits (tenant_id, customer_id, list_id, entry_id, score, customer_digest,
                            entry_digest, engine, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (tenant_id, customer_id, list_id, entry_id) DO UPDATE
SET score = excluded.score, customer_digest = excluded.customer_digest,
    entry_digest = excluded.entry_digest, engine = excluded.engine, body = excluded.body,
    changed_at = now()
"""


def match_told(match: Match) -> dict[str, Any]:
    return asdict(match)


def match_understood(told: Mapping[str, Any]) -> Match:
    names = {k: _name(told[k]) for k in ("query_name", "listed_name")}
    evidence = tuple(Evidence(**e) for e in told["evidence"])
    return Match(told["entity_id"], told["score"], **names, evidence=evidence)


def _name(told: Mapping[str, Any]) -> Name:
    return Name(**{**told, "kind": NameKind(told["kind"])})


@dataclass(frozen=True, slots=True)
class Known:
    """A hit on a customer as it is kept; `match` where it was asked for."""

    customer_id: UUID
    list_id: UUID
    entry_id: UUID
    score: float
    customer_digest: bytes
    entry_digest: bytes
    match: Match | None = None

    @property
    def pair(self) -> tuple[UUID, UUID]:
        return self.list_id, self.entry_id

    def same(self, hit: Hit) -> bool:
        """Does it say what `hit` says?"""
        digests = (self.customer_digest, self.entry_digest)
        return (self.score, *digests) == (hit.score, hit.subject_digest, hit.entry_digest)


class HitTable:
    """Hits of one tenant's customers; within an open tenant transaction."""

    def __init__(self, vault: Vault, engine: str) -> None:
        self._vault, self._engine = vault, engine

    async def of_customers(
        self, db: asyncpg.Connection, tenant: UUID, customers: Sequence[UUID]
    ) -> list[Known]:
        rows = await db.fetch(
            "SELECT * FROM screening_hits WHERE tenant_id = $1 AND customer_id = ANY($2)",
            *(tenant, list(customers)),
        )
        return [_known(r) for r in rows]

    async def of_entries(
        self, db: asyncpg.Connection, tenant: UUID, list_id: UUID, entries: Sequence[UUID]
    ) -> list[Known]:
        rows = await db.fetch(
            "SELECT * FROM screening_hits WHERE tenant_id = $1 AND list_id = $2"
            " AND entry_id = ANY($3)",
            *(tenant, list_id, list(entries)),
        )
        return [_known(r) for r in rows]

    async def opened(
        self, db: asyncpg.Connection, tenant: UUID, customer: UUID
    ) -> list[Known]:  # fmt: skip
        """A customer's hits with their evidence, best first."""
        rows = await db.fetch(
            "SELECT * FROM screening_hits WHERE tenant_id = $1 AND customer_id = $2"
            " ORDER BY score DESC, list_id, entry_id",
            *(tenant, customer),
        )
        key = self._vault.key(tenant)
        return [
            _known(r, match_understood(unpack(key.open(TABLE, _row(_known(r)), "body", r["body"]))))
            for r in rows
        ]

    async def keep(
        self, db: asyncpg.Connection, tenant: UUID, customer: UUID, hits: Sequence[Hit]
    ) -> None:
        key, rows = self._vault.make(tenant), []
        for hit in hits:
            where = f"{customer.hex}/{hit.list.id.hex}/{hit.entry_id.hex}"
            body = key.seal(TABLE, where, "body", pack(match_told(hit.match)))
            digests = (hit.subject_digest, hit.entry_digest)
            pair = (hit.list.id, hit.entry_id)
            rows.append((tenant, customer, *pair, hit.score, *digests, self._engine, body))
        await db.executemany(_KEEP, rows)

    async def remove(self, db: asyncpg.Connection, tenant: UUID, gone: Sequence[Known]) -> None:
        await db.executemany(
            "DELETE FROM screening_hits WHERE tenant_id = $1 AND customer_id = $2"
            " AND list_id = $3 AND entry_id = $4",
            [(tenant, k.customer_id, k.list_id, k.entry_id) for k in gone],
        )


def _known(row: asyncpg.Record, match: Match | None = None) -> Known:
    values = {f: row[f] for f in Known.__slots__ if f != "match"}
    return Known(**values, match=match)


def _row(known: Known) -> str:
    return f"{known.customer_id.hex}/{known.list_id.hex}/{known.entry_id.hex}"
