"""A parsed version into the database: its pages, passages and sentences, sealed, in one transaction."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID, uuid4

from lionrock.documents import queries, standing
from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.passages import Passage, passages
from lionrock.documents.read_pages import Lost
from lionrock.documents.records import Records, row_name, sealed_page
from lionrock.documents.sentences import quotable
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault.sealing import DataKey
from lionrock.kernel.vault.service import Vault

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
_AT_ONCE: Final = 200
"""Rows sealed together, off the loop: a long document has a hundred thousand."""


async def keep(
    database: Database, vault: Vault, actor: Actor, version: asyncpg.Record,
    parsed: ParsedDocument, worker: UUID,
) -> None:  # fmt: skip
    """Keep it whole and take the version to its next state. Raises `Lost` if it is not the worker's."""
    tenant, version_id = actor.tenant_id, version["id"]
    made = await asyncio.to_thread(passages, parsed)
    key = Records(vault, tenant).key(version["document_id"])
    title = key.seal_text("versions", version_id, "title", parsed.title[:300])
    async with database.tenant_session(actor) as db:
        advanced = await db.execute(
            queries.PARSED,
            *(tenant, version_id, title, parsed.media_type, _language(made)),
            *(parsed.reading_copy is not None, len(made), worker),
        )
        if advanced != "UPDATE 1":
            raise Lost
        await db.execute(queries.DELETE_READ, tenant, version_id)
        await _insert(
            db, queries.INSERT_PAGE, parsed.pages,
            lambda page: [(tenant, version_id, *sealed_page(key, version_id, page))],
        )  # fmt: skip
        await _keep_passages(db, actor, version, key, made)
        of = (tenant, version["document_id"], version_id)
        await standing.keep(db, vault, *of, parsed, made)


def _language(made: Sequence[Passage]) -> str:
    """The language that most of the text is in."""
    languages = Counter[str]()
    for passage in made:
        languages[passage.language] += len(passage.text)
    return languages.most_common(1)[0][0] if made else ""


async def _keep_passages(
    db: asyncpg.Connection, actor: Actor, version: asyncpg.Record, key: DataKey,
    made: Sequence[Passage],
) -> None:  # fmt: skip
    tenant, of = actor.tenant_id, (version["id"], version["collection_id"])
    named = [(uuid4(), passage) for passage in made]

    def passage_row(one: tuple[UUID, Passage]) -> list[tuple[Any, ...]]:
        id, p = one
        return [
            (tenant, id, *of, p.ordinal, p.kind)
            + (key.seal_text("passages", id, "number", p.number),)
            + (key.seal_text("passages", id, "heading", p.heading), p.language)
            + (key.seal_text("passages", id, "text", p.text),)
            + ([n for s in p.slices for n in (s.page, s.start, s.end)],)
        ]

    def sentence_rows(one: tuple[UUID, Passage]) -> list[tuple[Any, ...]]:
        id, p = one
        return [
            (tenant, id, q.start, q.end, *of, p.language != "en")
            + (key.seal_text("sentences", row_name(id, q.start), "lead", q.lead),)
            for q in quotable(p.text, p.heading, row=p.kind == "row")
        ]

    await _insert(db, queries.INSERT_PASSAGE, named, passage_row)
    await _insert(db, queries.INSERT_SENTENCE, named, sentence_rows)


async def _insert(
    db: asyncpg.Connection, query: str, of: Sequence[T], rows: Callable[[T], list[tuple[Any, ...]]]
) -> None:
    """Insert the rows of each, some at a time."""
    for some in _batches(of):
        sealed = await asyncio.to_thread(lambda: [row for one in some for row in rows(one)])  # noqa: B023
        await db.executemany(query, sealed)


def _batches(of: Sequence[T]) -> Iterator[list[T]]:
    rest = iter(of)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
