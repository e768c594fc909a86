"""Is the question answered by the evidence? A calibrated decision (logistic regression), not an opinion.

Fitted on one set of questions and measured on another; weights and threshold are in `evidence.json`,
fitted by `bench/fit_evidence.py`. The probability is shown with the answer.
"""

from __future__ import annotations

import math

from lionrock.assist.evidence import Ranking, coefficients
from lionrock.assist.questions import Kind

FEATURES = (
    "centred", "meaning", "words", "reach", "kind", "same_language", "score", "gap", "coverage",
    "marked_kind", "stands_out",
)  # fmt: skip
_RIVAL = 5
_CROWD = 20


def features(ranking: Ranking) -> dict[str, float]:
    """What the decision looks at: the best candidate, and how far it stands above the others."""
    ranked = ranking.candidates
    best = ranked[0]
    same = best.features["same_language"]
    similarities = sorted((c.features["centred"] for c in ranked), reverse=True)[:_CROWD]
    rival = ranked[min(_RIVAL, len(ranked) - 1)]
    return {
        "centred": best.features["centred"],
        "meaning": best.features["meaning"],
        "words": best.features["words"] * same,
        "reach": best.features["reach"] * same,
        "kind": best.features["kind"],
        "same_language": same,
        "score": best.score,
        "gap": best.score - rival.score,
        "coverage": max(c.features["coverage"] for c in ranked[:3]),
        "marked_kind": best.features["kind"] * (ranking.kind not in (Kind.OTHER, Kind.YES_NO)),
        "stands_out": similarities[0] - sum(similarities) / len(similarities),
    }


def probability(ranking: Ranking) -> float:
    """That the best quotes answer the question; 0 without any."""
    if not ranking.candidates:
        return 0.0
    weights, values = coefficients()["answerable"], features(ranking)
    score = weights["bias"] + sum(weights[name] * values[name] for name in FEATURES)
    return 1 / (1 + math.exp(-score))


def threshold() -> float:
    return coefficients()["answerable"]["threshold"]
