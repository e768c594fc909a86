"""Pairs mined from two documents: made, shown, accepted or refused by a person.

A mined term is sealed with the key of the document it stands in, is shown only to who may read both
documents, and goes with either of them. Nothing is searched with before someone accepted it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from lionrock.documents.language import Language, detect
from lionrock.documents.records import Records, there
from lionrock.errors import Conflict, InvalidInput, NotFound
from lionrock.kernel.access import readable_collections
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import ABSENT, require
from lionrock.kernel.events import Event, record
from lionrock.kernel.permissions import Permission as P
from lionrock.kernel.vault.service import Vault
from lionrock.search.glossary import queries
from lionrock.search.glossary.aligning import Part, align
from lionrock.search.glossary.mining import Pair, mine
from lionrock.search.glossary.schemas import (
    Candidate,
    Candidates,
    Decision,
    Entry,
    Imported,
    Mined,
    Mining,
    NewEntry,
)
from lionrock.search.glossary.service import GlossaryService

if TYPE_CHECKING:
    import asyncpg

_TABLE: Final = "glossary_candidates"
_MOST_PASSAGES: Final = 20_000


class CandidateService:
    def __init__(self, database: Database, vault: Vault, glossary: GlossaryService) -> None:
        self._database, self._vault, self._glossary = database, vault, glossary
        self._one = asyncio.Semaphore(1)

    async def mine(self, actor: Actor, wanted: Mining) -> Mined:
        """Align two documents and keep the pairs of terms they give. One at a time: it takes
        seconds of one processor for each hundred pages."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            await self._check(db, actor, wanted)
            sides = [await self._parts(db, actor, d) for d in (wanted.first, wanted.second)]
        async with self._one:
            aligned, pairs, turned = await asyncio.to_thread(_mined, *sides)
        documents = (wanted.second, wanted.first) if turned else (wanted.first, wanted.second)
        async with self._database.tenant_session(actor) as db:
            found = await self._keep(db, actor, documents, pairs)
            details = {"second": str(documents[1]), "found": found}
            await record(db, actor, Event.GLOSSARY_CANDIDATE_MINE, documents[0], details)
        return Mined(aligned=aligned, found=found)

    async def waiting(self, actor: Actor, *, limit: int = 200) -> Candidates:
        """Those that nobody decided on, the likeliest first, of documents that the actor may read."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(f"{queries.WAITING} LIMIT $3", actor.tenant_id, allowed, limit)
        records = Records(self._vault, actor.tenant_id)
        return Candidates(candidates=list(there(lambda row: _candidate(records, row), rows)))

    async def decide(self, actor: Actor, decision: Decision) -> Imported:
        """Accept candidates, which makes entries of them, or refuse them, for good."""
        require(actor, P.SEARCH_GLOSSARY_MANAGE)
        async with self._database.tenant_session(actor) as db:
            allowed = await readable_collections(db, actor)
            rows = await db.fetch(queries.CHOSEN, *(actor.tenant_id, allowed, decision.candidates))
            if len(rows) != len(set(decision.candidates)):
                raise NotFound(ABSENT)
            if any(row["state"] != "waiting" for row in rows):
                raise Conflict("Someone has decided on one of these already. Load the list again.")
            records = Records(self._vault, actor.tenant_id)
            chosen = list(there(lambda row: _candidate(records, row), rows))
            added: list[Entry] = []
            known = 0
            if decision.accept:
                added, known = await self._glossary.insert(db, actor, [_entry(c) for c in chosen])
            state = "accepted" if decision.accept else "refused"
            ids = [row["id"] for row in rows]
            await db.execute(queries.DECIDE, *(actor.tenant_id, ids, state, actor.id))
            event = (
                Event.GLOSSARY_CANDIDATE_ACCEPT
                if decision.accept
                else Event.GLOSSARY_CANDIDATE_REFUSE
            )
            await record(db, actor, event, ids[0], {"candidates": len(ids), "added": len(added)})
        return Imported(added=len(added), known=known, bad=[])

    async def _check(self, db: asyncpg.Connection, actor: Actor, wanted: Mining) -> None:
        if wanted.first == wanted.second:
            raise InvalidInput("first, second: one document twice. Name its translation.")
        allowed = await readable_collections(db, actor)
        both = [wanted.first, wanted.second]
        rows = await db.fetch(queries.SOURCES, actor.tenant_id, both, allowed)
        if len(rows) != len(both):
            raise NotFound(ABSENT)
        if any(row["zero_retention"] for row in rows):
            raise Conflict("One of these lies in a collection that keeps nothing made from it.")

    async def _parts(self, db: asyncpg.Connection, actor: Actor, document: UUID) -> list[Part]:
        rows = await db.fetch(
            f"{queries.PASSAGES} LIMIT {_MOST_PASSAGES}", actor.tenant_id, document
        )
        if not rows:
            raise Conflict("One of these documents has no text yet. Wait until it is read.")
        records = Records(self._vault, actor.tenant_id)
        return [part for parts in there(lambda row: _split(records, row), rows) for part in parts]

    async def _keep(
        self,
        db: asyncpg.Connection,
        actor: Actor,
        documents: tuple[UUID, UUID],
        pairs: Sequence[Pair],
    ) -> int:
        records = Records(self._vault, actor.tenant_id)
        allowed = await readable_collections(db, actor)
        rows = await db.fetch(queries.OF_PAIR, *(actor.tenant_id, allowed, *documents))
        known = {(c.first, c.second) for c in there(lambda r: _candidate(records, r), rows)}
        keys = [records.key(d) for d in documents]
        new = [p for p in pairs if (p.english, p.chinese) not in known]
        made = []
        for pair in new:
            id = uuid4()
            sealed = (
                keys[0].seal_text(_TABLE, id, "first_term", pair.english),
                keys[1].seal_text(_TABLE, id, "second_term", pair.chinese),
            )
            made.append((actor.tenant_id, id, *documents, *sealed, pair.score, pair.places))
        await db.executemany(queries.INSERT_CANDIDATE, made)
        return len(made)


def _split(records: Records, row: asyncpg.Record) -> list[Part]:
    """A passage's paragraphs; the number is of the first."""
    text, number = (records.passage_text(row, name, row["id"]) for name in ("text", "number"))
    lines = [line for line in text.split("\n") if line.strip()]
    return [Part(line, "" if n else number) for n, line in enumerate(lines)]


