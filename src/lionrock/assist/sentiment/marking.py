"""A language model's mark, from 1 to 5, for a text that little speaks for otherwise.

Its word is not taken: a small model gives most texts a 4. How likely it finds each mark is, as their mean,
a reading like others; a calibration fitted for that model makes probabilities of it, alone where listed
words decided, or beside a classifier's own (`bench/fit_marking.py`, design/2026-11-23-desk.md). A model
that was not measured is not asked.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from lionrock.assist.model import first_token, likeliest
from lionrock.assist.sentiment.classifier import softmax
from lionrock.assist.sentiment.judging import Judge, decided
from lionrock.assist.sentiment.schemas import Judgement, Method, Note, TextRead
from lionrock.errors import (
    BudgetExceeded,
    EngineRefused,
    EngineUnavailable,
    PersonalDataRefused,
    RateLimited,
    Unavailable,
)
from lionrock.kernel.capabilities import Progress, RunContext

MOST: Final = 500
"""Texts of one run that the model is asked about; at some seconds each, an hour."""
_LONGEST: Final = 420
"""Characters that it reads: of a longer text a third of them from the beginning, the rest from the end."""
_SYSTEM: Final = (
    "You read what customers write and judge how they feel about it. "
    "Reply with one word or digit only."
)
_QUESTION: Final = (
    "How satisfied is the writer, from 1 (very dissatisfied) to 5 (very satisfied)? "
    "Reply with the digit only."
)
_MARKS: Final = ("1", "2", "3", "4", "5")


class Calibration(BaseModel):
    """By label: `mark` and `bias` of the log-probability; `shares` times those of a classifier beside it.
    `threshold`: the least confidence that decides."""

    model_config = ConfigDict(frozen=True)
    mark: tuple[float, float, float]
    bias: tuple[float, float, float]
    shares: float = 0.0
    threshold: float


class Calibrations(BaseModel):
    """Of one model: `alone`, and `beside` a classifier."""

    model_config = ConfigDict(frozen=True)
    alone: Calibration
    beside: Calibration


@cache
def measured() -> Mapping[str, Calibrations]:
    """By model."""
    held = (files("lionrock.assist.sentiment") / "marking.json").read_text("utf-8")
    return {name: Calibrations.model_validate(one) for name, one in json.loads(held).items()}


def calibrations(model: str | None) -> Calibrations | None:
    """None for a model that was not measured."""
    return measured().get(model) if model else None


async def asked(run: RunContext, judge: Judge, read: list[TextRead]) -> AsyncIterator[Progress]:
    """Puts the model's marks into `read`, where it is unsure; everywhere where listed words decided, as
    they are wrong too often when they are sure. What stays unmarked is noted."""
    known = calibrations(run.gateway.model)
    if known is None:
        judge.notes.append(Note.ASK_NEEDS_MODEL)
        return
    by_words = judge.method is Method.WORDS
    places = [i for i, one in enumerate(read) if one.unsure or by_words]
    wanted, done = places[:MOST], 0
    for number, place in enumerate(wanted):
        yield Progress(stage="asking the model", done=number, total=len(wanted))
        try:
            given = await mark(run, read[place].text)
        except (Unavailable, BudgetExceeded, RateLimited):
            break  # what was marked so far is kept
        except (EngineRefused, PersonalDataRefused):
            continue
        if given is not None:
            found = judged(known, given, read[place].shares)
            read[place] = read[place].model_copy(update=found.model_dump())
            done += 1
    if done < len(places):
        judge.notes.append(Note.ASKED_SOME if done else Note.ASK_NEEDS_MODEL)
    elif by_words:
        judge.method = Method.MODEL
        judge.notes.remove(Note.WORDS_ONLY)


async def mark(run: RunContext, text: str) -> float | None:
    """The mean of the marks by how likely the model finds each; None where it finds none of them likely.
    `EngineUnavailable` where the engine does not tell; raises what the gateway raises."""
    tokens = await first_token(run, _SYSTEM, f"Text:\n{shortened(text)}\n\n{_QUESTION}")
    if not tokens:
        raise EngineUnavailable("The engine does not tell how likely its words are.")
    if not any(token.strip() in _MARKS for token in tokens):
        return None
    shares = np.exp([likeliest(tokens, (one,)) for one in _MARKS])
    return float(shares @ np.arange(1, len(_MARKS) + 1) / shares.sum())


def shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST // 3]}\n…\n{text[-2 * _LONGEST // 3 :]}"


def judged(known: Calibrations, given: float, shares: Sequence[float] | None) -> Judgement:
    """What the mark says, beside the classifier's `shares` where one decided."""
    one = known.alone if shares is None else known.beside
    logits = np.array(one.bias) + np.array(one.mark) * given
    if shares is not None:
        logits += one.shares * np.log(np.maximum(shares, 1e-6))
    [likely] = softmax(logits[None].astype(np.float32))
    return decided(likely, one.threshold, by_model=True)
