"""Terms of a glossary found in a question, and the other terms that are then looked for too.

Longest match first; both scripts folded, English words by their stems. What is found is searched as well
in the entry's other languages; variants of the question's own language count half.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from lionrock.documents.language import HAN, Language, to_simplified
from lionrock.search.glossary.schemas import Entry
from lionrock.search.tokens import terms

SAME_LANGUAGE: Final = 0.5
_MOST_SEARCHED: Final = 12


class Used(BaseModel):
    """An entry that a question used: the term as it stands there, and what was searched with it."""

    model_config = ConfigDict(frozen=True)
    entry: UUID
    found: str
    language: Language
    also: list[str]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a glossary adds to a question: index terms with weights, by English and Chinese text."""

    used: tuple[Used, ...] = ()
    english: Mapping[str, float] | None = None
    chinese: Mapping[str, float] | None = None

    def of(self, *, chinese: bool) -> Mapping[str, float]:
        return (self.chinese if chinese else self.english) or {}


NOTHING: Final = Expansion()


class Lexicon:
    """A tenant's entries, ready for matching. Time of a match: linear in the question, whatever the
    number of entries."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._words: defaultdict[tuple[str, ...], list[tuple[Entry, Language, str]]] = defaultdict(
            list
        )
        self._han: defaultdict[str, list[tuple[Entry, Language, str]]] = defaultdict(list)
        for entry in entries:
            for language, variants in entry.terms.items():
                for term in variants:
                    self._add(entry, language, term)
        self._most_words = max(map(len, self._words), default=0)
        self._most_han = max(map(len, self._han), default=0)

    def _add(self, entry: Entry, language: Language, term: str) -> None:
        where = (entry, language, term)
        if HAN.search(term):
            self._han[folded(term)].append(where)
        elif key := tuple(terms(term)):
            self._words[key].append(where)

    def expand(self, *questions: str) -> Expansion:
        """What the entries add to the question, given in one or more writings (as asked, and as
        written Chinese)."""
        found: dict[tuple[UUID, str], tuple[Entry, Language, str]] = {}
        for question in questions:
            for where in (*self._in_words(terms(question)), *self._in_han(folded(question))):
                found.setdefault((where[0].id, where[2]), where)
        return _expansion(list(found.values()))

    def _in_words(self, words: Sequence[str]) -> Iterable[tuple[Entry, Language, str]]:
        at = 0
        while at < len(words):
            for length in range(min(self._most_words, len(words) - at), 0, -1):
                if hits := self._words.get(tuple(words[at : at + length])):
                    yield from hits
                    break
            else:
                length = 1
            at += length

    def _in_han(self, text: str) -> Iterable[tuple[Entry, Language, str]]:
        at = 0
        while at < len(text):
            for length in range(min(self._most_han, len(text) - at), 0, -1):
                if hits := self._han.get(text[at : at + length]):
                    yield from hits
                    break
            else:
                length = 1
            at += length


def folded(text: str) -> str:
    """As Chinese is compared: one script, one width, one case, without white space."""
    return to_simplified("".join(unicodedata.normalize("NFKC", text).lower().split()))


def _expansion(found: Sequence[tuple[Entry, Language, str]]) -> Expansion:
    weights: tuple[dict[str, float], dict[str, float]] = ({}, {})
    used: list[Used] = []
    for entry, language, term in found:
        also: list[str] = []
        for other, variants in entry.terms.items():
            weight = SAME_LANGUAGE if (other == "en") == (language == "en") else 1.0
            for variant in variants[:_MOST_SEARCHED]:
                if folded(variant) == folded(term):
                    continue
                also.append(variant)
                of = weights[other != "en"]
                for t in terms(variant):
                    of[t] = max(of.get(t, 0.0), weight)
        if also:
            used.append(Used(entry=entry.id, found=term, language=language, also=also))
    return Expansion(tuple(used), weights[0], weights[1]) if used else NOTHING
