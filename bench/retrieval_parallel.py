"""Across languages: HKMA annual reports by paragraph, Taiwan's financial law by article.

The glossary of a year is that of the other years' term lists, of an article that mined from other laws:
nothing of what is searched is in it.
"""

from __future__ import annotations

import ast
import gzip
import json
import time
from collections.abc import Sequence
from uuid import uuid4

from common import data, figure
from lionrock.search.glossary.expansion import NOTHING, Lexicon
from lionrock.search.glossary.mining import Pair, mine
from lionrock.search.glossary.schemas import LONGEST_TERM, Entry
from retrieval_common import Asked, Options, digest, measured, sampled
from shelf import Shelf, Text

Pairs = list[tuple[str, str]]
YEARS = range(2015, 2022)
_MINED_YEARS = (2018, 2019, 2020)


def _year(year: int) -> tuple[Pairs, dict[str, set[str]]]:
    """Aligned paragraphs, and the year's terms."""
    pairs, terms = Pairs(), dict[str, set[str]]()
    for row in (data("hkma") / f"full_data_{year}.jsonl").read_text().splitlines():
        chapter = json.loads(row)
        sides = [chapter[k].split("\n\n") for k in ("en", "zh")]
        if len(sides[0]) == len(sides[1]):
            pairs += [
                (a.strip(), b.strip()) for a, b in zip(*sides, strict=True)
                if a.strip() and b.strip() and not a.startswith("#")
            ]  # fmt: skip
        for term, meant in ast.literal_eval(str(chapter["proper"])).items():
            terms.setdefault(term, set()).update(m for m in meant if m.strip())
    return pairs, terms


def lexicon(terms: Sequence[tuple[str, Sequence[str]]]) -> Lexicon:
    return Lexicon(
        Entry(id=uuid4(), terms={"en": [en], "zh-Hant": list(zh)[:20]})
        for en, zh in terms
        if zh and en.strip() and max(map(len, (en, *zh))) <= LONGEST_TERM and list(zh) != [en]
    )


def found_in(pairs: Pairs, lexicon: Lexicon | None, *, back: bool) -> list[tuple[Asked, list[int]]]:
    """Each paragraph of one side asked for among those of the other."""
    asked = [(b, a) if back else (a, b) for a, b in pairs]
    rows = []
    with Shelf([Text(answer) for _, answer in asked]) as shelf:
        for place, (question, _) in enumerate(asked):
            expansion = lexicon.expand(question) if lexicon else NOTHING
            words = shelf.words(question, expansion=expansion)
            one = Asked(f"{back}{place}{question[:40]}", question, frozenset({place}))
            rows.append((one, shelf.ranked(question, words)))
    return rows


def r10(rows: Sequence[tuple[Asked, list[int]]]) -> float:
    return measured([a for a, _ in rows], [r for _, r in rows])["R@10"]


async def _with_meaning(
    pairs: Pairs, lexicon: Lexicon, options: Options, back: bool, few: int
) -> float:
    assert options.vectors is not None
    asked = [(b, a) if back else (a, b) for a, b in pairs]
    with Shelf([Text(answer) for _, answer in asked]) as shelf:
        every = [Asked(f"{n}{q[:40]}", q, frozenset({n})) for n, (q, _) in enumerate(asked)]
        chosen = sampled(every, few)
        words = [shelf.words(a.question, expansion=lexicon.expand(a.question)) for a in chosen]
        best = [shelf.ranked(a.question, w)[:20] for a, w in zip(chosen, words, strict=True)]
        near = await shelf.near(options.vectors, [a.question for a in chosen], best)
        ranked = [
            shelf.ranked(a.question, w, n) for a, w, n in zip(chosen, words, near, strict=True)
        ]
    return measured(chosen, ranked)["R@10"]


