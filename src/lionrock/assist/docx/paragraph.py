"""A paragraph as text with marks: what is numbered, what keeps its place without a mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from typing import Any

from lionrock.assist.docx.formats import has, look
from lionrock.assist.docx.inline import Anchor, Mark, Words, atoms
from lionrock.assist.docx.leaves import Pair
from lionrock.assist.docx.marks import mark, span

_WHITE = re.compile(r"^(\s+)|(\s+)$")

Around = tuple[Pair, ...]


_Look = tuple[bytes, Around]
_USUAL: _Look = (b"", ())


@dataclass(slots=True, eq=False)
class Span:
    """Words that look other than most around them."""

    words: list[Words]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(slots=True)
class Paragraph:
    """`anchors` show nothing; `lead` and `tail` stay at the ends; `inner` is what the text tells of.

    `around` are the pairs around all of it. `things`, `pairs` and `spans` go by number.
    """

    anchors: list[Anchor]
    around: Around
    lead: list[Words | Mark]
    inner: list[Words | Mark]
    tail: list[Words | Mark]
    things: dict[int, Mark] = field(default_factory=dict)
    pairs: dict[int, Pair] = field(default_factory=dict)
    spans: dict[int, Span] = field(default_factory=dict)
    usual: dict[Around, Any | None] = field(default_factory=dict)
    """The properties that most words have, by the pairs around them."""

    def text(self, *, formats: bool = False) -> str:
        """With the marks that must come back; with `formats`, those of the spans too."""
        return _told(self, self.inner, len(self.around), formats)


def paragraph(element: Any) -> Paragraph:
    """Take a paragraph (`w:p`) apart. Its elements are shared, not copied."""
    found = atoms(element)
    shown = [part for atom in found if not isinstance(atom, Anchor) for part in _parted(atom)]
    around = _around(shown)
    lead = list(takewhile(lambda atom: _keeps_place(atom, around), shown))
    rest = shown[len(lead) :]
    tail = list(takewhile(lambda atom: _keeps_place(atom, around), reversed(rest)))[::-1]
    inner = rest[: len(rest) - len(tail)]
    made = Paragraph(
        [atom for atom in found if isinstance(atom, Anchor)], around, lead, inner, tail
    )
    _number(made)
    return made


def _around(shown: Sequence[Words | Mark]) -> Around:
    if not shown:
        return ()
    first, *others = (atom.pairs for atom in shown)
    return tuple(takewhile(lambda pair: all(pair in pairs for pairs in others), first))


def _keeps_place(atom: Words | Mark, around: Around) -> bool:
    if atom.pairs != around:
        return False
    return atom.implied if isinstance(atom, Mark) else not atom.text.strip()


def _parted(atom: Words | Mark) -> list[Words | Mark]:
    """White space at either end of words set apart from them."""
    if isinstance(atom, Mark):
        return [atom]
    parts = _WHITE.split(atom.text)
    return [Words(part, atom.properties, atom.pairs) for part in parts if part]


def _number(made: Paragraph) -> None:
    count = 0
    for atom in made.inner:
        for pair in atom.pairs[len(made.around) :]:
            if pair not in made.pairs.values():
                made.pairs[count := count + 1] = pair
        if isinstance(atom, Mark):
            made.things[count := count + 1] = atom
    looks = _looks(made)
    for (odd, _), group in groupby(made.inner, key=lambda atom: looks.get(id(atom), _USUAL)):
        if odd:
            made.spans[count := count + 1] = Span([a for a in group if isinstance(a, Words)])


def _looks(made: Paragraph) -> dict[int, _Look]:
    """By atom, the look of words that are not as most around them; white space goes with its like."""
    words = [atom for atom in made.inner if isinstance(atom, Words)]
    letters: dict[Around, Counter[bytes]] = {}
    for word in words:
        counts = letters.setdefault(word.pairs, Counter())
        counts[look(word.properties)] += len(word.text.strip())
    usual = {pairs: counts.most_common(1)[0][0] for pairs, counts in letters.items()}
    for word in words:
        if look(word.properties) == usual[word.pairs]:
            made.usual.setdefault(word.pairs, word.properties)
    found: dict[int, _Look] = {}
    for word in words:
        own = look(word.properties)
        if own != usual[word.pairs] and not _is_blank(word):
            found[id(word)] = (own or b"plain", word.pairs)
    for before, blank_word, after in zip(words, words[1:], words[2:], strict=False):
        beside = found.get(id(before))
        if _is_blank(blank_word) and beside and found.get(id(after)) == beside:
            found[id(blank_word)] = beside
    return found


def _is_blank(word: Words) -> bool:
    """White space that shows no format; an underlined blank is one to fill in."""
    return not word.text.strip() and not has(word.properties, "u")


def _told(made: Paragraph, inner: Sequence[Words | Mark], depth: int, formats: bool) -> str:
    parts = []
    for pair, group in groupby(inner, key=lambda atom: atom.pairs[depth : depth + 1]):
        held = list(group)
        if pair:
            number = next(n for n, p in made.pairs.items() if p is pair[0])
            parts.append(span(number, _told(made, held, depth + 1, formats)))
        else:
            parts.append(_flat(made, held, formats))
    return "".join(parts)


def _flat(made: Paragraph, held: Sequence[Words | Mark], formats: bool) -> str:
    numbers = {id(atom): n for n, atom in made.things.items()}
    spans = {id(word): n for n, s in made.spans.items() for word in s.words} if formats else {}
    parts = []
    for number, group in groupby(held, key=lambda atom: spans.get(id(atom))):
        text = "".join(
            mark(numbers[id(atom)]) if isinstance(atom, Mark) else atom.text for atom in group
        )
        parts.append(text if number is None else span(number, text))
    return "".join(parts)
