"""Screening one name: who asked, against which versions, by which engine, and what was found is kept.

The event commits to what was screened (SHA-256 of a salt and the query); query and hits are sealed
beside it. Of whom nothing is to be kept, nobody is screened: an alert could not be raised.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import canonical
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.screening.entities import Entity
from lionrock.screening.entity_json import told, understood
from lionrock.screening.registry.coding import pack, packed, unpack
from lionrock.screening.registry.hits import Hit, ScreenedSink
from lionrock.screening.registry.keeping import match_told, match_understood
from lionrock.screening.registry.screener import Asked, Screener
from lionrock.screening.registry.states import State, applied

if TYPE_CHECKING:
    import asyncpg

    from lionrock.screening.matching.results import Match

TABLE: Final = "screenings"


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found, and where it is kept."""

    id: UUID
    hits: list[Hit]
    state: State
    """Lists, versions and thresholds it was screened against."""


@dataclass(frozen=True, slots=True)
class KeptHit:
    list_id: UUID
    entry_id: UUID
    score: float
    match: Match


@dataclass(frozen=True, slots=True)
class Kept:
    """A screening as it was. Without `query` nothing of its content was to be kept."""

    id: UUID
    kind: str
    screened_by: UUID
    screened_at: datetime
    state: State
    engine: str
    commitment: str
    hits: int
    query: Entity | None = None
    salt: str = ""
    found: tuple[KeptHit, ...] = ()


class ScreeningService:
    def __init__(
        self, database: Database, vault: Vault, screener: Screener,
        sink: ScreenedSink | None = None,
    ) -> None:  # fmt: skip
        self._database, self._vault, self._screener = database, vault, screener
        self._sink = sink

    async def screen(
        self, actor: Actor, query: Entity, *, lists: Collection[UUID] | None = None,
        threshold: float | None = None, type: str = "",
    ) -> list[Hit]:  # fmt: skip
        """The hits of `run`."""
        done = await self.run(actor, query, lists=lists, threshold=threshold, type=type)
        return done.hits

    async def run(
        self, actor: Actor, query: Entity, *, lists: Collection[UUID] | None = None,
        threshold: float | None = None, type: str = "", kind: str = "name",
    ) -> Screening:  # fmt: skip
        """Screen against all lists in use, or those named; hits best first.

        Each list's threshold for `type` of customer counts, unless `threshold` is given. `NotFound`
        for a list that is not in use; `Conflict` if there is none at all. `kind` says on whose
        behalf: name, payment, document.
        """
        require(actor, P.SCREENING_NAME_SCREEN)
        must_keep(actor.zero_retention)
        if not query.names and not query.identifiers:
            raise InvalidInput("Say a name to screen.")
        packed(query)  # refused before anything is looked for: text that is no Unicode
        if threshold is not None and not 0 < threshold < 1:
            raise InvalidInput("A threshold lies between 0 and 1.")
        async with self._database.tenant_session(actor) as db:
            every = await applied(db, actor.tenant_id)
        state = every if lists is None else every.only(lists)
        if not state.lists:  # "no hit" would say nothing
            raise Conflict("There is no list to screen against: import one first.")
        state = state if threshold is None else state.at(threshold)
        async with (
            self._screener.against(actor, every) as against,
            self._database.tenant_session(actor) as db,
        ):
            (hits,) = await self._screener.hits(
                db, actor.tenant_id, against, [Asked(query, type)], state=state
            )
            return Screening(await self._keep(db, actor, kind, query, state, hits), hits, state)

    async def _keep(
        self, db: asyncpg.Connection, actor: Actor, kind: str, query: Entity, state: State,
        hits: list[Hit],
    ) -> UUID:  # fmt: skip
        made, salt = uuid4(), secrets.token_bytes(32)
        commitment = commitment_of(salt, query)
        kept = {"salt": salt.hex(), "query": told(query), "hits": [_told(h) for h in hits]}
        key = self._vault.make(actor.tenant_id)
        content = key.seal(TABLE, made, "content", pack(kept))
        await db.execute(
            "INSERT INTO screenings (tenant_id, id, kind, screened_by, settings, engine, commitment,"
            " hits, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            *(actor.tenant_id, made, kind, actor.id, state.written()),
            *(self._screener.engine.version, commitment, len(hits), content),
        )
        details = {
            "kind": kind, "lists": len(state.lists), "hits": len(hits),
            "state": state.digest(self._screener.engine), "engine": self._screener.engine.version,
            "commitment": commitment.hex(),
        }  # fmt: skip
        await record(db, actor, Event.SCREENING_NAME_SCREEN, made, details)
        if self._sink is not None and hits:
            await self._sink.screened(db, actor, query, hits)
        return made

    async def kept(self, actor: Actor, screening: UUID) -> Kept:
        """A screening of the past. `NotFound` for another's: what was asked is its asker's."""
        require(actor, P.SCREENING_NAME_SCREEN)
        async with self._database.tenant_session(actor) as db:
            row = await db.fetchrow(
                "SELECT * FROM screenings WHERE tenant_id = $1 AND id = $2 AND screened_by = $3",
                *(actor.tenant_id, screening, actor.id),
            )
        if row is None:
            raise NotFound(ABSENT)
        return self._opened(row)

    def _opened(self, row: asyncpg.Record) -> Kept:
        facts = Kept(
            row["id"], row["kind"], row["screened_by"], row["screened_at"],
            State.read(row["settings"]), row["engine"], row["commitment"].hex(), row["hits"],
        )  # fmt: skip
        if row["content"] is None:
            return facts
        key = self._vault.key(row["tenant_id"])
        content = unpack(key.open(TABLE, row["id"], "content", row["content"]))
        found = tuple(_understood(h) for h in content["hits"])
        return replace(facts, query=understood(content["query"]), salt=content["salt"], found=found)


def must_keep(nothing: bool) -> None:
    """`Conflict` where nothing is to be kept: a hit that raises no alert would be one person's to forget."""
    if nothing:
        raise Conflict(
            "A hit raises an alert, which is the institution's record and kept; here nothing is to be"
            " kept. Screen without zero retention."
        )


def commitment_of(salt: bytes, query: Entity) -> bytes:
    """SHA-256 of the salt (32 bytes) and the query's fields in canonical JSON (RFC 8785)."""
    return hashlib.sha256(salt + canonical(told(query))).digest()


def _told(hit: Hit) -> dict[str, Any]:
    return {
        "list": str(hit.list.id), "entry": str(hit.entry_id), "match": match_told(hit.match)
    }  # fmt: skip


def _understood(kept: dict[str, Any]) -> KeptHit:
    match = match_understood(kept["match"])
    return KeptHit(UUID(kept["list"]), UUID(kept["entry"]), match.score, match)
