"""The forms of limits and budgets: their fields, and what they ask for."""

from __future__ import annotations

import re
from datetime import time
from typing import Any, Final

from babel.dates import get_day_names
from babel.numbers import format_currency, format_decimal

from lionrock.errors import InvalidInput
from lionrock.gateway.ledger.budgets import Budget, Period
from lionrock.gateway.ledger.calls import MICRO, MOST_COST, MOST_TOKENS
from lionrock.gateway.ledger.limits import Limits
from lionrock.gateway.ledger.windows import Window
from lionrock.gateway.ledger.writing import amount, hour, millionths, together, window, written
from lionrock.web.faults import Filled
from lionrock.web.i18n import Translator

NUMBERS: Final = {
    "requests_per_minute": 1_000_000,
    "tokens_per_minute": MOST_TOKENS,
    "at_once": 100_000,
    "context_tokens": MOST_TOKENS,
    "output_tokens": MOST_TOKENS,
}
"""What can be limited, and the greatest limit of each."""
_MODELS: Final = 200
_WINDOWS: Final = 50
_CURRENCY: Final = re.compile("[A-Z]{3}")


def limit_values(limits: Limits) -> dict[str, str]:
    values = {n: str(getattr(limits, n)) for n in NUMBERS if getattr(limits, n) is not None}
    if limits.models is not None:
        values |= {"only": "1", "models": "\n".join(limits.models)}
    return values | {"windows": "\n".join(written(limits.windows or []))}


def limits_of(sent: Filled, speak: Translator) -> Limits:
    """The limits that the form asks for; where there are faults, some that are not to be used."""
    wanted: dict[str, Any] = {n: sent.whole(n, speak, 1, most) for n, most in NUMBERS.items()}
    wanted |= {"models": _models(sent, speak), "windows": _windows(sent, speak) or None}
    return Limits.model_construct(**wanted)


def _models(sent: Filled, speak: Translator) -> list[str] | None:
    names = list(dict.fromkeys(text for _, text in sent.lines("models")))
    if not sent.ticked("only"):
        if names:
            sent.wrong(
                "models", speak.gettext("Tick that only these may be called, or empty this.")
            )
        return None
    if len(names) > _MODELS or any(len(name) > 200 or "\0" in name for name in names):
        sent.wrong("models", speak.gettext("this is not valid"))
    return names


def _windows(sent: Filled, speak: Translator) -> list[Window]:
    found = []
    for line, text in sent.lines("windows"):
        try:
            found.append(window(text))
        except InvalidInput:
            fault = speak.gettext(
                "Line %(line)s: “%(text)s” is no time of the week. Write it as 1-5 09:00-18:00.",
                line=line, text=text[:40],
            )  # fmt: skip
            sent.wrong("windows", fault)
    if len(found) > _WINDOWS:
        sent.wrong("windows", speak.gettext("this is not valid"))
    return found


def budget_values(budget: Budget) -> dict[str, str]:
    return {
        "period": budget.period.value, "cap": amount(budget.cap), "currency": budget.currency,
    }  # fmt: skip


def budget_of(sent: Filled, speak: Translator) -> Budget:
    """The budget that the form asks for; where there are faults, one that is not to be used."""
    cap, currency = 0, sent.text("currency").upper()
    try:
        cap = millionths(sent.text("cap"))
    except InvalidInput:
        most = speak.number(MOST_COST // MICRO)
        fault = speak.gettext("Write an amount up to %(most)s, as 250.00.", most=most)
        sent.wrong("cap", fault)
    if not _CURRENCY.fullmatch(currency):
        sent.wrong("currency", speak.gettext("Three letters, as HKD."))
    period = next((p for p in Period if p.value == sent.text("period")), None)
    if period is None:
        sent.wrong("period", speak.gettext("Choose one."))
    return Budget.model_construct(period=period or Period.MONTH, cap=cap, currency=currency)


def money(micro: int, currency: str, speak: Translator) -> str:
    """Two decimals, or as many more as it has."""
    return format_currency(
        micro / MICRO, currency, format="¤#,##0.00####", locale=speak.locale, currency_digits=False
    )


def bare(micro: float, speak: Translator) -> str:
    """As `money`, without the currency and no more decimals than needed."""
    return format_decimal(micro / MICRO, format="#,##0.######", locale=speak.locale)


def times(windows: list[Window], speak: Translator) -> list[str]:
    """Windows in the reader's words, one of the same hours each."""
    named = get_day_names("abbreviated", locale=speak.locale)

    def span(first: int, last: int) -> str:
        # Babel counts from Monday, which is 0.
        return named[first - 1] if first == last else f"{named[first - 1]}–{named[last - 1]}"

    def line(spans: list[tuple[int, int]], begins: time, ends: time) -> str:
        days = ", ".join(span(*each) for each in spans)
        return f"{days} {begins:%H:%M}–{hour(ends)}"

    return [line(*each) for each in together(windows)]