async def hkma(options: Options) -> None:
    years = {year: _year(year) for year in YEARS}
    print(f"HKMA annual reports: {sum(len(p) for p, _ in years.values())} paragraph pairs")
    totals: dict[str, list[float]] = {}
    for year, (pairs, _) in years.items():
        others: dict[str, set[str]] = {}
        for other, (_, terms) in years.items():
            if other != year:
                for term, meant in terms.items():
                    others.setdefault(term, set()).update(meant)
        known = lexicon([(t, sorted(m)) for t, m in others.items()])
        for name, of in (("words alone", None), ("+ glossary of other years", known)):
            for back, way in ((False, "English → Chinese"), (True, "Chinese → English")):
                found = r10(found_in(pairs, of, back=back))
                totals.setdefault(f"{name}, {way}", []).append(found * len(pairs))
    count = sum(len(p) for p, _ in years.values())
    for name, parts in totals.items():
        print(f"  {name:<44} R@10 {sum(parts) / count:.3f}", flush=True)
    _mined({y: p for y, (p, _) in years.items()}, {y: t for y, (_, t) in years.items()})
    both = [sum(parts) / count for name, parts in totals.items() if name.startswith("+")]
    figure("hkma_xling_r10", sum(both) / 2)
    figure("hkma_xling_r10_zh", both[0])
    figure("hkma_xling_r10_en", both[1])


def _mined(pairs: dict[int, Pairs], terms: dict[int, dict[str, set[str]]]) -> None:
    """Terms mined from some years: how many are right, by the lists of those years; what they add."""
    started = time.process_time()
    found = mine([p for year in _MINED_YEARS for p in pairs[year]])
    seconds = time.process_time() - started
    right, judged = _judged(found, [terms[y] for y in terms])
    print(
        f"  mined from {len(_MINED_YEARS)} years: {len(found)} pairs in {seconds:.0f} s of processor;"
        f" of {judged} whose English is in a term list, {right} have its Chinese"
    )
    known = lexicon([(p.english, [p.chinese]) for p in found])
    test = pairs[2015]
    ways = [r10(found_in(test, known, back=back)) for back in (False, True)]
    print(f"  mined terms alone, report of 2015: R@10 {ways[0]:.3f} there, {ways[1]:.3f} back")
    figure("hkma_mined_precision", right / max(1, judged))


def _judged(found: Sequence[Pair], lists: Sequence[dict[str, set[str]]]) -> tuple[int, int]:
    known: dict[str, set[str]] = {}
    for one in lists:
        for term, meant in one.items():
            known.setdefault(term.casefold(), set()).update(m.replace(" ", "") for m in meant)
    judged = [p for p in found if p.english.casefold() in known]
    right = [
        p for p in judged
        if any(p.chinese in m or m in p.chinese for m in known[p.english.casefold()])
    ]  # fmt: skip
    return len(right), len(judged)


async def tw_law(options: Options) -> None:
    """Whole English articles asked for among 3,000 Chinese ones; the glossary is mined from other laws."""
    with gzip.open(data("tw_law") / "tw_fin_law_bilingual.jsonl.gz", "rt") as file:
        rows = [json.loads(one) for one in file]
    apart = [r for r in rows if digest(r["pcode"])[0] < 96 and r["same_version"]]
    tested = [r for r in rows if digest(r["pcode"])[0] >= 96 and r["same_version"]]
    tested = sorted(tested, key=lambda r: digest(r["pcode"] + r["article"]))[:3000]
    learnt = sorted(apart, key=lambda r: digest(r["pcode"] + r["article"]))[:1500]
    found = mine([(r["en"], r["zh"]) for r in learnt])
    print(f"Taiwan law: {len(tested)} articles; {len(found)} terms mined from {len(learnt)} others")
    pairs = [(r["en"], r["zh"]) for r in tested]
    few = pairs[:800]
    known, result = lexicon([(p.english, [p.chinese]) for p in found]), 0.0
    for name, of in (("words alone", None), ("+ mined glossary", known)):
        asked = [Asked(str(n), en, frozenset({n})) for n, (en, _) in enumerate(few)]
        with Shelf([Text(zh) for _, zh in pairs]) as shelf:
            ranked = [
                shelf.ranked(
                    a.question,
                    shelf.words(a.question, expansion=of.expand(a.question) if of else NOTHING),
                )
                for a in asked
            ]
        result = measured(asked, ranked)["R@10"]
        print(f"  {name:<44} R@10 {result:.3f}", flush=True)
    figure("tw_law_r10", result)
