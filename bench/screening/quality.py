"""How well right pairs are told from wrong ones, by one engine with one configuration for all rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening import metrics, tasks
from screening.engines import Engine
from screening.people import Case, Person, Styled
from screening.tasks import Pair


@dataclass(frozen=True, slots=True)
class Row:
    """`figure` is the published figure's name, `rate` the share of wrong pairs it allows."""

    task: str
    figure: str
    rate: float
    goal: float
    pairs: list[Pair]


def rows(people: Sequence[Person], styled: Sequence[Styled]) -> list[Row]:
    bare = "without the English given name"
    return [
        Row("HK romanisation, Chinese", "hk_roman_recall_fpr01", 0.001, 0.97, tasks.hk_roman(people)),
        Row(f"  {bare}", "", 0.001, 0.97, tasks.hk_roman(people, alias=False)),
        Row("HK romanisation, pinyin", "roman_pinyin_recall_fpr1", 0.01, 0.95,
            tasks.roman_pinyin(people)),
        Row(f"  {bare}", "", 0.01, 0.95, tasks.roman_pinyin(people, alias=False)),
        Row("pinyin, Chinese", "pinyin_chinese_recall_fpr01", 0.001, 0.999,
            tasks.pinyin_chinese(people)),
        Row("Simplified, Traditional", "simp_trad_recall_fpr01", 0.001, 0.999,
            tasks.simp_trad(people)),
        Row("LegCo styles and Chinese", "legco_recall_fpr1", 0.01, 0.995, tasks.legco(styled)),
        Row("  Latin styles alone", "", 0.01, 0.995, tasks.legco(styled, chinese=False)),
    ]  # fmt: skip


def measure(engine: Engine, rows: Sequence[Row]) -> dict[str, float]:
    """Prints a line a task; recall is by rank at the stated rate, then at the engine's threshold."""
    print(f"\n{engine.name}, threshold {engine.threshold:.2f}")
    print(
        f"{'task':32} {'right':>5} {'wrong':>6} {'FPR':>6} {'goal':>5} {'recall':>6} {'AUC':>6}"
        f"   at threshold: recall    FPR"
    )
    figures: dict[str, float] = {}
    for row in rows:
        scores = engine.scores([(p.query, p.listed) for p in row.pairs])
        recall = metrics.recall_at_fpr(row.pairs, scores, row.rate)
        at = metrics.at_threshold(row.pairs, scores, engine.threshold)
        right = sum(p.same for p in row.pairs)
        print(
            f"{row.task:32} {right:5} {len(row.pairs) - right:6} {row.rate:6.1%} {row.goal:5.3f}"
            f" {recall:6.3f} {metrics.auc(row.pairs, scores):6.3f}   {at.recall:20.3f} {at.fpr:6.2%}"
        )
        if row.figure:
            figures[row.figure] = recall
    return figures


def measure_name_bench(engine: Engine, cases: Sequence[Case]) -> dict[str, float]:
    pairs = tasks.name_bench(cases)
    scores = engine.scores([(p.query, p.listed) for p in pairs])
    print(f"\nname_bench, {engine.name}, threshold {engine.threshold:.2f}; goals F1 0.82, AUC 0.89")
    print(f"{'group':18} {'pairs':>5} {'F1':>6} {'AUC':>6} {'recall':>6} {'FPR':>6}")
    for group in [*dict.fromkeys(p.group for p in pairs), ""]:
        chosen = [
            (p, s) for p, s in zip(pairs, scores, strict=True) if p.group == group or not group
        ]
        own, of = [p for p, _ in chosen], [s for _, s in chosen]
        at = metrics.at_threshold(own, of, engine.threshold)
        area = metrics.auc(own, of)
        name = group or "all"
        print(f"{name:18} {len(own):5} {at.f1:6.3f} {area:6.3f} {at.recall:6.3f} {at.fpr:6.3f}")
    return {
        "name_bench_f1": metrics.f1(pairs, scores, engine.threshold),
        "name_bench_auc": metrics.auc(pairs, scores),
    }
