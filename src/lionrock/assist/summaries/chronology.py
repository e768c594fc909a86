"""Dated statements in order of their dates, read in whatever form they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lionrock.assist.reading import Piece
from lionrock.assist.summaries.candidates import Candidate
from lionrock.search.dates import dates

_SHORTEST = 20
_MONTH_ALONE = re.compile(
    r"\b(?:january|february|march|april|in may|june|july|august|september|october|november|december)\b"
    r"|[\d一二三四五六七八九十]月"
)


@dataclass(frozen=True, slots=True)
class Event:
    date: str
    """2026-11-23, or 2026-11 where no day is told."""
    candidate: Candidate


def events(pieces: Sequence[Piece], found: Sequence[Candidate]) -> tuple[list[Event], int]:
    """Every sentence and table row whose first date is of a known year, in order of these dates; and how
    many were left out because a day or month without its year comes first.

    A row's score is that of the lowest sentence: it is shown where there is room.
    """
    known = {(c.piece.passage.id, c.piece.end): c for c in found}
    least = min((c.score for c in found), default=0.0)
    told: list[Event] = []
    left_out = 0
    for piece in pieces:
        low = piece.text.lower()
        first = next(iter(dates(low)), None) if len(low) >= _SHORTEST else None
        if first is None:
            continue
        if first.name.startswith("--") or _MONTH_ALONE.search(low[: first.start]):
            left_out += 1
            continue
        place = (piece.passage.id, piece.end)
        told.append(Event(first.name, known.get(place) or Candidate(piece, 0, score=least)))
    return sorted(told, key=lambda e: e.date), left_out


def foremost(found: Sequence[Event], most: int) -> list[Event]:
    """At most `most` of them, those that say most, in order."""
    best = sorted(found, key=lambda e: -e.candidate.score)[:most]
    return [event for event in found if event in best]
