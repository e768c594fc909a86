"""Translation with terms, scored as the WMT25 terminology task scored it; and plain sentences.

    python bench/translate.py [--years 2018 …] [--paragraphs N] [--sentences N] [--model NAME …] [--resume]

HKMA annual reports: odd years English to Chinese, even years Chinese to English, with the term list of the
year (`proper`), as in the task. A fixed sample of paragraphs, by hash; those of one document are scored
as one text. Term success counts a term where the reference has it: how often a form of it stands in the
translation against how often the term stands in the source, at most once each. Years 2015 to 2017 were
developed on. NTREX and CantonMT sentences are translated without terms.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sacrebleu.metrics import BLEU, CHRF

from ask import DEFAULT, SMALL
from common import ROOT, bench_house, data, figure, median
from lionrock.app import House
from lionrock.assist.translate.kept import Translations
from lionrock.assist.translate.schemas import Into, Origin, TranslateRequest, Translation
from lionrock.assist.translate.script import simplified_only, traditional_only
from lionrock.assist.translate.termbase import Termbase
from lionrock.documents.language import Language
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from lionrock.search.glossary.schemas import NewEntry

YEARS = (2018, 2019, 2020, 2021)
INTO = {"en": Into.ENGLISH, "zh": Into.TRADITIONAL, "zh-Hant": Into.TRADITIONAL,
        "zh-Hans": Into.SIMPLIFIED, "yue": Into.CANTONESE}  # fmt: skip
NTREX = {"en": "src.eng", "zh-Hant": "ref.zho-TW", "zh-Hans": "ref.zho-CN", "yue": "ref.yue"}
PAIRS = (("en", "zh-Hant"), ("zh-Hant", "en"), ("en", "zh-Hans"), ("zh-Hans", "en"), ("en", "yue"),
         ("yue", "en"))  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A source with its reference. `document`: what it is scored together with."""

    document: str
    source: str
    reference: str
    into: str
    terms: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Made:
    text: str
    segments: int
    held: int
    """Segments whose figures, dates and references hold."""
    terms_held: int
    seconds: float


class Given:
    """In place of the tenant's glossary: the term list of one report."""

    def __init__(self) -> None:
        self.terms: Mapping[str, Sequence[str]] = {}
        self._made: dict[int, Termbase] = {}

    async def of(self, actor: Actor, language: Language, into: Language) -> Termbase:
        key = id(self.terms)
        if key not in self._made:
            entries = (_entry(t, forms, language, into) for t, forms in self.terms.items())
            self._made[key] = Termbase([e for e in entries if e], language, into)
        return self._made[key]


def _entry(term: str, forms: Sequence[str], language: Language, into: Language) -> NewEntry | None:
    try:
        return NewEntry.model_validate({"terms": {language: [term], into: list(forms)[:20]}})
    except ValidationError:
        return None


def reports(years: Sequence[int], paragraphs: int) -> dict[str, list[Item]]:
    """By direction, the sample of `paragraphs` of each."""
    found: dict[str, list[Item]] = {"en_zh": [], "zh_en": []}
    for year in years:
        source, into = ("en", "zh") if year % 2 else ("zh", "en")
        lines = (data("hkma") / f"full_data_{year}.jsonl").read_text("utf-8").splitlines()
        for number, row in enumerate(map(json.loads, lines)):
            pairs = zip(row[source].split("\n\n"), row[into].split("\n\n"), strict=True)
            found[f"{source}_{into}"] += [
                Item(f"{year}.{number}", s.strip(), r.strip(), into, row["proper"])
                for s, r in pairs if s.strip() and r.strip()
            ]  # fmt: skip
    return {way: _sample(items, paragraphs) for way, items in found.items()}


def sentences(count: int) -> Iterator[tuple[str, list[Item]]]:
    """By name of the set and direction."""
    sides = {k: (data("ntrex") / f"newstest2019-{v}.first1000.txt") for k, v in NTREX.items()}
    lines = {k: p.read_text("utf-8").splitlines() for k, p in sides.items()}
    for source, into in PAIRS:
        items = [Item("", s, r, into, {}) for s, r in zip(lines[source], lines[into], strict=True)]
        yield f"ntrex_{source}_{into}", _sample(items, count)
    pairs = zip(
        *(_lines("cantonese", f"cantonmt-{k}.first1500.txt") for k in ("yue", "en")), strict=True
    )
    yield "cantonmt_yue_en", _sample([Item("", s, r, "en", {}) for s, r in pairs], count)


def _lines(part: str, name: str) -> list[str]:
    return (data(part) / name).read_text("utf-8").splitlines()


def _sample(items: list[Item], count: int) -> list[Item]:
    return sorted(items, key=lambda i: hashlib.sha256(i.source.encode()).digest())[:count]


