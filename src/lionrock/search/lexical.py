"""BM25 over index terms, one tantivy index a tenant (its document frequencies are the tenant's own).

The index is a cache of the database: it holds terms and ids, can be rebuilt at any time, and what it
returns is looked up again under row-level security before anyone sees it. Growth of a search: linear
in the postings of the question's terms; of an insert: amortised logarithmic (segment merges).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import tantivy

from lionrock.search.tokens import terms

FORMAT = "1"
"""Raised when terms or schema change: an index of another format is rebuilt."""
_MEMORY = 50_000_000
_MOST_QUESTION_TERMS = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage to be indexed; `heading` counts like text, at half weight."""

    passage_id: UUID
    version_id: UUID
    collection_id: UUID
    heading: str
    text: str


class LexicalIndex:
    """One tenant's index. Methods block for milliseconds: call them in a thread. One writer at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.fresh = self._prepare()
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._writer = self._index.writer(heap_size=_MEMORY, num_threads=1)
        # A cancelled caller leaves its thread at work: the next one, or close, waits for it.
        self._writing = threading.Lock()

    def _prepare(self) -> bool:
        """True when the directory holds no index of this format and was made anew."""
        mark = self._directory / "format"
        if mark.is_file() and mark.read_text() == FORMAT:
            return False
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(mode=0o700, parents=True)
        mark.write_text(FORMAT)
        return True

    def add(self, version_id: UUID, entries: Iterable[Entry]) -> None:
        """Replace a version's entries; visible to searches when this returns."""
        with self._writing:
            self._writer.delete_documents_by_term("version", version_id.hex)
            for entry in entries:
                self._writer.add_document(_document(entry))
            self._commit()

    def clear(self) -> None:
        with self._writing:
            self._writer.delete_all_documents()
            self._commit()

    def remove(self, version_id: UUID) -> None:
        with self._writing:
            self._writer.delete_documents_by_term("version", version_id.hex)
            self._commit()

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(
        self, question_terms: Sequence[str], limit: int, collections: Sequence[UUID] = ()
    ) -> list[tuple[UUID, float]]:
        """The best passages (id, BM25 score), best first."""
        unique = list(dict.fromkeys(question_terms))[:_MOST_QUESTION_TERMS]
        if not unique:
            return []
        schema = self._index.schema
        should = []
        for term in unique:
            body = tantivy.Query.term_query(schema, "body", term, "freq")
            heading = tantivy.Query.term_query(schema, "heading", term, "freq")
            should.append((tantivy.Occur.Should, body))
            should.append((tantivy.Occur.Should, tantivy.Query.boost_query(heading, 0.5)))
        query = tantivy.Query.boolean_query(should)
        if collections:
            chosen = tantivy.Query.term_set_query(
                schema, "collection", [c.hex for c in collections]
            )
            query = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, query),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(chosen, 0.0)),
                ]
            )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit).hits
        return [(UUID(hex=searcher.doc(address)["id"][0]), score) for score, address in hits]

    def frequencies(self, question_terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs: what a term is worth as evidence."""
        searcher = self._index.searcher()
        return {t: int(searcher.doc_freq("body", t)) for t in dict.fromkeys(question_terms)}

    def close(self) -> None:
        with self._writing:
            self._writer.wait_merging_threads()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", entry.passage_id.hex)
    document.add_text("version", entry.version_id.hex)
    document.add_text("collection", entry.collection_id.hex)
    document.add_text("heading", " ".join(terms(entry.heading)))
    document.add_text("body", " ".join(terms(entry.text)))
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("heading", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
