"""What is known of an engine and its models before anyone speaks to it. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from lionrock.errors import NotFound
from lionrock.gateway.fields.kinds import EngineKind


class Trust(StrEnum):
    """On which side of the institution's boundary an engine runs."""

    INSIDE = "inside"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Offer:
    """A model as one engine serves it. Prices: micro-units of `currency` per million tokens."""

    name: str
    """What clients ask for."""
    upstream: str
    """What the engine calls it."""
    context: int
    """Tokens that a prompt and its answer share."""
    output: int
    """Most tokens of one answer."""
    price_in: int = 0
    price_out: int = 0
    currency: str = "HKD"
    sha256: str | None = None
    """Of the weights, in hex, as the operator states it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One server. `at_once`: places, that is requests it is sent at the same time by this process."""

    name: str
    kind: EngineKind
    url: str
    """`http(s)://host[:port][/v1]`, or `unix:` and the path of a socket."""
    trust: Trust
    offers: tuple[Offer, ...]
    key: str | None = field(default=None, repr=False)
    at_once: int = 1
    weight: float = 1.0
    """Of two engines with a free place, one of weight 2 is taken until it is twice as full."""
    health: str | None = None
    """Path of the health check under the server's root; None: the one of its kind."""
    silence: float = 120.0
    """Longest pause in seconds, before and within an answer, until it is taken for stuck."""

    def offer(self, model: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.name == model), None)


@dataclass(frozen=True, slots=True)
class Worst:
    """A model over all engines that serve it: what fits each, and what the dearest would cost."""

    name: str
    context: int
    output: int
    price_in: int
    price_out: int
    currency: str
    outside: bool
    """At least one of the engines is outside."""


def worst(engines: Iterable[Engine], model: str) -> Worst | None:
    """None when no engine serves it. A model has one currency (`declaring` sees to it)."""
    served = [(e, o) for e in engines if (o := e.offer(model)) is not None]
    if not served:
        return None
    offers = [offer for _, offer in served]
    return Worst(
        name=model,
        context=min(o.context for o in offers),
        output=min(o.output for o in offers),
        price_in=max(o.price_in for o in offers),
        price_out=max(o.price_out for o in offers),
        currency=offers[0].currency,
        outside=any(e.trust is Trust.OUTSIDE for e, _ in served),
    )


def not_offered(model: str, offered: Iterable[str]) -> NotFound:
    """The error to raise."""
    names = ", ".join(sorted(offered)) or "none"
    return NotFound(f"No engine offers the model {model[:80]!r}. Models offered: {names}.")


def embedded(
    socket: Path,
    *,
    model: str,
    key: str,
    context: int,
    output: int,
    at_once: int,
    sha256: str | None,
) -> Engine:
    """The engine in our own child process, as the pool knows engines. It costs nothing."""
    offer = Offer(name=model, upstream=model, context=context, output=output, sha256=sha256)
    return Engine(
        name="embedded",
        kind=EngineKind.LLAMACPP,
        url=f"unix:{socket}",
        trust=Trust.INSIDE,
        offers=(offer,),
        key=key,
        at_once=at_once,
    )
