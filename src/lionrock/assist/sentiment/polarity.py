"""What the opinion words of a text say together: good, bad, in between, with what turns and weighs them.

After the rules of Taboada et al., "Lexicon-Based Methods for Sentiment Analysis" (Computational
Linguistics 37(2), 2011): a negator turns the next opinion, an intensifier or a diminisher weighs it. What
rises and falls counts by what it is (profit or loss), as in Malo et al., "Good debt or bad debt" (JASIST
65(4), 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from lionrock.assist.sentiment.comparisons import compared
from lionrock.assist.sentiment.words import Match, Phrases, Unit, listed

_VALUES: Final = {"best": 2.0, "good": 1.0, "bad": -1.0, "worst": -2.0}
_BLAME: Final = 1.5
"""People praise more readily than they blame, so that blame weighs half as much again (Taboada et al.)."""
_TURNED: Final = -0.5
"""Not bad is less than good."""
_WEIGHTS: Final = {"very": 1.5, "slightly": 0.5}
_REACH: Final = 4
"""Units between a word and what turns or weighs it, an end of sentence never among them."""
_SUBJECT: Final = 12
"""Units between what changes and how."""
_STOPS: Final = frozenset("。！？!?；;.,，")


@dataclass(slots=True)
class Reading:
    """Weighed sums and counts of one stretch of text."""

    good: float = 0.0
    bad: float = 0.0
    fair: int = 0
    turned: int = 0
    but: int = 0
    rising: float = 0.0
    """Changes for the better less those for the worse."""
    moves: int = 0
    opinions: list[tuple[Match, float]] = field(default_factory=list)

    @property
    def score(self) -> float:
        """From -1, all bad, to 1, all good; words in between draw it towards 0."""
        total = self.good + self.bad + abs(self.rising)
        return (self.good - self.bad + self.rising) / (total + 0.5 * self.fair + 1.0)


@cache
def _phrases() -> Phrases:
    return Phrases(listed("polarity.en", "polarity.zh", "polarity.yue"))


def matches(units: Sequence[Unit]) -> list[Match]:
    return list(_phrases().find(units))


def read(units: Sequence[Unit], found: Sequence[Match]) -> Reading:
    """What `found`, the matches in `units` or in a stretch of them, say."""
    reading, pairs = Reading(), compared(units, found)
    told = {n for n, m in enumerate(found) if any(p.first <= m.first < p.last for p in pairs)}
    changes = {n: subject for n, subject in _changes(found).items() if n not in told}
    # What changes, and how, is told by the two together: "losses fell" is no bad word and a good one.
    bound = told.union(*((n, m) for n, m in changes.items() if m is not None))
    for place, match in enumerate(found):
        kinds = match.kinds
        value = next((_VALUES[k] for k in kinds if k in _VALUES), None)
        if value is not None and place not in bound:
            weighed, turned = _weighed(units, found, place, value)
            reading.turned += turned
            reading.good += max(weighed, 0.0)
            reading.bad += _BLAME * max(-weighed, 0.0)
            reading.opinions.append((match, weighed))
        reading.fair += "fair" in kinds
        reading.but += "but" in kinds
    for place, subject in changes.items():
        direction = 1.0 if "up" in found[place].kinds else -1.0
        worse = subject is not None and "cost" in found[subject].kinds
        reading.rising += direction * (0.3 if subject is None else -1.0 if worse else 1.0)
    reading.rising += sum(pair.better for pair in pairs)
    reading.moves = len(changes) + len(pairs)
    return reading


def _changes(found: Sequence[Match]) -> dict[int, int | None]:
    """Places of the words of change, each with that of the nearest thing that changes; None where there
    is none, and the word says little."""
    subjects = [n for n, m in enumerate(found) if "gain" in m.kinds or "cost" in m.kinds]
    changes: dict[int, int | None] = {}
    for place, match in enumerate(found):
        if "up" in match.kinds or "down" in match.kinds:
            near = [
                (abs(found[n].first - match.first), n)
                for n in subjects
                if n != place and abs(found[n].first - match.first) <= _SUBJECT
            ]
            changes[place] = min(near)[1] if near else None
    return changes


def _weighed(
    units: Sequence[Unit], found: Sequence[Match], place: int, value: float
) -> tuple[float, bool]:
    """The word's value by what stands before it, and whether that turned it."""
    turned = False
    match = found[place]
    for before in found[max(0, place - 3) : place][::-1]:
        if not _reaches(units, before, match, _REACH):
            break
        if "not" in before.kinds and not turned:
            value, turned = value * _TURNED, True
        for kind, weight in _WEIGHTS.items():
            if kind in before.kinds and before.last == match.first:
                value *= weight
    return value, turned


def _reaches(units: Sequence[Unit], before: Match, after: Match, most: int) -> bool:
    between = units[before.last : after.first]
    return len(between) <= most and not any(u.text in _STOPS for u in between)
