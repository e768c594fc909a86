"""Fit how a model's log-odds are read (assist/judge.py), on development questions.

    python bench/fit_judge.py --model NAME [--questions N] [--set dev|regulatory] [--write]

The first quotes of each question are weighed, all of them; the calibration is a logistic regression on
(log-odds, how far the quote's score is behind the first). The threshold is the lowest at which wrong
answers stay within --most-wrong of the questions, each judged by a calibration fitted on the others.
Every question's odds are kept in `.cache/bench/judge-MODEL.jsonl`, so that a run that was stopped goes
on where it was, and a fit costs nothing. Held-out questions are never read here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common import ROOT, bench_house, corpus, load, questions
from fit_evidence import TARGET, descend, is_gold
from lionrock.assist import answerable, translation
from lionrock.assist.ask import HOPELESS, MOST_QUOTES, _quotes
from lionrock.assist.evidence import coefficients, rank
from lionrock.assist.judge import MOST_JUDGED, SURE, log_odds, probability, stops
from lionrock.documents.language import detect
from regulatory import HOME, chosen, documents

Array = NDArray[np.float64]
NAMES = ("odds", "behind", "bias")
PENALTY = 0.003
THRESHOLDS = np.arange(0.10, 0.96, 0.05)


async def collect(model: str, which: str, many: int, kept: Path) -> None:
    seen = {r["id"] for r in read(kept)}
    asked = questions("dev.jsonl") if which == "dev" else chosen("dev")
    home, files = ("ask", corpus()) if which == "dev" else (HOME, documents())
    order = np.random.default_rng(11).permutation(len(asked))[: many or None]
    async with bench_house(home, model) as (house, actor):
        await load(house, actor, files)
        for one in (asked[i] for i in order):
            if one["id"] in seen:
                continue
            run, other = house.context(actor), ""
            ranking = await rank(run, one["question"])
            if translation.wanted(ranking):
                language = detect(one["question"])
                other = await translation.translated(run, one["question"], language)
                ranking = await rank(run, one["question"], other)
            quotes = await _quotes(run, ranking.candidates)
            hopeless = answerable.probability(ranking) < HOPELESS
            row: dict[str, Any] = {"id": one["id"], "able": one["answerable"], "weighed": []}
            row["translated"] = other
            for quote in [] if hopeless else quotes[:MOST_JUDGED]:
                odds = await log_odds(run, one["question"], other, quote)
                gold = any(
                    is_gold(one, c) and c.text == quote.citation.quote for c in ranking.candidates
                )
                row["weighed"].append([odds, quotes[0].score - quote.score, gold])
            with kept.open("a") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            right = [odds for odds, _, gold in row["weighed"] if gold]
            print(f"{one['id']} {len(row['weighed'])} quotes, right ones {right}", flush=True)


def read(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def features(row: dict[str, Any]) -> Array:
    return np.array([[odds, behind, 1.0] for odds, behind, _ in row["weighed"]])


def fitted(rows: list[dict[str, Any]]) -> dict[str, float]:
    full = [r for r in rows if r["weighed"]]
    x = np.concatenate([features(r) for r in full])
    y = np.array([float(gold) for r in full for *_, gold in r["weighed"]])
    w = descend(x, y, np.full(len(x), 1 / len(x)), PENALTY, free=1)
    return dict(zip(NAMES, (float(v) for v in w), strict=True))


def outcome(row: dict[str, Any], calibration: dict[str, float], threshold: float) -> str:
    """Right, wrong or refused, were this the calibration: as `judge` stops, and as `ask` chooses."""
    weighed: list[tuple[float, float, bool]] = []
    for odds, behind, gold in row["weighed"]:
        weighed.append((probability(calibration, odds, behind), behind, gold))
        if stops(len(weighed), max(weighed)[0], threshold):
            break
    enough = sorted((p < SURE, back, gold) for p, back, gold in weighed if p >= threshold)
    if not enough:
        return "refused"
    return "right" if any(gold for *_, gold in enough[:MOST_QUOTES]) else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct-q4_k_m")
    parser.add_argument("--set", choices=("dev", "regulatory"), default="dev")
    parser.add_argument("--questions", type=int, default=0, help="so many at most; 0: all")
    parser.add_argument("--most-wrong", type=float, default=0.05)
    parser.add_argument("--threshold", type=float, help="set it, instead of by --most-wrong")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--fit-only", action="store_true", help="with what was collected so far")
    arguments = parser.parse_args()
    kept = ROOT / ".cache" / "bench" / f"judge-{arguments.model}.jsonl"
    if not arguments.fit_only:
        asyncio.run(collect(arguments.model, arguments.set, arguments.questions, kept))
    rows = read(kept)
    able = sum(r["able"] for r in rows)
    found = sum(any(gold for *_, gold in r["weighed"]) for r in rows)
    print(f"{len(rows)} questions, {able} answerable, the right quote among those of {found}")
    others = [fitted([r for r in rows if r is not row]) for row in rows]
    best: float | None = None
    for threshold in THRESHOLDS.tolist():
        said = [outcome(r, c, threshold) for r, c in zip(rows, others, strict=True)]
        right, wrong = said.count("right"), said.count("wrong")
        silent = sum(s == "refused" and not r["able"] for s, r in zip(said, rows, strict=True))
        print(
            f"threshold {threshold:.2f}: right {right}/{able}, wrong {wrong}/{len(rows)}, "
            f"refused unanswerable {silent}/{len(rows) - able}"
        )
        if wrong <= arguments.most_wrong * len(rows) and best is None:
            best = threshold
    calibration = {name: round(value, 4) for name, value in fitted(rows).items()}
    calibration["threshold"] = arguments.threshold or round(best or 0.95, 3)
    print(calibration)
    if arguments.write:
        text = json.dumps(coefficients() | {f"judge:{arguments.model}": calibration}, indent=2)
        TARGET.write_text(text + "\n")


if __name__ == "__main__":
    main()
