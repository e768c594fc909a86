"""BM25 over index terms, one tantivy index a tenant (its document frequencies are the tenant's own).

The index is a cache of the database: it holds terms and ids, can be rebuilt at any time, and what it
returns is looked up again under row-level security before anyone sees it. Growth of a search: linear
in the postings of the question's terms; of an insert: amortised logarithmic (segment merges).
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import tantivy

from lionrock.search.figures import MARK, figure_terms
from lionrock.search.filters import Scope
from lionrock.search.journal import Journal
from lionrock.search.tokens import pairs, terms

FORMAT = "4"
"""Raised when terms or schema change: an index of another format is rebuilt."""
_MEMORY = 50_000_000
_MOST_QUESTION_TERMS = 64
_FIELDS = {"body": 1.0, "heading": 0.25}
_OF_PAIRS = 0.3
"""What a field counts, and two English words that stand together as in the question."""
_OF_FIGURES = 0.5
"""What a figure counts that the question tells too, however it is written there."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage to be indexed; `heading` counts like text, at a quarter of its weight."""

    passage_id: UUID
    version_id: UUID
    collection_id: UUID
    heading: str
    text: str
    language: str = ""


class LexicalIndex:
    """One tenant's index. Methods block for milliseconds: call them in a thread. One writer at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.fresh = self._prepare()
        self._index = tantivy.Index(_schema(), path=str(directory))
        self._writer = self._index.writer(heap_size=_MEMORY, num_threads=1)
        # A cancelled caller leaves its thread at work: the next one, or close, waits for it.
        self._writing = threading.Lock()
        self._journal = Journal(directory / "versions")
        if self._journal.unsure:
            self.remove(*self._journal.unsure)
        if self._journal.total != len(self):
            # One of the two was lost or put back from another time: start again.
            self.clear()

    def _prepare(self) -> bool:
        """True when the directory holds no index of this format and was made anew."""
        mark = self._directory / "format"
        if mark.is_file() and mark.read_text() == FORMAT:
            return False
        shutil.rmtree(self._directory, ignore_errors=True)
        self._directory.mkdir(mode=0o700, parents=True)
        mark.write_text(FORMAT)
        return True

    @property
    def editions(self) -> dict[UUID, int]:
        """What is indexed: each version, and which edition of it."""
        return self._journal.editions

    def add(self, version_id: UUID, entries: Iterable[Entry], edition: int = 0) -> None:
        """Replace a version's entries; visible to searches when this returns."""
        self.add_all([(version_id, edition, entries)])

    def add_all(self, versions: Sequence[tuple[UUID, int, Iterable[Entry]]]) -> None:
        """Replace the entries of several versions in one commit: of all of them or of none."""
        with self._writing:
            added: list[tuple[UUID, int, int]] = []
            self._journal.begin([version_id for version_id, _, _ in versions])
            for version_id, edition, entries in versions:
                self._writer.delete_documents_by_term("version", version_id.hex)
                count = 0
                for entry in entries:
                    self._writer.add_document(_document(entry))
                    count += 1
                added.append((version_id, edition, count))
            self._commit()
            self._journal.end(added=added)

    def clear(self) -> None:
        with self._writing:
            self._writer.delete_all_documents()
            self._commit()
            self._journal.clear()

    def remove(self, *version_ids: UUID) -> None:
        with self._writing:
            self._journal.begin(version_ids)
            for version_id in version_ids:
                self._writer.delete_documents_by_term("version", version_id.hex)
            self._commit()
            self._journal.end(removed=version_ids)

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(
        self,
        wanted: Sequence[str] | Mapping[str, float],
        limit: int,
        scope: Scope | None = None,
        figures: Sequence[str] = (),
    ) -> list[tuple[UUID, float]]:
        """The best passages (id, BM25 score), best first.

        Terms in the order of the question, so that neighbours count as a phrase too; or terms with
        weights, in no order. Of too many the rarest are looked for. `figures` by their names.
        """
        weights = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted, 1.0)
        kept = self._rarest(list(weights))
        if not kept and not figures:
            return []
        schema = self._index.schema
        should = []
        for term in kept:
            for field, share in _FIELDS.items():
                query = tantivy.Query.term_query(schema, field, term, "freq")
                boosted = tantivy.Query.boost_query(query, share * weights[term])
                should.append((tantivy.Occur.Should, boosted))
        for pair in [] if isinstance(wanted, Mapping) else self._rarest(pairs(wanted)):
            query = tantivy.Query.term_query(schema, "pairs", pair, "freq")
            should.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, _OF_PAIRS)))
        for name in figures[:_MOST_QUESTION_TERMS]:
            query = tantivy.Query.term_query(schema, "figures", MARK + name, "freq")
            should.append((tantivy.Occur.Should, tantivy.Query.boost_query(query, _OF_FIGURES)))
        query = tantivy.Query.boolean_query(should)
        if scope is not None:
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, query), *_narrowed(schema, scope)]
            )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit).hits
        return [(UUID(hex=searcher.doc(address)["id"][0]), score) for score, address in hits]

    def _rarest(self, wanted: Sequence[str]) -> list[str]:
        unique = list(dict.fromkeys(wanted))
        if len(unique) <= _MOST_QUESTION_TERMS:
            return unique
        often = self.frequencies(unique)
        return sorted(unique, key=lambda term: often[term] or len(self))[:_MOST_QUESTION_TERMS]

    def frequencies(self, question_terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs: what a term is worth as evidence."""
        searcher = self._index.searcher()
        return {t: int(searcher.doc_freq("body", t)) for t in dict.fromkeys(question_terms)}

    def close(self) -> None:
        with self._writing:
            self._writer.wait_merging_threads()


def _narrowed(schema: tantivy.Schema, scope: Scope) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    """What a passage must be to lie within the scope; scores stay as they are."""
    chosen = {"collection": [c.hex for c in scope.collections]}
    if scope.versions is not None:
        chosen["version"] = [v.hex for v in scope.versions]
    if scope.languages:
        chosen["language"] = list(scope.languages)
    excluded = tantivy.Query.term_set_query(schema, "version", [v.hex for v in scope.excluded])
    without = [(tantivy.Occur.MustNot, excluded)] if scope.excluded else []
    within = [
        (
            tantivy.Occur.Must,
            tantivy.Query.const_score_query(
                tantivy.Query.term_set_query(schema, name, values), 0.0
            ),
        )
        for name, values in chosen.items()
    ]
    return [*without, *within]


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", entry.passage_id.hex)
    document.add_text("version", entry.version_id.hex)
    document.add_text("collection", entry.collection_id.hex)
    document.add_text("language", entry.language)
    document.add_text("heading", " ".join(terms(entry.heading)))
    found = terms(entry.text)
    document.add_text("body", " ".join(found))
    document.add_text("pairs", " ".join(pairs(found)))
    document.add_text("figures", " ".join(figure_terms(f"{entry.heading}\n{entry.text}")))
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("version", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("collection", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("language", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("heading", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("figures", tokenizer_name="whitespace", index_option="freq")
    return builder.build()
