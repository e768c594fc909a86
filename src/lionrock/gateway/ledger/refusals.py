"""Why a call was not admitted, from what `gateway_admit()` answers: which limit of whose, and until when."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from lionrock.errors import BudgetExceeded, Forbidden, LionrockError, RateLimited, TooLarge
from lionrock.gateway.ledger.calls import MICRO, Call
from lionrock.gateway.ledger.windows import seconds_until_open

_WHOSE: Final = {
    "tenant": "your institution",
    "member": "your membership",
    "key": "this key",
}
_SOON: Final = 1.0
"""Seconds: a place, or a reservation, is given back when another call ends."""


def refusal(verdict: str, call: Call) -> LionrockError:
    """The error for a verdict: `kind|whose|…`, as migration 0012 writes it. Its `limit` is the kind."""
    error = _worded(verdict, call)
    error.limit = verdict.partition("|")[0]
    return error


def _worded(verdict: str, call: Call) -> LionrockError:
    kind, whose, *rest = verdict.split("|")
    of = _WHOSE[whose]
    match kind:
        case "model":
            return Forbidden(f"Model {call.model} is not among those {of} may use.")
        case "output":
            return TooLarge(
                f"Answers for {of} have at most {rest[0]} tokens, and {call.max_output} were asked "
                "for: ask for fewer (max_tokens)."
            )
        case "context" | "never":
            return _too_long(kind, of, rest[0], call)
        case "budget":
            return _budget(of, rest, call)
        case "currency":
            return BudgetExceeded(
                f"The budget of {of} is in {rest[0]} and this model is priced in "
                f"{call.price.currency}: the administrator has to set either in the other's currency."
            )
    return _limited(kind, of, rest)


def _limited(kind: str, of: str, rest: list[str]) -> RateLimited:
    match kind:
        case "at-once":
            return RateLimited(
                f"{rest[0]} calls at once are allowed for {of}, and so many are under way.",
                retry_after=_SOON,
            )
        case "window":
            return RateLimited(
                f"Calls for {of} are allowed at certain times of the week only, and now is none.",
                retry_after=seconds_until_open(int(rest[0]), rest[1]),
            )
    seconds = float(rest[1])
    return RateLimited(
        f"{rest[0]} {kind} a minute are allowed for {of}. Try again in {math.ceil(seconds)} seconds.",
        retry_after=seconds,
    )


def _too_long(kind: str, of: str, most: str, call: Call) -> TooLarge:
    limit = "a call" if kind == "context" else "a minute"
    return TooLarge(
        f"{most} tokens {limit} are allowed for {of}, and this call needs up to "
        f"{call.tokens_in + call.max_output}: shorten the prompt or ask for fewer tokens (max_tokens)."
    )


def _budget(of: str, rest: list[str], call: Call) -> BudgetExceeded:
    period, currency, cap, spent, reserved = rest[:5]
    ends = float(rest[5]) if len(rest) > 5 else None
    spans = {"day": "a day", "month": "a month", "total": "in all"}[period]
    cost = call.price.cost(call.tokens_in, call.max_output)
    waiting = int(spent) + cost <= int(cap)
    return BudgetExceeded(
        f"The budget of {of} is {_money(cap)} {currency} {spans}: {_money(spent)} are spent, "
        f"{_money(reserved)} reserved for calls under way, and this call may cost {_money(cost)}. "
        + ("Try again when others have ended." if waiting else "Ask for less, or wait for more."),
        retry_after=_SOON if waiting else ends,
    )


def _money(millionths: str | int) -> str:
    return f"{Decimal(millionths) / MICRO:,.6f}".rstrip("0").rstrip(".")
