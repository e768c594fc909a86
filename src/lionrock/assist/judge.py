"""A model weighs which quote states the answer; its log-odds are features, not a verdict.

Asked yes or no, a small model says yes. How much likelier it finds "yes" than "no" on the first token
orders the quotes of one question well, and those of two questions badly: one question's right quote has
the odds of another's wrong one. So each quote's odds are read against those of the other quotes, beside
two more readings: which quote the model picks when it sees them all, and the ranker's score. A logistic
regression fitted for that model (`bench/fit_judge.py`) makes a probability of them. On 57 development
questions about regulation it parts right quotes from wrong with AUC 0.84 (cross-validated by question);
the odds alone and the distance behind the first with 0.78 (design/2026-11-22-answering.md). A model
that was not measured is not asked: the ranker's evidence decides.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from lionrock.assist.evidence import coefficients
from lionrock.assist.model import first_token, likeliest
from lionrock.assist.schemas import Quote
from lionrock.kernel.capabilities import RunContext

MOST_JUDGED: Final = 6

_SYSTEM = "You check whether a quote states the answer to a question. Reply with yes or no only."
_PICKING = "You find the quote that states the answer to a question."
_YES, _NO = ("yes", "是"), ("no", "否", "不")
_LEAST_PICK, _MOST_PICK = -6.0, 1.0
"""A right quote is seldom picked with more; so bounded, a pick that cannot change the outcome is not asked
for, which is half of them."""
_FLAT = 30.0
"""Beyond it the logistic function is flat, and its exponential may overflow."""
_LONGEST_QUOTE = 500
_LONGEST_OF_SEVERAL = 350


def calibrated(model: str | None) -> Mapping[str, float] | None:
    """The calibration of a model, or None for one that was not measured."""
    return coefficients().get(f"judge:{model}") if model else None


async def weighed(
    run: RunContext, question: str, translated: str, quotes: Sequence[Quote]
) -> AsyncIterator[float]:
    """The log-odds of each quote by itself, best-ranked first; ends where the engine tells none.
    Raises what the gateway raises."""
    for quote in quotes[:MOST_JUDGED]:
        odds = _odds(await first_token(run, _SYSTEM, _stated(question, translated, quote)))
        if odds is None:
            return
        yield odds


async def picked(
    run: RunContext, question: str, translated: str, quotes: Sequence[Quote]
) -> list[float]:
    """Of each quote, how much likelier the model picks it from among all than says that none will do:
    log-odds, in −6 to 1. Raises what the gateway raises."""
    shown = quotes[:MOST_JUDGED]
    return _picks(
        await first_token(run, _PICKING, _choice(question, translated, shown)), len(shown)
    )


def probabilities(
    calibration: Mapping[str, float],
    odds: Sequence[float],
    picks: Sequence[float],
    scores: Sequence[float],
) -> list[float]:
    """That each quote states the answer. `odds`, `picks`: as above; `scores`: the ranker's."""
    found = []
    for place, own in enumerate(odds):
        others = [o for i, o in enumerate(odds) if i != place] or [calibration["typical"]]
        readings = {
            "odds": own, "above": own - sum(others) / len(others), "pick": picks[place],
            "score": scores[place],
        }  # fmt: skip
        total = calibration["bias"] + sum(calibration[k] * v for k, v in readings.items())
        found.append(1 / (1 + math.exp(-max(-_FLAT, min(_FLAT, total)))))
    return found


def undecided(
    calibration: Mapping[str, float], odds: Sequence[float], scores: Sequence[float]
) -> bool:
    """Whether the model's pick may yet make a quote likely enough."""
    best = probabilities(calibration, odds, [_MOST_PICK] * len(odds), scores)
    return max(best, default=0.0) >= calibration["threshold"]


def _stated(question: str, translated: str, quote: Quote) -> str:
    text = quote.citation.quote[:_LONGEST_QUOTE]
    return (
        f"Quote ({quote.lead}): {text}\n\nQuestion: {_asked(question, translated)}\n\n"
        "Does the quote itself state the answer? yes or no?"
    )


def _choice(question: str, translated: str, quotes: Sequence[Quote]) -> str:
    lines = (
        f"[{i}] ({quote.lead}) {quote.citation.quote[:_LONGEST_OF_SEVERAL]}"
        for i, quote in enumerate(quotes, 1)
    )
    return (
        "\n".join(lines) + f"\n\nQuestion: {_asked(question, translated)}\n\n"
        "Which one of the quotes states the answer? Reply with its number only, or 0 if none of them does."
    )


def _asked(question: str, translated: str) -> str:
    return f"{question} ({translated})" if translated else question


def _odds(tokens: Mapping[str, float]) -> float | None:
    return likeliest(tokens, _YES) - likeliest(tokens, _NO) if tokens else None


def _picks(tokens: Mapping[str, float], count: int) -> list[float]:
    none = likeliest(tokens, ("0",))
    found = (likeliest(tokens, (str(i),)) - none for i in range(1, count + 1))
    return [max(_LEAST_PICK, min(_MOST_PICK, one)) for one in found]
