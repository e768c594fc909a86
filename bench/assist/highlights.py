"""How near are summaries of an annual report's chapters to the "Highlights" that the issuer wrote of them?

ROUGE (Lin 2004): words in English, characters in Chinese; F1. Beside it what the chapter's first
sentences score, and sentences at random, as many as the summary has. The years from 2019 on were not
looked at while building.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from assist.material import File, chapters, house_for, summary, take_in
from common import figure
from lionrock.documents.sentences import sentences

UNSEEN = 2019
MEASURES = ("rouge1", "rouge2", "rougeL")
Scores = dict[str, float]


async def measure(arguments: argparse.Namespace) -> None:
    pairs = _pairs()
    if arguments.model != "none":  # of the unseen years only, and few
        pairs = [p for p in pairs if p[0] >= UNSEEN][: arguments.documents]
    files = [File(f"{y} {title}.{lang}.md", text.encode()) for y, lang, title, text, _ in pairs]
    scores: dict[tuple[str, str, str], list[Scores]] = defaultdict(list)
    async with house_for(arguments.model) as (house, actor):
        taken = await take_in(house, actor, files)
        for file, (year, language, _, text, told) in zip(files, pairs, strict=True):
            made = await summary(house, actor, taken[file.name], length="medium")
            first, others = _plain_sentences(text), len(made.lines)
            part = "unseen" if year >= UNSEEN else "seen"
            some = random.Random(file.name).sample(first, min(others, len(first)))
            for method, said in (
                ("summary", [line.text for line in made.lines]),
                ("first sentences", first[:others]),
                ("at random", some),
            ):
                scores[part, language, method].append(rouge("\n".join(said), told))
    for (part, language, method), each in sorted(scores.items()):
        means = {m: sum(s[m] for s in each) / len(each) for m in MEASURES}
        told = "  ".join(f"{m} {value:.3f}" for m, value in means.items())
        print(f"{part:7} {language:3} {method:16} {len(each):3} chapters  {told}")
        if part == "unseen" and method == "summary":
            for name, value in means.items():
                figure(f"summary_{language}_{name}", value)


def _pairs() -> list[tuple[int, str, str, str, str]]:
    """(year, language, title, chapter, its part of the Highlights), where the chapter has one."""
    found = []
    told = {year: (en, zh) for year, title, en, zh in chapters() if "Highlights" in title}
    for year, title, en, zh in chapters():
        for language, text, at in (("en", en, 0), ("zh", zh, 1)):
            parts = _parts(told[year][at]) if year in told else {}
            heading = text.splitlines()[0]
            if part := parts.get(_folded(heading)):
                found.append((year, language, title, text, part))
    return found


def _parts(text: str) -> dict[str, str]:
    """The Highlights by the chapter that each part is of."""
    pieces = re.split(r"^# *(.+)$", text, flags=re.MULTILINE)
    return {
        _folded(h): body.strip()
        for h, body in zip(pieces[1::2], pieces[2::2], strict=True)
        if body.strip()
    }


def _folded(heading: str) -> str:
    return re.sub(r"\W|的", "", heading).casefold()


def _plain_sentences(text: str) -> list[str]:
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [body[a:b] for a, b in sentences(body)]


def rouge(said: str, wanted: str) -> Scores:
    """F1 of single tokens, of pairs, and of the longest common subsequence of the whole."""
    a, b = _tokens(said), _tokens(wanted)
    return {
        "rouge1": _overlap(a, b, 1),
        "rouge2": _overlap(a, b, 2),
        "rougeL": _f1(_common(a, b), len(a), len(b)),
    }


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+|[\u3400-\u9fff]", text.lower())


def _overlap(a: Sequence[str], b: Sequence[str], n: int) -> float:
    x, y = (Counter(tuple(t[i : i + n]) for i in range(len(t) - n + 1)) for t in (a, b))
    return _f1(sum((x & y).values()), sum(x.values()), sum(y.values()))


def _f1(both: int, said: int, wanted: int) -> float:
    return 2 * both / (said + wanted) if said + wanted else 0.0


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], before + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]
