"""Fit how a model's log-odds are read (assist/judge.py), on development questions.

    python bench/fit_judge.py --model NAME [--questions 60] [--write]

Every one of the first quotes of each question is weighed; the calibration is a logistic
regression on (log-odds, how far the quote's score is behind the first), the threshold is the lowest
at which wrong answers stay within --most-wrong of the questions asked. Resumes where it was stopped.
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
from lionrock.assist.ask import HOPELESS, _quotes
from lionrock.assist.evidence import coefficients, rank
from lionrock.assist.judge import FIRST_LOOK, MOST_JUDGED, SURE, log_odds
from lionrock.documents.language import detect

Array = NDArray[np.float64]


async def collect(model: str, many: int, kept: Path) -> None:
    seen = {r["id"] for r in read(kept)}
    order = np.random.default_rng(11).permutation(160)[:many]
    asked = [q for i, q in enumerate(questions("dev.jsonl")) if i in set(order.tolist())]
    async with bench_house("ask", model) as (house, actor):
        await load(house, actor, corpus())
        for one in asked:
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
            for quote in [] if hopeless else quotes[:MOST_JUDGED]:
                odds = await log_odds(run, one["question"], other, quote)
                gold = any(
                    is_gold(one, c) and c.text == quote.citation.quote for c in ranking.candidates
                )
                row["weighed"].append([odds, quotes[0].score - quote.score, gold])
            with kept.open("a") as file:
                file.write(json.dumps(row) + "\n")


def read(kept: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def outcomes(rows: list[dict[str, Any]], w: Array, threshold: float) -> tuple[int, int, int]:
    """Right, wrong, and refused unanswerable, were this the calibration: as `judge` stops, and as
    `ask` chooses among what was weighed."""
    right = wrong = refused = 0
    for row in rows:
        enough: list[tuple[bool, float, bool]] = []
        likeliest = 0.0
        for place, (odds, behind, gold) in enumerate(row["weighed"], 1):
            p = float(1 / (1 + np.exp(-(w @ [odds, behind, 1.0]))))
            likeliest = max(likeliest, p)
            if p >= threshold:
                enough.append((p < SURE, behind, gold))
            if likeliest >= SURE or (place >= FIRST_LOOK and likeliest >= threshold):
                break
        hit = any(gold for *_, gold in sorted(enough)[:3])
        right += hit
        wrong += bool(enough) and not hit
        refused += not enough and not row["able"]
    return right, wrong, refused


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b-instruct-q4_k_m")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--most-wrong", type=float, default=0.06)
    parser.add_argument("--threshold", type=float, help="set it, instead of by --most-wrong")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--fit-only", action="store_true", help="with what was collected so far")
    arguments = parser.parse_args()
    kept = ROOT / ".cache" / "bench" / f"judge-{arguments.model}.jsonl"
    if not arguments.fit_only:
        asyncio.run(collect(arguments.model, arguments.questions, kept))
    rows = read(kept)
    weighed = [one for row in rows for one in row["weighed"]]
    x = np.array([[o, b, 1.0] for o, b, _ in weighed])
    y = np.array([float(g) for *_, g in weighed])
    w = descend(x, y, np.full(len(x), 1 / len(x)), 0.005, free=1)
    able = sum(r["able"] for r in rows)
    print(
        f"{len(rows)} questions, {able} answerable, {len(x)} quotes weighed, {int(y.sum())} of them right"
    )
    chosen = 0.95
    for threshold in np.arange(0.05, 0.96, 0.05):
        right, wrong, refused = outcomes(rows, w, float(threshold))
        print(
            f"threshold {threshold:.2f}: right {right}/{able}, wrong {wrong}/{len(rows)}, "
            f"refused unanswerable {refused}/{len(rows) - able}"
        )
        if wrong <= arguments.most_wrong * len(rows) and chosen == 0.95:
            chosen = float(threshold)
    names = ("odds", "behind", "bias")
    fitted = {n: round(float(v), 4) for n, v in zip(names, w, strict=True)}
    fitted["threshold"] = arguments.threshold or round(chosen, 3)
    print(fitted)
    if arguments.write:
        text = json.dumps(coefficients() | {f"judge:{arguments.model}": fitted}, indent=2) + "\n"
        TARGET.write_text(text)


if __name__ == "__main__":
    main()
