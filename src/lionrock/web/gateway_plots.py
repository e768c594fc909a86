"""Use of the gateway by day as plots: tokens in and out, and what they cost in each currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal

from lionrock.gateway.ledger.report import Line
from lionrock.web.gateway_forms import bare, money
from lionrock.web.i18n import Translator
from lionrock.web.plots import Axis, Plot, counted

_TICKS: Final = 5
_WIDTH: Final = 0.8
"""Of a day, so that bars stand apart."""


def by_day(lines: Sequence[Line], since: date, until: date, speak: Translator) -> list[Plot]:
    """Of lines by day; none where nothing was used. `since` and `until` included."""
    if not lines:
        return []
    made = [_tokens(lines, since, until, speak)]
    for currency in sorted({line.currency for line in lines if line.cost}):
        own = [line for line in lines if line.currency == currency]
        made.append(_cost(own, currency, since, until, speak))
    return made


def _tokens(lines: Sequence[Line], since: date, until: date, speak: Translator) -> Plot:
    """A day's bar is of both; what was sent in stands in front."""
    ins, outs = _sums(lines, lambda x: x.tokens_in), _sums(lines, lambda x: x.tokens_out)
    most = max(ins[day] + outs[day] for day in ins)
    told = speak.gettext(
        "%(tokens_in)s tokens in and %(tokens_out)s out; most on %(day)s",
        tokens_in=speak.number(sum(ins.values())), tokens_out=speak.number(sum(outs.values())),
        day=speak.day(max(ins, key=lambda day: ins[day] + outs[day])),
    )  # fmt: skip
    title, up = speak.gettext("Tokens by day"), counted("", most, lambda n: _short(n, speak))
    plot = Plot("tokens", title, told, _days(since, until, speak), up)
    plot.legend += [("in", speak.gettext("Tokens in")), ("out", speak.gettext("Tokens out"))]
    for day in sorted(ins):
        start = (day - since).days
        said = speak.gettext(
            "%(day)s: %(tokens_in)s in, %(tokens_out)s out", day=speak.day(day),
            tokens_in=speak.number(ins[day]), tokens_out=speak.number(outs[day]),
        )  # fmt: skip
        plot.bar("out", start, start + _WIDTH, ins[day] + outs[day], said)
        plot.bar("in", start, start + _WIDTH, ins[day], said)
    return plot


def _cost(
    lines: Sequence[Line], currency: str, since: date, until: date, speak: Translator
) -> Plot:
    costs = _sums(lines, lambda x: x.cost)
    title = speak.gettext("Cost by day, %(currency)s", currency=currency)
    told = speak.gettext(
        "%(amount)s in all; most on %(day)s", amount=money(sum(costs.values()), currency, speak),
        day=speak.day(max(costs, key=lambda day: costs[day])),
    )  # fmt: skip
    up = counted("", max(costs.values()), lambda micro: bare(micro, speak))
    plot = Plot(f"cost-{currency}", title, told, _days(since, until, speak), up)
    for day in sorted(costs):
        start = (day - since).days
        said = f"{speak.day(day)}: {money(costs[day], currency, speak)}"
        plot.bar("in", start, start + _WIDTH, costs[day], said)
    return plot


def _sums(lines: Sequence[Line], value: Callable[[Line], int]) -> dict[date, int]:
    found: dict[date, int] = defaultdict(int)
    for line in lines:
        if line.day is not None:
            found[line.day] += value(line)
    return found


def _days(since: date, until: date, speak: Translator) -> Axis:
    """From the beginning of the first day to the end of the last."""
    count = (until - since).days + 1
    step = max(1, -(-count // _TICKS))
    ticks = [
        (n + _WIDTH / 2, format_skeleton("MMMd", since + timedelta(days=n), locale=speak.locale))
        for n in range(0, count, step)
    ]
    return Axis(speak.gettext("Day, in Hong Kong"), 0, count, ticks)


def _short(value: float, speak: Translator) -> str:
    return format_compact_decimal(value, locale=speak.locale, fraction_digits=1)
