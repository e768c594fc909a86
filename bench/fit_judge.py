"""Fit how a model's log-odds are read (assist/judge.py), on development questions.

    python bench/fit_judge.py --model NAME [--questions N] [--set dev|validation|regulatory …] [--write]

The first quotes of each question are weighed, all of them; the calibration is a logistic regression on
the readings that `judge.probabilities` makes of them. The threshold is the lowest at which wrong answers
stay within --most-wrong of the questions, each judged by a calibration fitted on the others. What was
read of every question is kept in `.cache/bench/judge-MODEL.jsonl`, so that a run that was stopped goes on
where it was, and a fit costs nothing. Held-out questions are never read here.
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
from lionrock.assist.judge import MOST_JUDGED, picked, probabilities, weighed
from lionrock.documents.language import detect
from regulatory import HOME, chosen, documents

Array = NDArray[np.float64]
NAMES = ("odds", "above", "pick", "score", "bias")
PENALTY = 0.01
THRESHOLDS = np.arange(0.10, 0.96, 0.05)


async def collect(model: str, which: str, many: int, kept: Path) -> None:
    seen = {r["id"] for r in read(kept)}
    regulatory = which == "regulatory"
    asked = chosen("dev") if regulatory else questions(f"{which}.jsonl")
    home, files = (HOME, documents()) if regulatory else ("ask", corpus())
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
            quotes = (await _quotes(run, ranking.candidates))[:MOST_JUDGED]
            hopeless = not quotes or answerable.probability(ranking) < HOPELESS
            row: dict[str, Any] = {"id": one["id"], "set": which, "able": one["answerable"]}
            row |= {"odds": [], "picks": [], "scores": [], "gold": []}
            if not hopeless:
                gold = {c.text for c in ranking.candidates if is_gold(one, c)}
                row["odds"] = [o async for o in weighed(run, one["question"], other, quotes)]
                row["picks"] = await picked(run, one["question"], other, quotes)
                row["scores"] = [q.score for q in quotes]
                row["gold"] = [q.citation.quote in gold for q in quotes]
            with kept.open("a") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            right = [o for o, g in zip(row["odds"], row["gold"], strict=True) if g]
            print(f"{one['id']} {len(quotes)} quotes, right ones {right}", flush=True)


def read(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def features(row: dict[str, Any]) -> Array:
    """A row a quote, as `judge.probabilities` reads them."""
    odds = np.array(row["odds"])
    others = (odds.sum() - odds) / max(1, len(odds) - 1)
    return np.stack([odds, odds - others, row["picks"], row["scores"], np.ones(len(odds))], axis=1)


def fitted(rows: list[dict[str, Any]]) -> dict[str, float]:
    full = [r for r in rows if r["odds"]]
    x = np.concatenate([features(r) for r in full])
    y = np.array([float(gold) for r in full for gold in r["gold"]])
    mean, spread = x[:, :-1].mean(axis=0), x[:, :-1].std(axis=0) + 1e-9
    scaled = np.hstack([(x[:, :-1] - mean) / spread, x[:, -1:]])
    w = descend(scaled, y, np.full(len(x), 1 / len(x)), PENALTY, free=1)
    raw = w[:-1] / spread
    values = [*raw, w[-1] - (raw * mean).sum()]
    found = {name: float(v) for name, v in zip(NAMES, values, strict=True)}
    return found | {"typical": float(mean[0])}


def outcome(row: dict[str, Any], calibration: dict[str, float], threshold: float) -> str:
    """Right, wrong or refused, were this the calibration, as `ask` chooses."""
    likely = probabilities(calibration, row["odds"], row["picks"], row["scores"])
    enough = sorted((-p, i) for i, p in enumerate(likely) if p >= threshold)
    if not enough:
        return "refused"
    right = row["able"] and any(row["gold"][i] for _, i in enough[:MOST_QUOTES])
    return "right" if right else "wrong"


def report(rows: list[dict[str, Any]], others: list[dict[str, float]], most_wrong: float) -> float:
    """A line a threshold, each question judged by a fit on the others; the lowest that is allowed."""
    able = sum(r["able"] for r in rows)
    found = sum(any(r["gold"]) for r in rows)
    print(f"{len(rows)} questions, {able} answerable, the right quote among those of {found}")
    best = None
    for threshold in THRESHOLDS.tolist():
        said = [outcome(r, c, threshold) for r, c in zip(rows, others, strict=True)]
        right, wrong = said.count("right"), said.count("wrong")
        silent = sum(s == "refused" and not r["able"] for s, r in zip(said, rows, strict=True))
        print(
            f"threshold {threshold:.2f}: right {right}/{able}, wrong {wrong}/{len(rows)}, "
            f"refused unanswerable {silent}/{len(rows) - able}"
        )
        if wrong <= most_wrong * len(rows) and best is None:
            best = threshold
    return best or 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct-q4_k_m")
    parser.add_argument("--set", nargs="*", default=["validation", "regulatory"])
    parser.add_argument("--questions", type=int, default=0, help="so many at most; 0: all")
    parser.add_argument("--most-wrong", type=float, default=0.05)
    parser.add_argument("--threshold", type=float, help="set it, instead of by --most-wrong")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--fit-only", action="store_true", help="with what was collected so far")
    arguments = parser.parse_args()
    kept = ROOT / ".cache" / "bench" / f"judge-{arguments.model}.jsonl"
    if not arguments.fit_only:
        for which in arguments.set:
            asyncio.run(collect(arguments.model, which, arguments.questions, kept))
    rows = read(kept)
    others = [fitted([r for r in rows if r is not row]) for row in rows]
    for which in arguments.set:
        print(which)
        some = [(r, c) for r, c in zip(rows, others, strict=True) if r["set"] == which]
        report([r for r, _ in some], [c for _, c in some], arguments.most_wrong)
    print("all")
    best = report(rows, others, arguments.most_wrong)
    calibration = {name: round(value, 4) for name, value in fitted(rows).items()}
    calibration["threshold"] = arguments.threshold or round(best, 3)
    print(calibration)
    if arguments.write:
        text = json.dumps(coefficients() | {f"judge:{arguments.model}": calibration}, indent=2)
        TARGET.write_text(text + "\n")


if __name__ == "__main__":
    main()
