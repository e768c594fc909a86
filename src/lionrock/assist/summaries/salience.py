"""Which sentences say most: a linear score over centrality, place, heading and what the reader looks for.

Centrality is the mean similarity to the other sentences (tf-idf cosine): the first step of LexRank's
power iteration (Erkan and Radev 2004), which ranks nearly as the last does and costs time linear in
the document. A sentence like one that is chosen already loses by it: maximal marginal relevance
(Carbonell and Goldstein 1998).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lionrock.assist.summaries.candidates import Candidate
from lionrock.assist.summaries.choices import Reader
from lionrock.documents.figures import figures
from lionrock.documents.language import HAN
from lionrock.search.dates import dates
from lionrock.search.tokens import terms

Vector = Mapping[str, float]

CENTRAL, LEAD, PLACE, HEADING, SOUGHT, BACKWARD = 1.0, 1.0, 0.4, 0.2, 0.25, 0.3
"""Weights, set by hand; what each is worth on published summaries: docs/desk-summarise.md."""
RELEVANCE = 0.7
"""Of score against novelty, MMR's lambda."""

_BACKWARD = re.compile(
    r"^(?:this|these|those|that|it|its|they|their|he|she|such|however|therefore|thus|hence|moreover|furthermore"
    r"|in addition|also|for example|for instance|accordingly|otherwise|but|and|or)\b"
    r"|^(?:此外|然而|因此|故此|另外|同時|同时|其中|例如|由此|有鑑於此|有鉴于此|該等|该等|此等|這|这|其|佢|呢啲)",
    re.IGNORECASE,
)
_DECISION = re.compile(
    r"\b(?:must|shall|should|require[sd]?|approve[sd]?|decide[sd]?|recommend\w*|risk|deadline|increase[sd]?|decrease[sd]?)\b"
    r"|須|须|應當|应当|決定|决定|批准|建議|建议|風險|风险|限期|增加|減少|减少",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:announce[sd]?|launch\w*|introduce[sd]?|publish\w*|said|says|new|first)\b|公布|宣布|推出|發表|发表|首次|新",
    re.IGNORECASE,
)
_SHORT_WORDS, _SHORT_HAN = 25, 45


def rank(found: Sequence[Candidate], reader: Reader) -> dict[Candidate, Vector]:
    """Give every candidate its score; their vectors (tf-idf, length 1) come back."""
    vectors = _vectors(found)
    central = _centrality([vectors[c] for c in found])
    most = max(central, default=0.0) or 1.0
    for candidate, mean in zip(found, central, strict=True):
        candidate.score = (
            CENTRAL * mean / most
            + LEAD / (1 + candidate.place / 3)
            + PLACE / (1 + candidate.first)
            + HEADING * _of_heading(candidate)
            + SOUGHT * _sought(candidate.text, reader)
            - BACKWARD * bool(_BACKWARD.search(candidate.text))
        )
    return vectors


def similarity(a: Vector, b: Vector) -> float:
    """Cosine of two vectors of length 1."""
    if len(b) < len(a):
        a, b = b, a
    return sum(weight * b[term] for term, weight in a.items() if term in b)


def novel(
    candidate: Candidate, chosen: Iterable[Candidate], vectors: Mapping[Candidate, Vector]
) -> float:
    """Its marginal relevance: the score less its likeness to the nearest that is chosen."""
    near = max((similarity(vectors[candidate], vectors[c]) for c in chosen), default=0.0)
    return RELEVANCE * candidate.score - (1 - RELEVANCE) * 2 * near


def _vectors(found: Sequence[Candidate]) -> dict[Candidate, Vector]:
    within = Counter(term for c in found for term in c.terms)
    return {
        c: _unit({t: n * math.log(1 + len(found) / within[t]) for t, n in c.terms.items()})
        for c in found
    }


def _unit(weights: Mapping[str, float]) -> Vector:
    length = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {term: w / length for term, w in weights.items()}


def _centrality(vectors: Sequence[Vector]) -> list[float]:
    """Mean similarity of each to all others."""
    whole: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, weight in vector.items():
            whole[term] += weight
    others = max(1, len(vectors) - 1)
    return [(sum(w * whole[t] for t, w in v.items()) - 1) / others if v else 0.0 for v in vectors]


def _of_heading(candidate: Candidate) -> float:
    """The share of its headings' terms that it says."""
    above = set(terms(candidate.piece.passage.heading))
    return len(above & candidate.terms.keys()) / len(above) if above else 0.0


def _sought(text: str, reader: Reader) -> float:
    """From 0 to 1: has it what this reader looks for first?"""
    if reader is Reader.PLAIN:
        return float(len(text.split()) <= _SHORT_WORDS and len(HAN.findall(text)) <= _SHORT_HAN)
    if reader is Reader.PRESS:
        return (bool(_SAID.search(text)) + bool(dates(text.lower()))) / 2
    return (bool(_DECISION.search(text)) + bool(figures(text))) / 2
