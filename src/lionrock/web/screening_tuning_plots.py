"""The plots of a tuning report, from its facts: what other thresholds would do, and where scores lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from babel.numbers import format_decimal, format_percent

from lionrock.screening.tuning.facts import Bin, Facts, Point
from lionrock.web.i18n import Translator
from lionrock.web.plots import Axis, Plot, by_powers, counted

_WIDTH_OF_BIN: Final = 0.05


def threshold(value: float) -> str:
    """Two decimals, or as many more as it has."""
    written = f"{value:.4f}".rstrip("0")
    return written if len(written) > 4 else f"{value:.2f}"


def share(value: float | None, speak: Translator) -> str:
    """To a tenth of a per cent; a dash where nothing was tried."""
    if value is None:
        return "–"
    return format_percent(value, format="0.0%", locale=speak.locale)


def tenth(value: float | None, speak: Translator) -> str:
    return "–" if value is None else format_decimal(value, format="#,##0.0", locale=speak.locale)


def in_use(facts: Facts) -> list[float]:
    """The thresholds of the lists measured, each once."""
    return sorted({one.threshold for one in facts.lists})


def curves(facts: Facts, speak: Translator) -> list[Plot]:
    """What was found against false alarms; then each of them, and decided alerts, by threshold."""
    made = [_trade_off(facts, speak), _recall(facts, speak), _alarms(facts, speak)]
    if sum(facts.decided.get(k, 0) for k in ("true-match", "false-positive")):
        made.append(_decided(facts, speak))
    return [plot for plot in made if plot is not None]


def distributions(facts: Facts, speak: Translator) -> list[Plot]:
    """How many altered names, customers' pairs and decided alerts have which score."""
    made = []
    names = speak.gettext("Scores of altered names")
    pairs = speak.gettext("Scores of customers' pairs, from %(least)s", least="0.20")
    for name, title in (("variants", names), ("customers", pairs)):
        values = [getattr(b, name) for b in facts.bins]
        if any(values):
            made.append(_bars(facts, speak, name, title, [("first", "", values)]))
    true, false = [b.decided_true for b in facts.bins], [b.decided_false for b in facts.bins]
    if any(true) or any(false):
        series = [
            ("first", speak.gettext("decided as true matches"), true),
            ("second", speak.gettext("decided as false positives"), false),
        ]
        made.append(
            _bars(facts, speak, "decided", speak.gettext("Scores of decided alerts"), series)
        )
    return made


def _trade_off(facts: Facts, speak: Translator) -> Plot | None:
    """From the strictest threshold to the loosest: the curve begins at no alarms."""
    known = [
        (p.customers_per_1000, p.recall, p)
        for p in reversed(facts.curve)
        if p.customers_per_1000 is not None and p.recall is not None
    ]
    if not known:
        return None
    across = _per_1000(facts, speak)
    plot = Plot(
        "trade-off", speak.gettext("Names found against customers stopped"),
        _told(facts, speak, lambda p: _pair(p, speak)), across, _percents(speak.gettext("Altered names found")),
    )  # fmt: skip
    used = set(in_use(facts))
    marked = [n for n, (_, _, p) in enumerate(known) if p.threshold in used]
    points = [(x, y, f"{threshold(p.threshold)}: {_pair(p, speak)}") for x, y, p in known]
    plot.line("first", points, marked)
    for n in marked:
        dot, at = plot.lines[0].dots[n], known[n][2].threshold
        plot.note(dot, threshold(at), below=False)
    return plot


def _recall(facts: Facts, speak: Translator) -> Plot | None:
    title, told = speak.gettext("Altered names found"), lambda p: share(p.recall, speak)
    return _by_threshold(
        facts, speak, "found", title, _percents(speak.gettext("Altered names found")),
        [("first", "", [(p, p.recall) for p in facts.curve])], told, below=True,
    )  # fmt: skip


def _alarms(facts: Facts, speak: Translator) -> Plot | None:
    values, up = [(p, p.customers_per_1000) for p in facts.curve], _per_1000(facts, speak)
    return _by_threshold(
        facts, speak, "alarms", up.title, up, [("second", "", values)],
        lambda p: tenth(p.customers_per_1000, speak), below=False,
    )  # fmt: skip


