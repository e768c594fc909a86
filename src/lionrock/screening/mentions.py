"""Names in a document: who and what its pages name, with page and place, for screening.

Rules only, and precision before recall: what is not marked as a name by its form, its title or its
surroundings is not found. A listed name that a document carries in some other form is found by looking
for the list's names in the text, not here. Pure: texts in, places out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lionrock.screening import mentions_chinese, mentions_latin
from lionrock.screening.entities import Entity, Name, Schema

Kind = Literal["person", "organisation", "unknown"]
_SCHEMAS: Final[dict[Kind, Schema]] = {
    "person": Schema.PERSON,
    "organisation": Schema.ORGANIZATION,
    "unknown": Schema.LEGAL_ENTITY,
}


@dataclass(frozen=True, slots=True)
class Mention:
    """`text` is characters [start, end) of page `page`'s text, blanks made single."""

    page: int
    start: int
    end: int
    text: str
    kind: Kind
    rule: str
    """What marked it as a name: "title", "legal form", "surname", "list", "capitals" …"""


@dataclass(frozen=True, slots=True)
class Named:
    """A name to screen, and each place that gives it."""

    entity: Entity
    mentions: tuple[Mention, ...]


def mentions(pages: Sequence[tuple[int, str]]) -> list[Mention]:
    """Candidate names of the (number, text) pages, in the order of the text, none within another.

    The words that the whole document writes in lower case tell its capitalised words from its names:
    give all pages of a document at once.
    """
    common = mentions_latin.common_words(text for _, text in pages)
    found: list[Mention] = []
    for number, text in pages:
        spans = [*mentions_latin.spans(text, common), *mentions_chinese.spans(text)]
        found += [
            Mention(number, s.start, s.end, _plain(text[s.start : s.end]), s.kind, s.rule)
            for s in _outermost(spans)
        ]
    return found


def to_screen(found: Sequence[Mention]) -> list[Named]:
    """Each name once, whatever the case of its letters; a Latin name and the Chinese one in brackets
    after it are one entity with both."""
    groups: dict[tuple[str, ...], list[Mention]] = {}
    for group in _pairs(found):
        key = tuple(m.text.casefold() for m in group)
        groups.setdefault(key, []).extend(group)
    return [_named(number, group) for number, group in enumerate(groups.values(), 1)]


def _pairs(found: Sequence[Mention]) -> Iterator[list[Mention]]:
    at = 0
    while at < len(found):
        pair = list(found[at : at + 2])
        if len(pair) == 2 and pair[1].rule == "brackets" and _adjacent(*pair):
            yield pair
        else:
            pair = pair[:1]
            yield pair
        at += len(pair)


def _adjacent(first: Mention, second: Mention) -> bool:
    return first.page == second.page and 0 < second.start - first.end <= 2


def _named(number: int, group: list[Mention]) -> Named:
    names = tuple(Name(text) for text in dict.fromkeys(m.text for m in group))
    kinds = [m.kind for m in group if m.kind != "unknown"]
    schema = _SCHEMAS[kinds[0] if kinds else "unknown"]
    return Named(Entity(id=f"mention:{number}", schema=schema, names=names), tuple(group))


def _outermost(spans: Sequence[mentions_latin.Span]) -> list[mentions_latin.Span]:
    """Without those that another covers; of equals the first."""
    kept: list[mentions_latin.Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.end > kept[-1].end:
            kept.append(span)
    return kept


def _plain(text: str) -> str:
    return " ".join(text.split())
