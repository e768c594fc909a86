"""Right, wrong and refused on Hong Kong regulation: English documents asked in four languages.

    python bench/regulatory.py                       the held-out part, default model; resumes
    python bench/regulatory.py --retrieval-only      is the right sentence among the first 1, 8, 60
    python bench/regulatory.py --check               are the quotes of the key on the pages it says

The documents (supervisory modules, guidelines, FATF's Recommendations, Cap. 486 in both languages) are
read from the public data sets into a home of their own, through the product. A question is in the
development part or in the held-out one by the hash of its text; the default part is the held-out one,
which nothing was fitted on. What was answered is kept in `--results`, a line a question, so that a
run that was stopped goes on where it was; a new model, calibration or key starts anew.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ask import DEFAULT, ask, verdict
from common import ROOT, bench_house, data, figure, fold, load, median, questions
from fit_evidence import is_gold
from lionrock.app import House
from lionrock.assist import translation
from lionrock.assist.evidence import rank
from lionrock.assist.schemas import Answer
from lionrock.documents.citations import occurs
from lionrock.documents.language import detect
from lionrock.kernel.actors import Actor

HOME = "regulatory"
KEY = "regulatory.jsonl"
EVIDENCE = ROOT / "src" / "lionrock" / "assist" / "evidence.json"
LANGUAGES = ("en", "zh-Hant", "zh-Hans", "yue")
DEPTHS = (1, 3, 8, 60)
WITHOUT_PAGES = ".xml"
"""An ordinance's pages are the reading copy's, and no part of the key."""


def documents() -> list[Path]:
    """What the questions are about; exits 0 when it is not here."""
    modules = sorted(data("hkma_spm").glob("*.pdf"))
    return modules + sorted(data("hk_regs").glob("*.md")) + sorted(data("hk_law").glob("*.xml"))


def chosen(part: str) -> list[dict[str, Any]]:
    return [one for one in questions(KEY) if part in ("all", one["split"])]


async def retrieval(
    house: House, actor: Actor, asked: list[dict[str, Any]], *, translate: bool = False
) -> list[tuple[dict[str, Any], int | None]]:
    """Each answerable question with the place of its first right sentence from 0; None: not found."""
    found: list[tuple[dict[str, Any], int | None]] = []
    for one in asked:
        if not one["answerable"]:
            continue
        run = house.context(actor)
        ranking = await rank(run, one["question"])
        if translate and translation.wanted(ranking):
            language = detect(one["question"])
            other = await translation.translated(run, one["question"], language)
            ranking = await rank(run, one["question"], other)
        places = (i for i, c in enumerate(ranking.candidates) if is_gold(one, c))
        found.append((one, next(places, None)))
    return found


def report_retrieval(found: list[tuple[dict[str, Any], int | None]], show: bool) -> None:
    if show:
        for one, place in found:
            print(f"{one['id']} {one['language']:7} {place!s:>5} {one['question'][:70]}")
    print(f"\n{'language':10} | answerable | right sentence among the first {DEPTHS}")
    for language in (*LANGUAGES, "all"):
        places = [p for one, p in found if language in (one["language"], "all")]
        counts = [sum(p is not None and p < depth for p in places) for depth in DEPTHS]
        print(f"{language:10} | {len(places):10} | " + " ".join(f"{n:4}" for n in counts))
        if language == "all":
            for depth, count in zip(DEPTHS, counts, strict=True):
                figure(f"own_questions_r{depth}", count / max(1, len(places)))


async def check(house: House, actor: Actor, asked: list[dict[str, Any]]) -> int:
    """How many quotes of the key are not on the page that it says."""
    kept = {d.name: d for d in await house.documents.list(actor)}
    texts: dict[str, dict[int, str]] = {}
    missing = total = 0
    for one in asked:
        for gold in one["gold"]:
            name = gold["document"]
            if name not in texts and name in kept:
                texts[name] = dict((await house.documents.texts(actor, kept[name].id)).pages)
            total += 1
            pages = texts.get(name, {})
            numbers = gold["pages"] or list(pages)
            there = [n for n in numbers if _holds(gold["quote"], pages.get(n, ""), name)]
            if not there or (gold["pages"] and len(there) < len(numbers)):
                missing += 1
                print(f"{one['id']}: {name} {gold['pages']}: not there: {gold['quote']!r}")
    print(f"{total - missing} of {total} quotes stand where the key says")
    return missing


def _holds(quote: str, page: str, name: str) -> bool:
    return fold(quote) in fold(page) if name.endswith(WITHOUT_PAGES) else occurs(quote, page)


async def answer_all(
    house: House, actor: Actor, asked: list[dict[str, Any]], kept: Path, limit: int
) -> None:
    done = {row["id"] for row in read(kept)}
    left = [one for one in asked if one["id"] not in done][: limit or None]
    for i, one in enumerate(left, 1):
        answer, evidence, first, whole = await ask(house, actor, one["question"])
        row = _row(one, answer) | {"evidence_s": evidence, "first_s": first, "whole_s": whole}
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        print(
            f"{i}/{len(left)} {one['id']} {one['language']:7} {row['verdict']:8} "
            f"{answer.confidence:.2f} {whole:5.0f} s  {one['question'][:60]}",
            flush=True,
        )


def _row(one: dict[str, Any], answer: Answer) -> dict[str, Any]:
    return {
        "id": one["id"],
        "language": one["language"],
        "answerable": one["answerable"],
        "verdict": verdict(one, answer),
        "confidence": answer.confidence,
        "model": answer.model,
        "answer": answer.answer,
        "citations": [(c.document, c.page, c.quote) for c in answer.citations],
    }


def read(kept: Path) -> list[dict[str, Any]]:
    lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def report(rows: list[dict[str, Any]], of: int, show: bool) -> None:
    if show:
        for row in rows:
            cited = "; ".join(f"{d} p.{p}: {q[:80]}" for d, p, q in row["citations"])
            print(f"{row['id']} {row['language']:7} {row['verdict']:8} {row['confidence']} {cited}")
    print(f"\n{len(rows)} of {of} questions")
    print(f"{'language':10} | answerable: right wrong refused | unanswerable: wrong refused")
    count: Counter[tuple[str, bool, str]] = Counter()
    for row in rows:
        for language in (row["language"], "all"):
            count[language, row["answerable"], row["verdict"]] += 1
    for language in (*LANGUAGES, "all"):
        right, wrong, refused = (count[language, True, v] for v in ("right", "wrong", "refused"))
        other, silent = (count[language, False, v] for v in ("wrong", "refused"))
        print(f"{language:10} | {right:17} {wrong:5} {refused:7} | {other:19} {silent:7}")
    able = sum(row["answerable"] for row in rows)
    wrong = sum(row["verdict"] == "wrong" for row in rows)
    print(f"median seconds a question: {median([row['whole_s'] for row in rows]):.0f}")
    figure("own_questions_right", count["all", True, "right"] / max(1, able))
    figure("own_questions_wrong", wrong / max(1, len(rows)))
    figure("own_questions_refused", count["all", False, "refused"] / max(1, len(rows) - able))


def results(folder: Path, model: str) -> Path:
    """The file of what this model answered, with this calibration and this key."""
    key = ROOT / "bench" / "questions" / KEY
    digest = hashlib.sha256(EVIDENCE.read_bytes() + key.read_bytes()).hexdigest()[:8]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{model}-{digest}.jsonl"


async def main(arguments: argparse.Namespace) -> int:
    asked = chosen(arguments.part)
    files = documents()
    home = ROOT / ".cache" / "bench" / HOME
    if arguments.fresh:
        shutil.rmtree(home, ignore_errors=True)
    without = arguments.check or (arguments.retrieval_only and not arguments.translate)
    async with bench_house(HOME, "none" if without else arguments.model) as (house, actor):
        await load(house, actor, files)
        if arguments.check:
            return int(bool(await check(house, actor, asked)))
        if arguments.retrieval_only:
            found = await retrieval(house, actor, asked, translate=arguments.translate)
            report_retrieval(found, arguments.show)
            return 0
        kept = results(arguments.results, arguments.model)
        print(f"results in {kept}", file=sys.stderr)
        await answer_all(house, actor, asked, kept, arguments.limit)
    wanted = {one["id"] for one in asked}
    rows = [row for row in read(kept) if row["id"] in wanted]
    report(rows, len(asked), arguments.show)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("heldout", "dev", "all"), default="heldout")
    parser.add_argument("--model", default=DEFAULT, help="a catalogue name, or none")
    parser.add_argument("--retrieval-only", action="store_true", help="no model is asked")
    parser.add_argument("--translate", action="store_true", help="… but for the translation")
    parser.add_argument("--check", action="store_true", help="look the key's quotes up")
    parser.add_argument("--limit", type=int, default=0, help="stop after so many questions")
    parser.add_argument("--fresh", action="store_true", help="load the documents anew")
    parser.add_argument("--show", action="store_true", help="a line a question")
    parser.add_argument(
        "--results", type=Path, default=ROOT / ".cache" / "bench" / "regulatory-results"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
