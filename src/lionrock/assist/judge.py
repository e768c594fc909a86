"""A model weighs whether one quote states the answer; its log-odds are a feature, not a verdict.

Asked yes or no, a small model says yes. But how much likelier it finds "yes" than "no" on the first
token orders quotes: over the first quotes of 80 development questions the 1.5B parts right from wrong
with AUC 0.953, the 0.5B with 0.551; over the quotes of 32 later questions
the 1.5B does so with 0.92, and on Chinese questions its odds for the right quote are often too low
(design/2026-11-22-answering.md). So the log-odds are used only of models they were measured for,
through a calibration fitted for each; others leave the decision to the ranker's evidence alone.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from lionrock.assist.evidence import coefficients
from lionrock.assist.schemas import Quote
from lionrock.kernel.capabilities import RunContext
from lionrock.models.engines import ChatRequest, Finished

MOST_JUDGED = 8
FIRST_LOOK = 3
"""So many quotes are weighed before one that is likely enough ends the search."""
SURE = 0.9
"""At this probability no further quote is looked at."""

_SYSTEM = "You check whether a quote states the answer to a question. Reply with yes or no only."
_YES, _NO = ("yes", "是"), ("no", "否", "不")
_UNLIKELY = -20.0
_LONGEST_QUOTE = 500


@dataclass(frozen=True, slots=True)
class Judged:
    quote: Quote
    probability: float
    """That the quote states the answer."""


def calibrated(model: str | None) -> Mapping[str, float] | None:
    """The calibration of a model, or None for one that was not measured."""
    return coefficients().get(f"judge:{model}") if model else None


async def judge(
    run: RunContext, question: str, translated: str, quotes: Sequence[Quote]
) -> AsyncIterator[Judged]:
    """Weigh the best quotes one by one, best first, until one is sure or likely enough.

    Yields nothing when the model was not measured or the engine tells no probabilities. Raises what
    the gateway raises.
    """
    calibration = calibrated(run.gateway.model)
    if calibration is None:
        return
    likeliest = 0.0
    for place, quote in enumerate(quotes[:MOST_JUDGED], 1):
        odds = await log_odds(run, question, translated, quote)
        if odds is None:
            return
        judged = Judged(quote, probability(calibration, odds, quotes[0].score - quote.score))
        yield judged
        likeliest = max(likeliest, judged.probability)
        if stops(place, likeliest, calibration["threshold"]):
            return


def probability(calibration: Mapping[str, float], odds: float, behind: float) -> float:
    """What a quote's log-odds say, its score being `behind` the first's."""
    score = calibration["bias"] + calibration["odds"] * odds + calibration["behind"] * behind
    return 1 / (1 + math.exp(-score))


def stops(weighed: int, likeliest: float, threshold: float) -> bool:
    """Whether no further quote is weighed."""
    return likeliest >= SURE or (weighed >= FIRST_LOOK and likeliest >= threshold)


async def log_odds(run: RunContext, question: str, translated: str, quote: Quote) -> float | None:
    """Log-odds of "yes" against "no" on the first token; None where the engine does not tell."""
    async with aclosing(run.gateway.chat(run, _request(question, translated, quote))) as stream:
        async for part in stream:
            if isinstance(part, Finished):
                return _odds(part.first_token)
    return None


def _request(question: str, translated: str, quote: Quote) -> ChatRequest:
    text = quote.citation.quote[:_LONGEST_QUOTE]
    asked = f"{question} ({translated})" if translated else question
    content = (
        f"Quote ({quote.lead}): {text}\n\nQuestion: {asked}\n\n"
        "Does the quote itself state the answer? yes or no?"
    )
    return ChatRequest(
        messages=[{"role": "system", "content": _SYSTEM}, {"role": "user", "content": content}],
        max_tokens=1,
        likely_tokens=20,
    )


def _odds(first_token: Mapping[str, float]) -> float | None:
    if not first_token:
        return None
    return _likeliest(first_token, _YES) - _likeliest(first_token, _NO)


def _likeliest(first_token: Mapping[str, float], words: tuple[str, ...]) -> float:
    return max((p for t, p in first_token.items() if t.strip().lower() in words), default=_UNLIKELY)
