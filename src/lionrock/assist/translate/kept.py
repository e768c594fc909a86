"""Translations that people go on with: kept as they are made, then read, edited and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.assist.checks import told
from lionrock.assist.translate import queries
from lionrock.assist.translate.ladder import Direction, checked
from lionrock.assist.translate.memory.schemas import Pair
from lionrock.assist.translate.memory.service import Memory
from lionrock.assist.translate.schemas import Acceptance, Into, Origin, Segment, Segments
from lionrock.assist.translate.termbases import Termbases
from lionrock.documents.language import Language
from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault import scopes
from lionrock.kernel.vault.scopes import Scope
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = "translations"
SEGMENTS: Final = "translation_segments"
_ALL: Final = 2**31 - 1


class About(BaseModel):
    """What is sealed of a translation besides its segments."""

    model_config = ConfigDict(frozen=True)
    title: str
    version_id: UUID | None = None


class Of(NamedTuple):
    """A translation as it is worked on: whose, of what, and what opens it."""

    id: UUID
    document: UUID | None
    language: Language
    into: Language
    key: DataKey
    about: About


class Translations:
    """A translation is its member's own, as its run is."""

    def __init__(
        self, database: Database, vault: Vault, memory: Memory, termbases: Termbases
    ) -> None:
        self._database, self._vault = database, vault
        self.memory, self.termbases = memory, termbases

    async def begin(
        self, actor: Actor, run: UUID, about: About, language: Language, into: Language,
        document: UUID | None, segments: Sequence[Segment],
    ) -> Of:  # fmt: skip
        """Keep the source's segments, for the run `run` to fill. Part of that run, which is on record."""
        async with self._database.tenant_session(actor) as db:
            period = await db.fetchval(queries.KEY_PERIOD, actor.tenant_id, run)
            of = Of(
                run, document, language, into, self.key(actor.tenant_id, document, period), about
            )
            body = of.key.seal_text(TABLE, run, "body", about.model_dump_json())
            row = (actor.tenant_id, run, actor.id, document, language, into, body)
            await db.execute(queries.INSERT, *row)
            await db.executemany(
                queries.INSERT_SEGMENT,
                [(actor.tenant_id, run, s.number, _sealed(of, s)) for s in segments],
            )
        return of

    async def put(self, actor: Actor, of: Of, segment: Segment) -> None:
        """A segment as the run translated it."""
        async with self._database.tenant_session(actor) as db:
            await self._put(db, actor, of, segment)

    async def segments(
        self, actor: Actor, translation: UUID, *, start: int = 0, limit: int = _ALL
    ) -> Segments:
        require(actor, P.ASSIST_TRANSLATE_RUN)
        async with self._database.tenant_session(actor) as db:
            of = await self._of(db, actor, translation)
            rows = await db.fetch(queries.SEGMENTS, actor.tenant_id, of.id, start, limit)
            counts = await db.fetchrow(queries.COUNTS, actor.tenant_id, of.id)
        return Segments(
            translation=of.id, document_id=of.document, title=of.about.title,
            source_language=of.language, into=Into(of.into),
            segments=[opened(of, row) for row in rows], **dict(counts),
        )  # fmt: skip

    async def edit(self, actor: Actor, translation: UUID, number: int, target: str) -> Segment:
        """New words, checked again; accepted no more."""
        require(actor, P.ASSIST_TRANSLATE_RUN)
        async with self._database.tenant_session(actor) as db:
            of = await self._of(db, actor, translation)
            one = await self._edited(db, actor, of, number, target)
            await self._change(db, actor, of, one, Event.TRANSLATION_SEGMENT_EDIT, {})
        return one

    async def accept(
        self, actor: Actor, translation: UUID, number: int, given: Acceptance
    ) -> Segment:
        """Accept a segment, into the memory too. `Conflict` while its figures, dates or references differ
        from the source's and nobody has said why, and for one that is not translated."""
        require(actor, P.ASSIST_TRANSLATE_RUN)
        meant = " ".join(given.meant.split())
        async with self._database.tenant_session(actor) as db:
            of = await self._of(db, actor, translation)
            one = await self._edited(db, actor, of, number, given.target)
            if not one.target.strip() or one.origin is Origin.NONE:
                raise Conflict("This segment is not translated yet.")
            if one.binding and not meant:
                raise Conflict(
                    f"Not accepted: the translation differs from the source in {told(one.binding)}. "
                    "Mend it, or say why the difference is meant."
                )
            kept = one.model_copy(update={"accepted": True, "meant": meant if one.binding else ""})
            pair = Pair(
                source_language=of.language, into=of.into, source=one.source, target=one.target
            )
            await self.memory.keep(db, actor, pair, of.document)
            details = {"meant": bool(kept.meant), "failed": ",".join(c.name for c in one.binding)}
            await self._change(db, actor, of, kept, Event.TRANSLATION_SEGMENT_ACCEPT, details)
        return kept

    async def _edited(
        self, db: asyncpg.Connection, actor: Actor, of: Of, number: int, target: str | None
    ) -> Segment:
        row = await db.fetchrow(queries.SEGMENT, actor.tenant_id, of.id, number)
        if row is None:
            raise NotFound(ABSENT)
        one = opened(of, row)
        words = one.target if target is None else target.strip()
        origin = one.origin if words == one.target else Origin.PERSON
        way = Direction(of.language, of.into, await self.termbases.of(actor, of.language, of.into))
        again = {"accepted": False, "meant": "", "changed_at": datetime.now(UTC)}
        return checked(one, words, origin, way).model_copy(update=again)

    async def _change(
        self, db: asyncpg.Connection, actor: Actor, of: Of, one: Segment, event: Event,
        details: dict[str, object],
    ) -> None:  # fmt: skip
        await self._put(db, actor, of, one)
        await db.execute(queries.CHANGED, actor.tenant_id, of.id, one.number, actor.id)
        await record(db, actor, event, of.id, {"number": one.number, **details})

    async def _put(self, db: asyncpg.Connection, actor: Actor, of: Of, one: Segment) -> None:
        row = (actor.tenant_id, of.id, one.number, _sealed(of, one), one.accepted, not one.held)
        await db.execute(queries.PUT, *row)

    async def _of(self, db: asyncpg.Connection, actor: Actor, translation: UUID) -> Of:
        row = await db.fetchrow(queries.ONE, actor.tenant_id, translation, actor.id)
        if row is None:
            raise NotFound(ABSENT)
        return self.of(actor.tenant_id, row)

    def of(self, tenant: UUID, row: Any) -> Of:
        """A row of `translations` opened; `Erased` where its key is gone."""
        key = self.key(tenant, row["document_id"], row["key_period"])
        about = About.model_validate_json(key.open_text(TABLE, row["id"], "body", row["body"]))
        languages = row["source_language"], row["into_language"]
        return Of(row["id"], row["document_id"], *languages, key, about)

    def key(self, tenant: UUID, document: UUID | None, period: str) -> DataKey:
        scope = Scope("runs", period) if document is None else scopes.document(document)
        return self._vault.key(tenant, scope)


def opened(of: Of, row: Any) -> Segment:
    text = of.key.open_text(SEGMENTS, f"{of.id}:{row['number']}", "body", row["body"])
    return Segment.model_validate_json(text)


def _sealed(of: Of, one: Segment) -> bytes:
    return of.key.seal_text(SEGMENTS, f"{of.id}:{one.number}", "body", one.model_dump_json())