def _decided(facts: Facts, speak: Translator) -> Plot | None:
    def kept(kept: int, lost: int) -> float | None:
        return kept / (kept + lost) if kept + lost else None

    def told(p: Point) -> str:
        true, false = kept(p.true_kept, p.true_lost), kept(p.false_raised, p.false_saved)
        return f"{share(true, speak)} / {share(false, speak)}"

    true = [(p, kept(p.true_kept, p.true_lost)) for p in facts.curve]
    false = [(p, kept(p.false_raised, p.false_saved)) for p in facts.curve]
    series = [
        ("first", speak.gettext("decided as true matches"), true),
        ("second", speak.gettext("decided as false positives"), false),
    ]
    title = speak.gettext("Decided alerts that would still be raised")
    return _by_threshold(
        facts, speak, "decided", title, _percents(speak.gettext("Still raised")), series, told, below=True
    )  # fmt: skip


Series = tuple[str, str, Sequence[tuple[Point, float | None]]]
"""A look, its words in the legend, and the value at each point."""


def _by_threshold(
    facts: Facts, speak: Translator, id: str, title: str, up: Axis, series: Sequence[Series],
    told: Callable[[Point], str], *, below: bool,
) -> Plot | None:  # fmt: skip
    ticks = [(n / 10, f"{n / 10:.1f}") for n in range(2, 11, 2)]
    across = Axis(speak.gettext("Threshold"), 0.2, 1.0, ticks)
    plot, used = Plot(id, title, _told(facts, speak, told), across, up), in_use(facts)
    for value in used:
        plot.mark(max(value, across.least), threshold(value))
    for look, words, values in series:
        known = [(p, v) for p, v in values if v is not None and p.threshold >= across.least]
        if not known:
            continue
        marked = [n for n, (p, _) in enumerate(known) if p.threshold in used]
        points = [(p.threshold, v, f"{threshold(p.threshold)}: {told(p)}") for p, v in known]
        plot.line(look, points, marked)
        if words:
            plot.legend.append((look, words))
        else:
            for n in marked:
                plot.note(plot.lines[-1].dots[n], told(known[n][0]), below=below)
    return plot if plot.lines else None


def _bars(
    facts: Facts, speak: Translator, id: str, title: str, series: Sequence[tuple[str, str, list[int]]]
) -> Plot:  # fmt: skip
    """Twenty bins side by side; where there are several series, the bars of a bin share its width."""
    most = max(max(values) for _, _, values in series)
    up = counted(speak.gettext("Count"), most, speak.number)
    ticks: list[tuple[float, str]] = [(n / 5, f"{n / 5:.1f}") for n in range(6)]
    across = Axis(speak.gettext("Score"), 0, 1, ticks)
    told = "; ".join(_peak(facts, words, values, speak) for _, words, values in series)
    plot = Plot(f"scores-{id}", title, told, across, up)
    part = _WIDTH_OF_BIN / len(series)
    for n, (look, words, values) in enumerate(series):
        if words:
            plot.legend.append((look, words))
        for bin, value in zip(facts.bins, values, strict=True):
            start = bin.least + n * part
            plot.bar(look, start, start + part, value, f"{_range(bin)}: {speak.number(value)}")
    for used in in_use(facts):
        plot.mark(used, threshold(used))
    return plot


def _peak(facts: Facts, words: str, values: list[int], speak: Translator) -> str:
    """Where most of a series lies."""
    most = max(range(len(values)), key=lambda n: values[n])
    said = speak.gettext(
        "%(total)s in all, %(most)s of them at %(range)s",
        total=speak.number(sum(values)), most=speak.number(values[most]), range=_range(facts.bins[most]),
    )  # fmt: skip
    return f"{words}: {said}" if words else said


def _range(bin: Bin) -> str:
    return f"{bin.least:.2f}–{bin.least + _WIDTH_OF_BIN:.2f}"


def _percents(title: str) -> Axis:
    return Axis(title, 0, 1, [(n / 4, f"{n * 25}%") for n in range(5)])


def _per_1000(facts: Facts, speak: Translator) -> Axis:
    most = max((p.customers_per_1000 or 0 for p in facts.curve), default=0)
    title = speak.gettext("Customers with a hit, of 1,000")
    return by_powers(title, most, speak.number)


def _pair(point: Point, speak: Translator) -> str:
    return speak.gettext(
        "%(share)s found, %(customers)s of 1,000 customers",
        share=share(point.recall, speak),
        customers=tenth(point.customers_per_1000, speak),
    )


def _told(facts: Facts, speak: Translator, told: Callable[[Point], str]) -> str:
    """The ends of the curve, and the thresholds in use."""
    used, ends = set(in_use(facts)), (facts.curve[0], facts.curve[-1])
    wanted = [p for p in facts.curve if p.threshold in used or p in ends]
    return "; ".join(f"{threshold(p.threshold)}: {told(p)}" for p in wanted)
