"""Sentiment on rows that nobody looked at: accuracy, macro-F1, calibration, abstention, texts a minute.

OpenRice (Hong Kong restaurant reviews, three classes) and Financial PhraseBank (English financial news,
sentences that half of the annotators agree on). A fifth of each, by the hash of the text, is held back; the
product's own training, with the same settings for both, sees the rest. "asked": the default model marks the
reviews that are unsure; how its marks are read was fitted on rows that are not held back. Speed is of the whole path,
signs included, on sentences, no model asked. `--development` measures on the development rows and trains without
them.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
from sklearn.metrics import f1_score

from ask import DEFAULT
from common import bench_house, data, figure
from lionrock.assist.sentiment import marking
from lionrock.assist.sentiment.apart import train_apart
from lionrock.assist.sentiment.classifier import LABELS, Classifier
from lionrock.assist.sentiment.examples import Row
from lionrock.assist.sentiment.judging import Judge
from lionrock.assist.sentiment.schemas import Judgement
from lionrock.assist.sentiment.sentiment import read_rows
from lionrock.assist.sentiment.training import ece
from lionrock.kernel.capabilities import RunContext
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import Embedder, LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.settings import Settings

EMBEDDER = "multilingual-e5-small"
SPEED_TEXTS = 4000
AT_ONCE = 100
FACES = {"cry": "negative", "ok": "neutral", "smile": "positive"}


@dataclass(frozen=True)
class Rows:
    texts: list[str]
    labels: list[int]


def part(text: str) -> str:
    """train (60 %), development (20 %) or held (20 %), by SHA-256."""
    tenth = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 10
    return "train" if tenth < 6 else "development" if tenth < 8 else "held"


def openrice() -> list[tuple[str, str]]:
    text = (data("cantonese") / "openrice-senti.valid.tsv").read_text("utf-8")
    rows = [line.split("\t", 1) for line in text.strip("\n").split("\n")[1:]]
    return [(FACES[label], text) for label, text in rows]


def phrasebank() -> list[tuple[str, str]]:
    path = data("sentiment") / "financial_phrasebank_50agree.even.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [(label, text) for label, text in csv.reader(file)]


def chosen(rows: Sequence[tuple[str, str]], *parts: str) -> Rows:
    kept = {text: label for label, text in rows if part(text) in parts}
    return Rows(list(kept), [LABELS.index(label) for label in kept.values()])


async def measure(
    name: str, figures: str, rows: list[tuple[str, str]], tested: str, embedder: Embedder,
    run: RunContext | None = None, *, alone: bool = False,
) -> Classifier:  # fmt: skip
    seen = (
        chosen(rows, "train") if tested == "development" else chosen(rows, "train", "development")
    )
    unseen = chosen(rows, tested)
    vectors = await embedder.passages(seen.texts)
    started = time.monotonic()
    packed, _ = await train_apart(seen.texts, seen.labels, vectors, embedder.name)
    classifier = Classifier.unpacked(packed)
    took = time.monotonic() - started
    print(
        f"\n{name}: {len(seen.texts)} rows trained on in {took:.0f} s, {len(packed) >> 10} KB;"
        f" {len(unseen.texts)} {tested}"
    )
    print(
        f"{'':10} {'accuracy':>9} {'macro-F1':>9} {'ECE':>7} {'decided':>8} {'right of these':>15}"
    )
    meaning = Judge(classifier, name, embedder, quick=False)
    heads = [
        ("meaning", "_meaning" if run else "", meaning, None),
        ("quick", "_quick", Judge(classifier, name, embedder, quick=True), None),
        ("words", "_words", Judge(None, "", None, quick=False), None),
    ]  # fmt: skip
    heads += [("asked", "", meaning, run)] if run else []
    heads += [("mark", "_mark", Judge(None, "", None, quick=False), run)] if run and alone else []
    for head, suffix, judge, asks in heads:
        read = await read_rows(judge, [Row(n, text) for n, text in enumerate(unseen.texts)])
        if asks is not None:
            async for _ in marking.asked(asks, judge, read):
                pass
        accuracy, f1 = told(head, read, unseen.labels)
        figure(figures + suffix, accuracy if figures.endswith("accuracy") else f1)
    return classifier


def told(head: str, judged: Sequence[Judgement], labels: Sequence[int]) -> tuple[float, float]:
    chose = np.array([LABELS.index(one.label) for one in judged])
    right = chose == np.array(labels)
    sure = np.array([not one.unsure for one in judged])
    f1 = float(f1_score(labels, chose, average="macro"))
    confidence = [one.confidence for one in judged if one.confidence is not None]
    gap = f"{ece(np.array(confidence, np.float32), right):7.3f}" if confidence else f"{'-':>7}"
    decided = float(right[sure].mean()) if sure.any() else 0.0
    print(
        f"{head:10} {right.mean():9.3f} {f1:9.3f} {gap} {sure.mean():8.3f} {decided:15.3f}",
        flush=True,
    )
    return float(right.mean()), f1


async def speed(classifier: Classifier, texts: Sequence[str], embedder: Embedder) -> None:
    """The whole path of a file, in this process and the embedder's."""
    rows = [Row(n, text) for n, text in enumerate(islice(cycle(texts), SPEED_TEXTS))]
    length = sum(len(row.text) for row in rows) / len(rows)
    for name, quick, count in (("", True, SPEED_TEXTS), ("_meaning", False, 500)):
        judge, started = Judge(classifier, "", embedder, quick=quick), time.monotonic()
        for start in range(0, count, AT_ONCE):
            await read_rows(judge, rows[start : min(start + AT_ONCE, count)])
        a_minute = count / (time.monotonic() - started) * 60
        print(f"{count} texts of {length:.0f} characters{name}: {a_minute:,.0f} a minute")
        figure(f"sentiment_texts_per_min{name}", a_minute)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--development", action="store_true", help="measure on development rows")
    parser.add_argument("--alone", action="store_true", help="marks alone too: some seconds a text")
    arguments = parser.parse_args()
    tested = "development" if arguments.development else "held"
    reviews, news = openrice(), phrasebank()
    embedder = LocalEmbedder(store(Settings()).path(Catalogue.load().get(EMBEDDER)))
    try:
        async with bench_house("marks", DEFAULT) as (house, actor):
            run = house.context(actor)
            reviewed = ("OpenRice", "openrice_accuracy", reviews, tested, embedder)
            await measure(*reviewed, run, alone=arguments.alone)
        classifier = await measure("PhraseBank", "fpb_macro_f1", news, tested, embedder)
        await speed(classifier, [text for _, text in news], embedder)
    finally:
        await embedder.close()


if __name__ == "__main__":
    asyncio.run(main())