def _mined(first: Sequence[Part], second: Sequence[Part]) -> tuple[int, list[Pair], bool]:
    """How many passages were aligned, the pairs, and whether the second document is the English."""
    english = [detect("\n".join(p.text for p in side[:50])) == "en" for side in (first, second)]
    if english[0] == english[1]:
        raise InvalidInput("Terms are mined from one English and one Chinese document.")
    turned = english[1]
    texts = align(second, first) if turned else align(first, second)
    return len(texts), mine(texts), turned


def _candidate(records: Records, row: asyncpg.Record) -> Candidate:
    first = records.key(row["first_document"]).open_text(
        _TABLE, row["id"], "first_term", row["first_term"]
    )
    second = records.key(row["second_document"]).open_text(
        _TABLE, row["id"], "second_term", row["second_term"]
    )
    return Candidate(
        id=row["id"], first_document=row["first_document"],
        second_document=row["second_document"], first=first, first_language="en",
        second=second, second_language=_chinese(second), score=round(row["score"], 3),
        places=row["places"],
    )  # fmt: skip


def _chinese(term: str) -> Language:
    found = detect(term)
    return "zh-Hant" if found in ("en", "yue") else found


def _entry(candidate: Candidate) -> NewEntry:
    terms = {
        candidate.first_language: [candidate.first],
        candidate.second_language: [candidate.second],
    }
    return NewEntry(terms=terms)
