"""Screening the names in a document: who and what its pages name, against the lists in use.

What is found is screened by name too, so that the hit is kept and raises an alert. A name without a hit
is not kept: the event has the SHA-256 of the document's bytes, and of which lists and engine it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from lionrock.documents.citations import Box
from lionrock.documents.parsed import ParsedPage
from lionrock.documents.schemas import Texts
from lionrock.documents.service import DocumentService
from lionrock.errors import Conflict, InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.screening.documents import names
from lionrock.screening.documents.progress import Stage, Tell, silent
from lionrock.screening.documents.standing import Own, own_words
from lionrock.screening.mentions import Kind, Mention
from lionrock.screening.registry import screener as searching
from lionrock.screening.registry.hits import Hit
from lionrock.screening.registry.registry import Registry
from lionrock.screening.registry.screener import Against
from lionrock.screening.registry.service import must_keep
from lionrock.screening.registry.states import State, applied

MOST_NAMES: Final = 20_000
"""Different names of one document: some minutes of work."""
_CHUNK: Final = 25
"""Names screened, and pages laid out, at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Characters [start, end) of page `page`'s text, on which they stand in `boxes`."""

    page: int
    start: int
    end: int
    text: str
    rule: str
    before: str
    after: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class ScreenedName:
    """A name with its spellings ("CHAN Tai Man" and "陳大文" behind it). `screening`: where its hits are
    kept; none without hits."""

    names: tuple[str, ...]
    kind: Kind
    places: tuple[Place, ...]
    hits: list[Hit]
    screening: UUID | None = None


@dataclass(frozen=True, slots=True)
class Screened:
    """`names` in the order of the document; hits are on record and raised alerts."""

    document_id: UUID
    version_id: UUID
    document: str
    pages: int
    names: list[ScreenedName]
    state: State

    @property
    def hits(self) -> list[ScreenedName]:
        return [name for name in self.names if name.hits]


Found = list[tuple[names.Asked, list[Hit]]]


class DocumentScreening:
    def __init__(self, database: Database, documents: DocumentService, registry: Registry) -> None:
        self._database, self._documents, self._registry = database, documents, registry

    async def run(self, actor: Actor, document_id: UUID, tell: Tell = silent) -> Screened:
        """Screen every name of a document that the actor may read, telling `tell` how far it is.

        `NotFound` for one that is not theirs to read; `Conflict` for one without pages, where no list is
        in use, or where nothing of it is to be kept; `InvalidInput` beyond `MOST_NAMES`. Growth: linear in
        pages, and in different names.
        """
        require(actor, P.SCREENING_NAME_SCREEN)
        texts = await self._documents.texts(actor, document_id)
        must_keep(actor.zero_retention or texts.zero_retention)
        async with self._database.tenant_session(actor) as db:
            state = await applied(db, actor.tenant_id)
        if not state.lists:
            raise Conflict("There is no list to screen against: import one first.")
        tell(Stage.LISTS, 0, 0)
        async with self._registry.screener.against(actor, state) as against:
            own = own_words(text for _, text in texts.pages)
            asked = await self._asked(texts, against, own, tell)
            hits = await self._hits(actor, against, asked, tell)
            found = names.told([(one, names.standing(one, its, own)) for one, its in hits])
        kept = await self._kept(actor, texts, state, found, tell)
        return Screened(
            texts.document_id, texts.version_id, texts.document, len(texts.pages),
            await self._placed(actor, texts, found, kept), state,
        )  # fmt: skip

    async def _asked(
        self, texts: Texts, against: Against, own: Own, tell: Tell
    ) -> list[names.Asked]:
        tell(Stage.PAGES, 0, len(texts.pages))
        asked = await asyncio.to_thread(names.by_form, texts.pages)
        lowest = against.state.lowest(self._registry.screener.engine.threshold)
        found: list[Mention] = []
        for done, (number, text) in enumerate(texts.pages):
            tell(Stage.PAGES, done, len(texts.pages))
            stretches = await asyncio.to_thread(against.index.mentions, text, threshold=lowest)
            found += names.by_lists(number, text, stretches, own)
        asked += names.listed(found)
        if len(asked) > MOST_NAMES:
            raise InvalidInput(
                f"{texts.document} holds {len(asked):,} names, more than {MOST_NAMES:,}: screen it as a"
                " file of names."
            )
        return asked

    async def _hits(
        self, actor: Actor, against: Against, asked: Sequence[names.Asked], tell: Tell
    ) -> Found:
        found: Found = []
        for start in range(0, len(asked), _CHUNK):
            tell(Stage.NAMES, start, len(asked))
            chunk = asked[start : start + _CHUNK]
            queries = [searching.Asked(one.entity) for one in chunk]
            async with self._database.tenant_session(actor) as db:
                hits = await self._registry.screener.hits(db, actor.tenant_id, against, queries)
            found += zip(chunk, hits, strict=True)
        return found

    async def _kept(
        self, actor: Actor, texts: Texts, state: State, found: Found, tell: Tell
    ) -> dict[Mention, UUID]:
        """The document's event; then of each name with hits, by its first place, its screening."""
        hit, engine = [asked for asked, hits in found if hits], self._registry.screener.engine
        details = {
            "kind": "document", "lists": len(state.lists), "hits": sum(len(h) for _, h in found),
            "names": len(found), "pages": len(texts.pages), "state": state.digest(engine),
            "engine": engine.version, "sha256": texts.sha256,
        }  # fmt: skip
        async with self._database.tenant_session(actor) as db:
            await record(db, actor, Event.SCREENING_NAME_SCREEN, uuid4(), details)
        kept = {}
        for done, asked in enumerate(hit):
            tell(Stage.KEEPING, done, len(hit))
            run = await self._registry.screening.run(actor, asked.entity, kind="document")
            kept[asked.places[0]] = run.id
        return kept

    async def _placed(
        self, actor: Actor, texts: Texts, found: Found, kept: dict[Mention, UUID]
    ) -> list[ScreenedName]:
        places = await self._places(actor, texts, [p for asked, _ in found for p in asked.places])
        return [
            ScreenedName(
                tuple(name.text for name in asked.entity.names), asked.kind,
                tuple(places[place] for place in asked.places), hits, kept.get(asked.places[0]),
            )
            for asked, hits in found
        ]  # fmt: skip

    async def _places(
        self, actor: Actor, texts: Texts, found: Sequence[Mention]
    ) -> dict[Mention, Place]:
        by_page: dict[int, list[Mention]] = {}
        for mention in found:
            by_page.setdefault(mention.page, []).append(mention)
        numbers, words, places = sorted(by_page), dict(texts.pages), {}
        for start in range(0, len(numbers), _CHUNK):
            some = numbers[start : start + _CHUNK]
            layouts = await self._documents.layouts(actor, texts.document_id, some)
            for m in (m for number in some for m in by_page[number]):
                page = layouts.get(m.page)
                boxes = _boxes(page, m) if page else ()
                before, after = names.around(words[m.page], m.start, m.end)
                places[m] = Place(m.page, m.start, m.end, m.text, m.rule, before, after, boxes)
        return places


def _boxes(page: ParsedPage, mention: Mention) -> tuple[Box, ...]:
    return tuple(
        Box(**{side: round(value, 4) for side, value in box._asdict().items()})
        for box in page.boxes(mention.start, mention.end)
    )
