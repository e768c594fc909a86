"""Terms of a glossary in a segment, and the forms that its translation must have.

Longest match first, and what stands inside a longer term does not count, but tells which of the longer
one's forms is preferred: the one that says it too. English by words whatever their case, hyphens or plural;
acronyms only in capitals ("US" is not "us"); Chinese in both scripts.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from lionrock.documents.language import HAN, Language, to_simplified
from lionrock.search.glossary.expansion import folded
from lionrock.search.glossary.schemas import Entry, NewEntry

_WORD: Final = re.compile(r"[^\W_]+(?:(?:[.&+/]|['’](?!s\b))[^\W_]+)*\+?", re.IGNORECASE)
"""An owner's 's is no part of the word: "HKMA's" is the HKMA."""
_CHINESE: Final[tuple[Language, ...]] = ("zh-Hant", "zh-Hans", "yue")


@dataclass(frozen=True, slots=True)
class Term:
    """A term at `text[start:end]` of a source, and what may stand for it; the first form is preferred."""

    start: int
    end: int
    words: str
    forms: tuple[str, ...]

    @property
    def concept(self) -> frozenset[str]:
        """The same for all terms that the same forms may stand for."""
        return frozenset(self.forms)

    def met(self, target: str) -> bool:
        """Does any of the forms stand in `target`?"""
        return any(present(form, target) for form in self.forms)


class Termbase:
    """Entries ready for one direction. Time of a look: linear in the text, whatever their number."""

    def __init__(
        self, entries: Iterable[NewEntry | Entry], source: Language, into: Language
    ) -> None:
        self._words: defaultdict[tuple[str, ...], dict[str, list[str]]] = defaultdict(dict)
        self._han: defaultdict[str, list[str]] = defaultdict(list)
        for entry in entries:
            forms = _of(entry, into)
            for term in _of(entry, source) if forms else ():
                if HAN.search(term):
                    self._han[folded(term)] += forms
                elif key := tuple(w for w, _, _ in _words(term)):
                    self._words[key].setdefault(term, []).extend(forms)
        self._most_words = max(map(len, self._words), default=0)
        self._most_han = max(map(len, self._han), default=0)

    def terms(self, text: str) -> list[Term]:
        """The terms of `text`, in order."""
        found = [*self._in_words(text), *self._in_han(text)]
        kept: list[Term] = []
        for term in sorted(found, key=lambda t: (t.start - t.end, t.start)):
            if not any(term.start < k.end and k.start < term.end for k in kept):
                kept.append(term)
        return [_composed(term, found) for term in sorted(kept, key=lambda t: t.start)]

    def _in_words(self, text: str) -> Iterator[Term]:
        words = list(_words(text))
        for at in range(len(words)):
            for length in range(min(self._most_words, len(words) - at), 0, -1):
                part = words[at : at + length]
                said = text[part[0][1] : part[-1][2]]
                if forms := self._forms(tuple(w for w, _, _ in part), said):
                    yield Term(part[0][1], part[-1][2], said, forms)

    def _forms(self, key: tuple[str, ...], said: str) -> tuple[str, ...]:
        known = self._words.get(key) or self._words.get((*key[:-1], _singular(key[-1]))) or {}
        forms = [
            f
            for term, fs in known.items()
            if not _acronym(term) or term[:2] == said[:2]
            for f in fs
        ]
        return tuple(dict.fromkeys(forms))

    def _in_han(self, text: str) -> Iterator[Term]:
        if not self._most_han:
            return
        places = [i for i, c in enumerate(text) if not c.isspace()]
        bare = "".join(folded(text[i]) or "\0" for i in places)
        if len(bare) != len(places):  # a character that folds to several: ligatures, ㍿
            places, bare = list(range(len(text))), to_simplified(text.lower())
        for at in range(len(bare)):
            for length in range(min(self._most_han, len(bare) - at), 0, -1):
                if forms := self._han.get(bare[at : at + length]):
                    start, end = places[at], places[at + length - 1] + 1
                    yield Term(start, end, text[start:end], tuple(dict.fromkeys(forms)))


def _composed(term: Term, found: Iterable[Term]) -> Term:
    """The term, its forms that say most of the terms inside it first: where the source spells "Hong Kong
    Monetary Authority", 香港金融管理局 goes before 金管局, though the glossary names it second."""
    inner = [t for t in found if term.start <= t.start and t.end <= term.end and t != term]
    if not inner or len(term.forms) == 1:
        return term
    said = {form: sum(t.met(form) for t in inner) for form in term.forms}
    return replace(term, forms=tuple(sorted(term.forms, key=lambda form: -said[form])))


def missing(terms: Sequence[Term], target: str) -> list[Term]:
    """The terms of which no form stands in `target`, each once."""
    return list({t.concept: t for t in terms if not t.met(target)}.values())


def shortfall(terms: Sequence[Term], target: str) -> int:
    """How many times more often the terms stand in their source than their forms in `target`, a short
    name in brackets behind the long one ("Financial Stability Board (FSB)") aside. A pronoun may stand for
    a term, so that this is no fault; of two translations it tells the closer."""
    said = Counter(t.concept for t in terms[:1])
    for before, term in pairwise(terms):
        same = term.concept == before.concept and term.start - before.end <= len(" (")
        said[term.concept] += not same
    return sum(max(n - sum(_count(f, target) for f in forms), 0) for forms, n in said.items())


def present(form: str, target: str) -> bool:
    """Is the form in the target, whatever the white space, case of letters, hyphens and script? Letters
    are whole words, -s, -ed and -ing aside: "AI" is not in "said"."""
    return _count(form, target) > 0


def _count(form: str, target: str) -> int:
    if HAN.search(form):
        return folded(target).count(folded(form))
    pattern = rf"(?<![^\W_]){re.escape(_flat(form))}(?:e?s|e?d|ing)?(?![^\W_])"
    return len(re.findall(pattern, _flat(target), re.ASCII))


def replaced(text: str, terms: Sequence[Term]) -> str:
    """`text` with each term's preferred form in its place: how a model is led to use it. (Dinu, Mathur,
    Federico and Al-Onaizan, "Training Neural Machine Translation to Apply Terminology Constraints", ACL
    2019: the replaced source.)"""
    parts, at = [], 0
    for term in terms:
        parts += [text[at : term.start], term.forms[0]]
        at = term.end
    return "".join([*parts, text[at:]])


def _of(entry: NewEntry, language: Language) -> list[str]:
    """Its terms in the language; for Chinese those of the other scripts where it has none."""
    if language == "en" or entry.terms.get(language):
        return entry.terms.get(language, [])
    return next((entry.terms[k] for k in _CHINESE if entry.terms.get(k)), [])


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _WORD.finditer(text):
        yield match.group().lower().replace("’", "'"), match.start(), match.end()


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[-‐‑–\s]+", " ", text).lower().replace("’", "'").split())


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _acronym(term: str) -> bool:
    return len(term) <= 5 and term[:2].isupper()
