"""Retrieval over 13,732 passages of financial regulation (ObliQA): quality, time, size.

    python bench/search.py [--questions 2788] [--vectors]

Words alone by default (the index the product uses, its tokens, its BM25); with --vectors the
sentences are embedded first, which takes an hour on two cores, and the product's combined ranking is
measured too. Published on the whole test set: BM25 0.761 / 0.624, tuned 0.779 / 0.642.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from common import ROOT, data, figure, median, percentile
from lionrock.documents.sentences import quotable
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.search.centring import means_of
from lionrock.search.dense import Near
from lionrock.search.lexical import Entry, LexicalIndex
from lionrock.search.ranking import combine, inverse_document_frequencies, share_of_words
from lionrock.search.tokens import terms
from lionrock.settings import Settings

Key = tuple[str, str]


def passages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with zipfile.ZipFile(data("obliqa") / "StructuredRegulatoryDocuments.zip") as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json") and "__MACOSX" not in name:
                found += json.loads(archive.read(name))
    return found


def quality(
    questions: list[dict[str, Any]], rank: Callable[[int], Sequence[Key]]
) -> tuple[float, float]:
    """Recall@10 and MAP@10 as the shared task counts them."""
    recall = precision = 0.0
    for i, question in enumerate(questions):
        gold = {(str(p["DocumentID"]), p["PassageID"]) for p in question["Passages"]}
        hits = [key in gold for key in rank(i)[:10]]
        recall += sum(hits) / len(gold)
        found = [sum(hits[: n + 1]) / (n + 1) for n, hit in enumerate(hits) if hit]
        precision += sum(found) / min(len(gold), 10)
    return recall / len(questions), precision / len(questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--vectors", action="store_true")
    arguments = parser.parse_args()
    rows = passages()
    questions = json.loads((data("obliqa") / "ObliQA_dev.json").read_text())[: arguments.questions]
    keys = {uuid4(): (str(p["DocumentID"]), p["PassageID"]) for p in rows}
    version, collection = uuid4(), uuid4()
    entries = [
        Entry(key, version, collection, "", p["Passage"]) for key, p in zip(keys, rows, strict=True)
    ]
    with TemporaryDirectory() as folder:
        index = LexicalIndex(Path(folder) / "index")
        started = time.process_time()
        index.add(version, entries)
        seconds = time.process_time() - started
        size = sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())
        times: list[float] = []
        by_words: list[list[tuple[UUID, float]]] = []
        for question in questions:
            started = time.perf_counter()
            by_words.append(index.search(terms(question["Question"]), 50))
            times.append(1000 * (time.perf_counter() - started))
        recall, precision = quality(questions, lambda i: [keys[k] for k, _ in by_words[i]])
        print(f"{len(rows)} passages, {len(questions)} questions, words alone")
        print(
            f"R@10 {recall:.3f}  MAP@10 {precision:.3f}  index {seconds:.1f} CPU s, {size / 1e6:.1f} MB"
        )
        figure("search_words_r10", recall)
        figure("search_words_map10", precision)
        figure("search_index_cpu_s", seconds)
        figure("search_index_bytes", size)
        figure("search_p50_ms", median(times))
        figure("search_p99_ms", percentile(times, 0.99))
        if arguments.vectors:
            with_vectors(rows, list(keys), questions, by_words, index, keys)


def with_vectors(
    rows: list[dict[str, Any]], ids: list[UUID], questions: list[dict[str, Any]],
    by_words: list[list[tuple[UUID, float]]], index: LexicalIndex, keys: dict[UUID, Key],
) -> None:  # fmt: skip
    """The product's combined ranking, its vectors compared in memory instead of in the database."""
    owner, matrix, asked = asyncio.run(embedded(rows, questions))
    settings = Settings()
    means = means_of(LocalEmbedder(weights(settings)).name, 384)

    def rank(i: int) -> list[Key]:
        centred = means.question(asked[i], chinese=False)
        scores = matrix @ centred - means.offset(centred, chinese=False)
        best = np.argpartition(-scores, 400)[:400]
        near = [Near(ids[owner[j]], 0, 0, "", False, 0.0, float(scores[j])) for j in best]
        known = {n.passage_id for n in near}
        place = {key: n for n, key in enumerate(ids)}
        for key, _ in by_words[i][:50]:
            if key not in known:
                own = scores[starts[place[key]] : starts[place[key] + 1]]
                if len(own):
                    near.append(Near(key, 0, 0, "", False, 0.0, float(own.max())))
        weighed = index.frequencies(terms(questions[i]["Question"]))
        shares = share_of_words(by_words[i], inverse_document_frequencies(weighed, len(index)))
        return [keys[s.passage_id] for s in combine(shares, near)]

    starts = np.searchsorted(owner, np.arange(len(rows) + 1))
    recall, precision = quality(questions, rank)
    print(f"words and meaning: R@10 {recall:.3f}  MAP@10 {precision:.3f}")
    figure("search_r10", recall)
    figure("search_map10", precision)


def weights(settings: Settings) -> Path:
    return store(settings).path(Catalogue.load().get("multilingual-e5-small"))


async def embedded(
    rows: list[dict[str, Any]], questions: list[dict[str, Any]]
) -> tuple[Any, Any, Any]:
    """Owner passage of each sentence, sentence vectors, question vectors; kept in .cache/bench."""
    kept = ROOT / ".cache" / "bench" / "obliqa.npz"
    if kept.exists():
        loaded = np.load(kept)
        return loaded["owner"], loaded["matrix"], loaded["asked"]
    embedder = LocalEmbedder(weights(Settings()))
    owner, texts = [], []
    for i, row in enumerate(rows):
        for q in quotable(row["Passage"], ""):
            owner.append(i)
            texts.append(row["Passage"][q.start : q.end])
    parts = []
    for at in range(0, len(texts), 512):
        parts.append(await embedder.passages(texts[at : at + 512]))
        print(f"\r{at} of {len(texts)} sentences", end="", flush=True)
    asked = await embedder.queries([q["Question"] for q in questions])
    await embedder.close()
    matrix = np.concatenate(parts)
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.savez(kept, owner=np.array(owner), matrix=matrix, asked=asked)
    return np.array(owner), matrix, asked


if __name__ == "__main__":
    main()
