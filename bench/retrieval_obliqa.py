"""ObliQA: English financial regulation, 13,732 passages of 40 documents."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from common import data, figure
from lionrock.search.tokens import terms
from retrieval_common import Asked, Options, line, measured, sampled
from shelf import WEIGHED, Shelf, Text

Key = tuple[str, str]


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    with zipfile.ZipFile(data("obliqa") / "StructuredRegulatoryDocuments.zip") as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json") and "__MACOSX" not in name:
                found += json.loads(archive.read(name))
    return found


def above(every: Sequence[dict[str, Any]]) -> list[list[int]]:
    """The rows that each row stands under, outermost first, by its number."""
    found: list[list[int]] = []
    stack: list[tuple[str, str, int]] = []
    for place, row in enumerate(every):
        document, number = str(row["DocumentID"]), row["PassageID"].rstrip(".")
        while stack and not (stack[-1][0] == document and number.startswith(stack[-1][1] + ".")):
            stack.pop()
        found.append([p for _, _, p in stack])
        stack.append((document, number, place))
    return found


def is_heading(text: str) -> bool:
    """A row of a few words is a heading, as the product's parsers tell them, and no passage."""
    return len(terms(text)) < 5


def passages() -> tuple[list[Text], dict[Key, int]]:
    """Passages with the headings above them as their path."""
    every = rows()
    heads = [row["Passage"].strip() if len(terms(row["Passage"])) <= 12 else "" for row in every]
    texts, places = list[Text](), dict[Key, int]()
    for row, over in zip(every, above(every), strict=True):
        if is_heading(row["Passage"]):
            continue
        places[str(row["DocumentID"]), row["PassageID"]] = len(texts)
        path = " › ".join(heads[p] for p in over if heads[p])
        texts.append(Text(row["Passage"], path))
    return texts, places


def questions(places: dict[Key, int]) -> list[Asked]:
    asked = json.loads((data("obliqa") / "ObliQA_dev.json").read_text())
    made = []
    for one in asked:
        keys = [(str(p["DocumentID"]), p["PassageID"]) for p in one["Passages"]]
        gold = frozenset(places.get(key, -1 - n) for n, key in enumerate(keys))
        made.append(Asked(one["QuestionID"], one["Question"], gold))
    return made


async def run(options: Options) -> None:
    texts, places = passages()
    asked = questions(places)
    print(f"ObliQA dev: {len(texts)} passages, {len(asked)} questions (half A / half B)")
    with Shelf([replace(t, heading="") for t in texts]) as bare:
        ranked = [bare.ranked(a.question, bare.words(a.question)) for a in asked]
        line("words and pairs of words", measured(asked, ranked), "R@10", "MAP@10")
    with Shelf(texts) as shelf:
        words = {a.id: shelf.words(a.question) for a in asked}
        ranked = [shelf.ranked(a.question, words[a.id]) for a in asked]
        found = measured(asked, ranked)
        line("+ headings above", found, "R@10", "MAP@10")
        if options.vectors is not None:
            few = sampled(asked, options.sample)
            ranked = [shelf.ranked(a.question, words[a.id]) for a in few]
            line(f"… on {len(few)} sampled questions", measured(few, ranked), "R@10", "MAP@10")
            near = await shelf.near(
                options.vectors, [a.question for a in few],
                [shelf.ranked(a.question, words[a.id])[:WEIGHED] for a in few],
            )  # fmt: skip
            ranked = [
                shelf.ranked(a.question, words[a.id], n) for a, n in zip(few, near, strict=True)
            ]
            found = measured(few, ranked)
            line(f"+ meaning, of the first {WEIGHED} by words", found, "R@10", "MAP@10")
    figure("obliqa_r10", found["R@10"])
    figure("obliqa_map10", found["MAP@10"])
