"""Which names of a document are screened, and where each stands. Pure.

Two ways find them: by their form, as `mentions` marks names; and by the lists, where a stretch of the
text brings a listed name to the threshold. What the first way already found a hit by, the second does
not say again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from lionrock.screening.documents.standing import Own, may_stand, stands
from lionrock.screening.entities import Entity
from lionrock.screening.mentions import Kind, Mention, mentions, to_screen
from lionrock.screening.registry.hits import Hit

LISTED: Final = "listed name"
"""The rule of a mention that the lists' names found."""
_AROUND: Final = 60
_BLANKS: Final = re.compile(r"\s+")
Pages = Sequence[tuple[int, str]]
Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class Asked:
    """A name to screen, and each place of the document that gives it."""

    entity: Entity
    places: tuple[Mention, ...]

    @property
    def kind(self) -> Kind:
        return next((p.kind for p in self.places if p.kind != "unknown"), "unknown")

    @property
    def listed(self) -> bool:
        """Found by the lists' names alone."""
        return all(p.rule == LISTED for p in self.places)


def by_form(pages: Pages) -> list[Asked]:
    return list(_asked(mentions(pages)))


def by_lists(
    page: int, text: str, stretches: Iterable[tuple[int, int]], own: Own
) -> Iterator[Mention]:
    """The stretches of a page's text that may name somebody, as mentions of a person or anything else."""
    for start, end in stretches:
        words = " ".join(text[start:end].split())
        if may_stand(words, own):
            yield Mention(page, start, end, words, "unknown", LISTED)


def listed(found: Sequence[Mention]) -> list[Asked]:
    """Those of `by_lists`, each name once."""
    return list(_asked(found))


def standing(asked: Asked, hits: Sequence[Hit], own: Own) -> list[Hit]:
    """The hits of a name; none of one that the lists found where no hit is written nearly as listed."""
    if not asked.listed:
        return list(hits)
    words = asked.entity.names[0].text
    return list(hits) if any(stands(words, hit.match, own) for hit in hits) else []


def told(found: Sequence[tuple[Asked, list[Hit]]]) -> list[tuple[Asked, list[Hit]]]:
    """In the order of the document, without what the lists' names found that says nothing new: no hit, or
    hits that a name found by its form has, at the same places."""
    own = [(asked, _pairs(hits)) for asked, hits in found if not asked.listed]
    at: dict[int, list[tuple[Mention, set[Pair]]]] = {}
    for asked, pairs in own:
        for place in asked.places:
            at.setdefault(place.page, []).append((place, pairs))
    kept = []
    for asked, hits in found:
        places = _said_nowhere(asked, _pairs(hits), at) if asked.listed else asked.places
        if places:
            kept.append((replace(asked, places=places), hits))
    return sorted(kept, key=lambda one: (one[0].places[0].page, one[0].places[0].start))


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after, blanks made single, some `_AROUND` characters of each."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if start > _AROUND and text[start - _AROUND - 1].isascii():
        before = before.partition(" ")[2] or before
    if end + _AROUND < len(text) and text[end + _AROUND].isascii():
        after = after.rpartition(" ")[0] or after
    return _BLANKS.sub(" ", before).lstrip(), _BLANKS.sub(" ", after).rstrip()


def _asked(found: Sequence[Mention]) -> Iterator[Asked]:
    for named in to_screen(found):
        yield Asked(replace(named.entity, id="query"), named.mentions)


def _pairs(hits: Collection[Hit]) -> set[Pair]:
    return {(hit.list.id, hit.entry_id) for hit in hits}


def _said_nowhere(
    asked: Asked, pairs: set[Pair], at: dict[int, list[tuple[Mention, set[Pair]]]]
) -> tuple[Mention, ...]:
    if not pairs:
        return ()
    return tuple(
        place
        for place in asked.places
        if not any(
            other.start < place.end and place.start < other.end and pairs <= known
            for other, known in at.get(place.page, ())
        )
    )
