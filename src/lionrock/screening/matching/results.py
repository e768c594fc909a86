"""What a comparison says: a score, and each feature's evidence for or against it."""

from __future__ import annotations

from dataclasses import dataclass

from lionrock.screening.entities import Name


@dataclass(frozen=True, slots=True)
class Evidence:
    """One feature's word on a pair. `weight` is in bits: log2 of how much likelier the two are the same.

    `query` and `listed` are the parts compared, as written. `words` is an English sentence with both
    filled in; `feature` names the sentence, so that a page can say it in another language.
    """

    feature: str
    weight: float
    query: str
    listed: str
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """A query against one listed entity, by their best pair of names."""

    entity_id: str
    score: float
    """Calibrated, in (0, 1): never exactly 1, so that better matches rank above good ones."""
    query_name: Name
    listed_name: Name
    evidence: tuple[Evidence, ...]
    """Strongest first. Their weights and the constant of `scoring` add up to the score's log-odds."""
