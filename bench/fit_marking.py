"""Fit how a model's marks are read (assist/sentiment/marking.py), on development rows of OpenRice.

    python bench/fit_marking.py [--model NAME] [--texts N] [--write]

N reviews, by hash, none of them held back, are marked by the model. Alone, and beside what a classifier
that did not see the text makes of it, the mark's weights maximise the likelihood of the labels; the threshold
is where texts above it are right 85 % of the time. Marks are kept in `.cache/bench/marks-MODEL.jsonl`, so that a
run that was stopped goes on where it was. PhraseBank is left out: news is no customer's text, and its marks
say little (design/2026-11-23-desk.md).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from sklearn.model_selection import StratifiedKFold

from ask import DEFAULT
from common import ROOT, bench_house
from lionrock.assist.sentiment import marking, training
from lionrock.assist.sentiment.classifier import softmax
from lionrock.assist.sentiment.features import features
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.settings import Settings
from sentiment import EMBEDDER, chosen, openrice

Array = NDArray[Any]
PENALTY = 0.01
WEIGHTS = ROOT / "src" / "lionrock" / "assist" / "sentiment" / "marking.json"


@dataclass(frozen=True)
class Marked:
    """Of each text: the mark, the shares of a classifier that did not see it, whether these were unsure."""

    marks: Array
    shares: Array
    unsure: Array
    labels: Array


async def collect(model: str, many: int, kept: Path) -> None:
    seen = read(kept)
    async with bench_house("marks", model) as (house, actor):
        texts = chosen(openrice(), "train", "development").texts
        for text in sorted(texts, key=lambda t: hashlib.md5(t.encode()).digest())[:many]:
            if text in seen:
                continue
            given = await marking.mark(house.context(actor), text)
            with kept.open("a") as file:
                file.write(json.dumps({"text": text, "mark": given}) + "\n")


def read(kept: Path) -> dict[str, float]:
    lines = kept.read_text().splitlines() if kept.exists() else []
    rows = [json.loads(line) for line in lines]
    return {row["text"]: row["mark"] for row in rows if row["mark"] is not None}


async def material(marks: dict[str, float]) -> Marked:
    rows = chosen(openrice(), "train", "development")
    embedder = LocalEmbedder(store(Settings()).path(Catalogue.load().get(EMBEDDER)))
    try:
        vectors = await embedder.passages(rows.texts)
    finally:
        await embedder.close()
    y, found = np.array(rows.labels), [features(text) for text in rows.texts]
    frame = training._frame(found, vectors, EMBEDDER)
    columns = sparse.hstack(
        [training._matrix(frame, found), sparse.csr_matrix(frame.centred(vectors))]
    ).tocsr()
    logits = training._held_out(columns, y, 1.0)
    shares = softmax(logits / training._temperature(logits, y))
    unsure = shares.max(axis=1) < training._threshold(shares, y)
    at = [i for i, text in enumerate(rows.texts) if text in marks]
    given = np.array([marks[rows.texts[i]] for i in at])
    return Marked(given, shares[at], unsure[at], y[at])


def logits(weights: Array, marks: Array, shares: Array | None) -> Array:
    """`weights`: by label of the mark and the bias, then of the shares."""
    made = marks[:, None] * weights[:3] + weights[3:6]
    return made if shares is None else made + weights[6] * np.log(np.maximum(shares, 1e-6))


def fitted(marks: Array, shares: Array | None, labels: Array) -> Array:
    def loss(weights: Array) -> float:
        likely = softmax(logits(weights, marks, shares))[np.arange(len(labels)), labels]
        return float(-np.log(likely + 1e-9).mean() + PENALTY * (weights[:3] ** 2).sum())

    start = np.zeros(6 if shares is None else 7)
    return np.array(minimize(loss, start, method="BFGS").x)


def validated(one: Marked, *, beside: bool) -> Array:
    """Shares of each text by weights that were fitted without it."""
    made = np.zeros((len(one.labels), 3))
    for seen, unseen in StratifiedKFold(10, shuffle=True, random_state=7).split(made, one.labels):
        weights = fitted(one.marks[seen], one.shares[seen] if beside else None, one.labels[seen])
        rest = one.shares[unseen] if beside else None
        made[unseen] = softmax(logits(weights, one.marks[unseen], rest))
    return made


def calibration(one: Marked, *, beside: bool) -> marking.Calibration:
    """Fitted on all; what it does for texts it did not see is printed."""
    weights = fitted(one.marks, one.shares if beside else None, one.labels)
    made = validated(one, beside=beside)
    asked = one.unsure if beside else np.ones(len(one.labels), bool)
    right = made.argmax(axis=1) == one.labels
    if beside:
        before = one.shares.argmax(axis=1) == one.labels
        print(f"beside: {asked.sum()} of {len(right)} unsure, right {before[asked].mean():.3f} → "
              f"{right[asked].mean():.3f}; of all {before.mean():.3f} → "
              f"{np.where(asked, right, before).mean():.3f}")  # fmt: skip
    else:
        print(f"alone: {len(right)} texts, right {right.mean():.3f}")
    threshold = training._threshold(made[asked], one.labels[asked])
    rounded = [round(float(w), 4) for w in weights]
    return marking.Calibration(
        mark=(rounded[0], rounded[1], rounded[2]), bias=(rounded[3], rounded[4], rounded[5]),
        shares=rounded[6] if beside else 0.0, threshold=round(threshold, 3),
    )  # fmt: skip


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--texts", type=int, default=240, help="how many to mark")
    parser.add_argument("--write", action="store_true", help="keep the fit in the product")
    arguments = parser.parse_args()
    kept = ROOT / ".cache" / "bench" / f"marks-{arguments.model}.jsonl"
    await collect(arguments.model, arguments.texts, kept)
    one = await material(read(kept))
    found = marking.Calibrations(
        alone=calibration(one, beside=False), beside=calibration(one, beside=True)
    )
    print(found.model_dump_json(indent=2))
    if arguments.write:
        known = json.loads(WEIGHTS.read_text()) | {arguments.model: found.model_dump()}
        WEIGHTS.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