class Answers:
    """What was translated, kept so that a run that was stopped goes on."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            path.unlink(missing_ok=True)
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        self._known = {row["key"]: Made(**row["made"]) for row in map(json.loads, lines)}

    def get(self, item: Item) -> Made | None:
        return self._known.get(self._key(item))

    def put(self, item: Item, made: Made) -> None:
        row: dict[str, Any] = {"key": self._key(item), "made": vars(made)}
        with self._path.open("a") as file:
            file.write(json.dumps(row) + "\n")

    @staticmethod
    def _key(item: Item) -> str:
        return hashlib.sha256(f"{item.document}\0{item.into}\0{item.source}".encode()).hexdigest()


async def translated(house: House, actor: Actor, item: Item) -> Made:
    started = time.monotonic()
    request = TranslateRequest(text=item.source, into=INTO[item.into])
    run = await house.runs.begin(house.context(actor), find("translate"), request)
    last = [update async for update in run.follow()][-1]
    assert isinstance(last, Translation)
    there = [s for s in last.segments if s.origin is not Origin.NONE]
    held = sum(not s.binding for s in there)
    terms = sum(all(c.held for c in s.checks if c.name == "terms") for s in there)
    text = last.plain().partition("\n  ✗ ")[0]
    return Made(text, len(last.segments), held, terms, time.monotonic() - started)


def scores(items: Sequence[Item], texts: Sequence[str]) -> tuple[float, float, float]:
    """chrF2++, BLEU, both over documents, and term success."""
    by_document: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        by_document.setdefault(item.document or str(place), []).append(place)
    whole = [
        tuple("\n\n".join(side[i] for i in places) for side in (
            [x.source for x in items], texts, [x.reference for x in items]))
        for places in by_document.values()
    ]  # fmt: skip
    hypotheses, references = [w[1] for w in whole], [w[2] for w in whole]
    tokens = "13a" if items[0].into == "en" else "zh"
    chrf = CHRF(word_order=2).corpus_score(hypotheses, [references]).score
    bleu = BLEU(tokenize=tokens).corpus_score(hypotheses, [references]).score
    rates = [
        rate
        for (source, text, reference), places in zip(whole, by_document.values(), strict=True)
        for rate in term_rates(source, text, reference, items[places[0]].terms)
    ]
    return chrf, bleu, sum(rates) / len(rates) if rates else float("nan")


def term_rates(
    source: str, text: str, reference: str, terms: Mapping[str, Sequence[str]]
) -> Iterator[float]:
    """For each term of the source whose form the reference has."""
    source, text, reference = source.lower(), text.lower(), reference.lower()
    for term, forms in terms.items():
        said, wanted = term.strip().lower(), [f.strip().lower() for f in forms]
        if said and said in source and any(form in reference for form in wanted):
            yield min(sum(text.count(form) for form in wanted) / source.count(said), 1.0)


def pure(text: str, into: str) -> bool:
    """No character of the script that was not asked for."""
    wrong = traditional_only if into == "zh-Hans" else simplified_only
    return not any(wrong(c) for c in text)


async def measure(model: str, arguments: argparse.Namespace) -> None:
    label = {DEFAULT: "", SMALL: "_small"}.get(model, f"_{model}")
    answers = Answers(
        ROOT / ".cache" / "bench" / "translate" / f"{model}.jsonl", resume=arguments.resume
    )
    sets = {f"hkma_{k}": v for k, v in reports(arguments.years, arguments.paragraphs).items() if v}
    sets |= dict(sentences(arguments.sentences)) if arguments.sentences else {}
    everything: list[tuple[Item, Made]] = []
    print(
        f"\nmodel: {model}\n{'set':26} {'texts':>5} {'chrF2++':>8} {'BLEU':>6} {'terms':>6} {'s each':>7}"
    )
    async with bench_house(f"translate-{model}", model) as (house, actor):
        given = Given()
        house.of(Translations).termbases = given  # type: ignore[assignment]
        for name, items in sets.items():
            made: list[Made] = []
            for item in items:
                given.terms = item.terms
                one = answers.get(item)
                if one is None:
                    one = await translated(house, actor, item)
                    answers.put(item, one)
                made.append(one)
            everything += zip(items, made, strict=True)
            _told(name, label, items, made)
    segments = sum(m.segments for _, m in everything)
    chinese = [(i, m) for i, m in everything if i.into != "en"]
    figure(f"translate_figures_held{label}", sum(m.held for _, m in everything) / segments)
    figure(f"translate_terms_held{label}", sum(m.terms_held for _, m in everything) / segments)
    figure(
        f"translate_script_purity{label}",
        sum(pure(m.text, i.into) for i, m in chinese) / max(1, len(chinese)),
    )
    print(f"{segments} segments")


def _told(name: str, label: str, items: Sequence[Item], made: Sequence[Made]) -> None:
    chrf, bleu, terms = scores(items, [m.text for m in made])
    seconds = median([m.seconds for m in made])
    print(
        f"{name:26} {len(items):5} {chrf:8.1f} {bleu:6.1f} {terms:6.3f} {seconds:7.1f}", flush=True
    )
    figure(f"{name}_chrf{label}", chrf)
    figure(f"{name}_bleu{label}", bleu)
    if items[0].terms:
        figure(f"{name}_terms{label}", terms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", nargs="*", type=int, default=list(YEARS))
    parser.add_argument("--paragraphs", type=int, default=28, help="of the reports, a direction")
    parser.add_argument(
        "--sentences", type=int, default=8, help="of NTREX and CantonMT, a direction"
    )
    parser.add_argument("--model", nargs="*", default=[DEFAULT, SMALL])
    parser.add_argument(
        "--resume", action="store_true", help="go on with what was translated before"
    )
    arguments = parser.parse_args()
    for model in arguments.model:
        asyncio.run(measure(model, arguments))


if __name__ == "__main__":
    main()
