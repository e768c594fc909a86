"""The answer to a payment: release or hold, and each reason with what it rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from lionrock.errors import TooLarge
from lionrock.screening.entities import Entity
from lionrock.screening.matching.results import Match
from lionrock.screening.matching.scoring import THRESHOLD
from lionrock.screening.payments.countries import CountryUse, countries
from lionrock.screening.payments.payment import Payment
from lionrock.screening.payments.screening import Query, queries
from lionrock.screening.payments.windows import AllWindows, MentionFinder

_WINDOWS: Final = AllWindows()


class Reason(BaseModel):
    """Why a payment is held. `where` are places in the message, `evidence` the matching's own sentences."""

    model_config = ConfigDict(frozen=True)
    rule: Literal["name", "country", "too much to screen"]
    where: tuple[str, ...]
    what: str
    """What stands there: "creditor", "remittance information", "BIC of the debtor agent"."""
    written: str
    """The words of the message, or the country's code."""
    entity_id: str = ""
    listed: str = ""
    score: float | None = None
    evidence: tuple[str, ...] = ()


class PaymentAnswer(BaseModel):
    """`hold` exactly when there is a reason."""

    model_config = ConfigDict(frozen=True)
    decision: Literal["release", "hold"]
    reference: str
    uetr: str
    number: int
    """The payment's place among the transactions of its message, from 1."""
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    query: Query
    match: Match


class Screener(Protocol):
    """What an `EntityIndex` does for a payment."""

    def screen(self, query: Entity, *, threshold: float = ..., limit: int = ...) -> list[Match]: ...


def answer(
    payment: Payment, hits: Sequence[Hit], *, held_countries: Collection[str] = ()
) -> PaymentAnswer:
    """Hold for any hit, best first, and for any country of `held_countries` (ISO 3166-1 alpha-2)."""
    named = [_named(hit) for hit in sorted(hits, key=lambda hit: -hit.match.score)]
    held = {code.lower() for code in held_countries}
    placed = [_placed(use) for use in countries(payment) if use.code in held]
    return _answer(payment, [*named, *placed])


def check(
    payment: Payment,
    index: Screener,
    finder: MentionFinder = _WINDOWS,
    *,
    threshold: float = THRESHOLD,
    held_countries: Collection[str] = (),
) -> PaymentAnswer:
    """Screen the payment against the index and answer. More than can be screened is held as that."""
    try:
        asked = queries(payment, finder)
    except TooLarge as error:
        where = (str(payment.where),)
        reason = Reason(rule="too much to screen", where=where, what=error.detail, written="")
        rest = answer(payment, (), held_countries=held_countries)
        return _answer(payment, [reason, *rest.reasons])
    hits = [
        Hit(query, match)
        for query in asked
        for match in index.screen(query.entity, threshold=threshold)
    ]
    return answer(payment, hits, held_countries=held_countries)


def _answer(payment: Payment, reasons: Sequence[Reason]) -> PaymentAnswer:
    return PaymentAnswer(
        decision="hold" if reasons else "release",
        reference=payment.reference,
        uetr=payment.uetr,
        number=payment.number,
        reasons=tuple(reasons),
    )


def _named(hit: Hit) -> Reason:
    entity, match = hit.query.entity, hit.match
    identifiers = ", ".join(dict.fromkeys(i.value for i in entity.identifiers))
    return Reason(
        rule="name",
        where=tuple(str(place) for place in hit.query.where),
        what=", ".join(hit.query.what),
        written=match.query_name.text or (entity.caption if entity.names else identifiers),
        entity_id=match.entity_id,
        listed=match.listed_name.text,
        score=match.score,
        evidence=tuple(evidence.words for evidence in match.evidence),
    )


def _placed(use: CountryUse) -> Reason:
    return Reason(rule="country", where=(str(use.where),), what=use.what, written=use.code)
