"""Fit the evidence ranker and the answerable decision on the development questions.

    python bench/fit_evidence.py            fit, cross-validate, print
    python bench/fit_evidence.py --write    … and write src/lionrock/assist/evidence.json

Both are linear with an L2 penalty: the ranker by pairwise logistic loss (a gold sentence above each
other one of its question), the decision by logistic loss on "the best quote is right". Folds are by
question. The held-out questions are never read here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from common import ROOT, bench_house, corpus, fold, load, questions
from lionrock.assist import answerable, evidence
from lionrock.assist.evidence import Candidate, Ranking
from lionrock.assist.questions import Kind

Array = NDArray[np.float64]
TARGET = ROOT / "src" / "lionrock" / "assist" / "evidence.json"
KEPT = ROOT / ".cache" / "bench" / "features.json"
FOLDS = 8


@dataclass(slots=True)
class Row:
    """One question: its candidates' features and which are gold, and what the decision looks at."""

    asked: dict[str, Any]
    kind: str
    features: Array
    gold: NDArray[np.bool_]
    texts: list[str]

    def ranked(self, weights: Array) -> tuple[list[int], dict[str, float]]:
        """Candidates in the order that `weights` give, and what the decision then looks at."""
        scores = self.features @ weights
        order = np.argsort(-scores).tolist()
        found = []
        for i in order:
            candidate = Candidate(cast(Any, None), 0, 0)
            candidate.features = dict(
                zip(evidence.FEATURES, self.features[i].tolist(), strict=True)
            )
            candidate.score = float(scores[i])
            found.append(candidate)
        return order, answerable.features(Ranking("", "", Kind(self.kind), found))


async def collect() -> list[dict[str, Any]]:
    rows = []
    async with bench_house("ask", "none") as (house, actor):
        await load(house, actor, corpus())
        for one in questions("dev.jsonl"):
            run = house.context(actor)
            ranking = await evidence.rank(run, one["question"])
            found = ranking.candidates
            rows.append(
                {
                    "asked": one,
                    "kind": ranking.kind,
                    "features": [[c.features[n] for n in evidence.FEATURES] for c in found],
                    "gold": [is_gold(one, c) for c in found],
                    "texts": [f"{c.passage.document}: {c.text}" for c in found],
                }
            )
    return rows


def is_gold(one: dict[str, Any], candidate: Candidate) -> bool:
    text = fold(candidate.text)
    pages = {page for page, _, _ in candidate.passage.slices}
    return any(
        candidate.passage.document == gold["document"]
        and (not gold["pages"] or pages & set(gold["pages"]))
        and any(fold(a) in text for a in one["accept"])
        for gold in one["gold"]
    )


def fit_ranker(rows: list[Row], penalty: float = 0.02) -> Array:
    differences = [
        row.features[g] - row.features[~row.gold] for row in rows for g in np.flatnonzero(row.gold)
    ]
    x = np.concatenate([d for d in differences if len(d)])
    weight = np.concatenate([np.full(len(d), 1 / len(d)) for d in differences if len(d)])
    return descend(x, np.ones(len(x)), weight / weight.sum(), penalty)


def descend(x: Array, y: Array, weight: Array, penalty: float, free: int = 0) -> Array:
    """Logistic regression by Newton's method; the last `free` columns carry no penalty."""
    w = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], penalty)
    if free:
        ridge[-free:] = 1e-6
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + ridge * w
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    return w


def decisions(rows: list[Row], weights: Array) -> tuple[Array, Array, Array, Array]:
    """Features of the decision; is the first quote right, is one of the first two; has it an answer."""
    x, first, two, able = [], [], [], []
    for row in rows:
        order, seen = row.ranked(weights)
        x.append([seen[n] for n in answerable.FEATURES])
        first.append(bool(row.gold[order[0]]))
        two.append(bool(row.gold[order[:2]].any()))
        able.append(row.asked["answerable"])
    return np.array(x), np.array(first), np.array(two), np.array(able)


def fit_decision(x: Array, right: Array, penalty: float = 0.01) -> tuple[Array, float]:
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    scaled = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    w = descend(scaled, right.astype(float), np.full(len(x), 1 / len(x)), penalty, free=1)
    raw = w[:-1] / spread
    return raw, float(w[-1] - (raw * mean).sum())


def choose_threshold(p: Array, right: Array, total: int, most_wrong: float) -> float:
    """The lowest probability at which wrong answers stay within `most_wrong` of all questions."""
    for threshold in np.arange(0.05, 0.96, 0.01):
        if ((p >= threshold) & ~right.astype(bool)).sum() <= most_wrong * total:
            return float(threshold)
    return 0.95


def cross_validate(rows: list[Row], most_wrong: float) -> None:
    count: Counter[str] = Counter()
    fold_of = np.random.default_rng(7).permutation(len(rows)) % FOLDS
    for k in range(FOLDS):
        train = [r for r, f in zip(rows, fold_of, strict=True) if f != k]
        test = [r for r, f in zip(rows, fold_of, strict=True) if f == k]
        weights = fit_ranker(train)
        x, _, right, _ = decisions(train, weights)
        raw, bias = fit_decision(x, right)
        p = 1 / (1 + np.exp(-(x @ raw + bias)))
        threshold = choose_threshold(p, right, len(train), most_wrong)
        x, first, right, able = decisions(test, weights)
        answered = 1 / (1 + np.exp(-(x @ raw + bias))) >= threshold
        count["first"] += int(first.sum())
        count["two"] += int(right.sum())
        count["reach"] += sum(bool(r.gold.any()) for r in test)
        count["right"] += int((answered & right).sum())
        count["wrong"] += int((answered & ~right).sum())
        count["refused"] += int((~answered & ~able).sum())
        count["able"] += int(able.sum())
    able, unable = count["able"], len(rows) - count["able"]
    print(
        f"wrong allowed in training {most_wrong:.2f}: among candidates {count['reach']}/{able}, "
        f"first {count['first']}, in the first two {count['two']}; right {count['right'] / able:.3f}, "
        f"wrong {count['wrong'] / len(rows):.3f}, refused unanswerable {count['refused'] / unable:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--again", action="store_true", help="compute the features anew")
    parser.add_argument("--most-wrong", type=float, default=0.06)
    arguments = parser.parse_args()
    if arguments.again or not KEPT.exists():
        kept = asyncio.run(collect())
        KEPT.write_text(json.dumps(kept, ensure_ascii=False))
    rows = [
        Row(
            r["asked"],
            r["kind"],
            np.array(r["features"]),
            np.array(r["gold"], dtype=bool),
            r["texts"],
        )
        for r in json.loads(KEPT.read_text())
        if r["features"]
    ]
    for most in (0.03, 0.05, 0.06, 0.08, 0.10):
        cross_validate(rows, most)
    weights = fit_ranker(rows)
    x, _, right, _ = decisions(rows, weights)
    raw, bias = fit_decision(x, right)
    p = 1 / (1 + np.exp(-(x @ raw + bias)))
    threshold = choose_threshold(p, right, len(rows), arguments.most_wrong)
    fitted = {
        "rank": {n: round(float(w), 4) for n, w in zip(evidence.FEATURES, weights, strict=True)},
        "answerable": {
            "bias": round(bias, 4),
            **{n: round(float(w), 4) for n, w in zip(answerable.FEATURES, raw, strict=True)},
            "threshold": round(threshold, 3),
        },
    }
    calibrations = {k: v for k, v in evidence.coefficients().items() if k.startswith("judge:")}
    text = json.dumps(fitted | calibrations, indent=2) + "\n"
    print(text)
    if arguments.write:
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
