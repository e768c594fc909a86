"""sanctions-screening-benchmark 0.1.0 (MIT) on 30 OFAC people: 567 distorted names, 90 of nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lionrock.screening.entities import Entity, Name
from screening.engines import Engine
from screening.lists import ALT, SDN
from screening.tasks import Maker

PEOPLE = 30
CASES = 657


def cases(folder: Path) -> Any:
    """The benchmark as its own code builds it from OFAC's files, all parameters at their defaults."""
    from ssb import benchmark, sources

    entities = sources._parse_sdn((folder / SDN).read_text("utf-8", errors="replace"))
    sources._parse_alt((folder / ALT).read_text("utf-8", errors="replace"), entities)
    snapshot = sources.ListSnapshot("ofac_sdn", "2022", list(entities.values()))
    return benchmark.build(snapshot, limit=PEOPLE)


def measure(engine: Engine, listed: Sequence[Entity], folder: Path) -> dict[str, float]:
    """Scored by the benchmark's own code: the best candidate at or above the threshold must be right.

    Each name of a candidate is compared by itself; the candidate's score is the best.
    """
    from ssb import benchmark

    made = cases(folder)
    if len(made.cases) != CASES:
        print(f"{len(made.cases)} cases and not {CASES}: the list's files are others")
    numbered = by_number(listed)
    names = {key: numbered[key] for key in made.candidates}
    made.candidates = {key: [key] for key in made.candidates}
    queries = list(dict.fromkeys(c.query for c in made.cases))
    maker = Maker()
    grid = [(q, key, name) for q in queries for key in names for name in names[key]]
    pairs = [(maker.entity(q), maker.of(name)) for q, _, name in grid]
    table: dict[tuple[str, str], float] = {}
    for (q, key, _), score in zip(grid, engine.scores(pairs), strict=True):
        table[q, key] = max(score, table.get((q, key), 0.0))
    card = benchmark.score(made, lambda q, key: table[q, key], threshold=engine.threshold)
    show(engine, made, card, table)
    return {"ssb_recall": card.overall_recall, "ssb_fpr": card.false_positive_rate}


def by_number(listed: Iterable[Entity]) -> dict[str, tuple[Name, ...]]:
    """The names of OFAC's specially designated, by OFAC's number of the entry."""
    return {e.id.removeprefix("ofac-"): e.names for e in listed if e.id.startswith("ofac-")}


def show(engine: Engine, made: Any, card: Any, table: dict[tuple[str, str], float]) -> None:
    print(f"\nsanctions-screening-benchmark, {engine.name}; goals recall 0.97, FPR 0.08")
    print(f"recall {card.overall_recall:.3f} of {made.manifest.positive_count}")
    for one in card.by_class:
        print(
            f"  {one.family:12} {one.perturbation:22} {one.hits:3} of {one.n:3}  {one.recall:.3f}"
        )
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for case in made.cases:
        if case.expected_entity_id is None:
            total[case.perturbation] += 1
            best = max(table[case.query, key] for key in made.candidates)
            passed[case.perturbation] += best >= engine.threshold
    print(f"FPR {card.false_positive_rate:.3f} of {made.manifest.negative_count}")
    for kind, n in sorted(total.items()):
        print(f"  {'negative':12} {kind:22} {passed[kind]:3} of {n:3}  {passed[kind] / n:.3f}")
