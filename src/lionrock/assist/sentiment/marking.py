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
from lionrock.errors import Unavailable
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
_MARKS: Final = range(1, 6)


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
    they are wrong too often when they are sure. What stays undone for want of a model is noted."""
    known = calibrations(run.gateway.model)
    if known is None:
        judge.notes.append(Note.ASK_NEEDS_MODEL)
        return
    by_words = judge.method is Method.WORDS
    places = [i for i, one in enumerate(read) if one.unsure or by_words]
    for done, place in enumerate(places[:MOST]):
        yield Progress(stage="asking the model", done=done, total=min(len(places), MOST))
        try:
            given = await mark(run, read[place].text)
        except Unavailable:
            given = None
        if given is None:
            judge.notes.append(Note.ASKED_SOME if done else Note.ASK_NEEDS_MODEL)
            return
        found = judged(known, given, read[place].shares)
        read[place] = read[place].model_copy(update=found.model_dump())
    if len(places) > MOST:
        judge.notes.append(Note.ASKED_SOME)
    elif by_words:
        judge.method = Method.MODEL
        judge.notes.remove(Note.WORDS_ONLY)


async def mark(run: RunContext, text: str) -> float | None:
    """The mean of the marks by how likely the model finds each; None where the engine does not tell.
    Raises what the gateway raises."""
    content = f"Text:\n{shortened(text)}\n\n{_QUESTION}"
    tokens = await first_token(run, _SYSTEM, content)
    if not tokens:
        return None
    shares = np.exp([likeliest(tokens, (str(n),)) for n in _MARKS])
    return float(shares @ np.array(_MARKS) / shares.sum())


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
