"""What of a payment is screened: its parties, and the names its texts may hold, as queries.

Screened: every party (name, other readings of it, commercial codes decoded, birth, identifiers, BIC, LEI);
every stretch of a longer name, a free text, a loose address line or a reference that the finder takes for
a name; vessels' IMO numbers. Whether a message calls its party a person or an organisation is not looked
at: who writes the message may write that to be missed. Countries are told apart: see `countries`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from lionrock.errors import TooLarge
from lionrock.screening.entities import (
    Address,
    Birth,
    Entity,
    Identifier,
    IdentifierKind,
    Name,
    NameKind,
    Schema,
)
from lionrock.screening.payments import wording
from lionrock.screening.payments.payment import Party, Payment, Place, Text
from lionrock.screening.payments.windows import AllWindows, MentionFinder

MOST_QUERIES: Final = 400
MOST_TEXT: Final = 50_000
"""Characters of names and free text in one payment; a message's remittance information is 9,000 at most."""
_SHORT: Final = 6
"""Chinese characters of a decoded run that is one name; a longer one is a text."""
_IMO: Final = re.compile(
    r"(?<![A-Z0-9])IMO[ :.#-]{0,3}(?:NO[ :.]{0,3})?([0-9]{7})(?![0-9])", re.IGNORECASE
)
_WINDOWS: Final = AllWindows()
_NUMBERS: Final = (
    IdentifierKind.PASSPORT,
    IdentifierKind.NATIONAL_ID,
    IdentifierKind.REGISTRATION,
    IdentifierKind.TAX,
)
_BY_LENGTH: Final = {7: IdentifierKind.IMO, 9: IdentifierKind.MMSI, 20: IdentifierKind.LEI}


@dataclass(frozen=True, slots=True)
class Query:
    """One entity to screen and everywhere it stands in the payment."""

    where: tuple[Place, ...]
    what: tuple[str, ...]
    """Roles and kinds of text it was found as: "debtor", "remittance information"."""
    entity: Entity


def queries(payment: Payment, finder: MentionFinder = _WINDOWS) -> list[Query]:
    """What is to be screened, each entity once, parties first.

    Raises `TooLarge` for more than `MOST_QUERIES` or more than `MOST_TEXT` characters of text: such a
    payment is held, not answered in part.
    """
    length = sum(len(text.text) for text in payment.texts)
    length += sum(len(name) for party in payment.parties for name in _names(party))
    if length > MOST_TEXT:
        raise TooLarge(f"The payment holds {length} characters of text; {MOST_TEXT} are screened.")
    found: dict[Entity, Query] = {}
    for what, place, entity in _all(payment, finder):
        # Where a party lives makes no other person of it.
        key = replace(entity, id="", addresses=())
        known = found.get(key)
        if known is None:
            if len(found) == MOST_QUERIES:
                raise TooLarge(
                    f"The payment holds more than {MOST_QUERIES} possible names: have a person read it."
                )
            entity = replace(entity, id=f"payment:{len(found) + 1}")
            found[key] = Query((place,), (what,), entity)
        else:
            addresses = tuple(dict.fromkeys((*known.entity.addresses, *entity.addresses)))
            found[key] = Query(
                tuple(dict.fromkeys((*known.where, place))),
                tuple(dict.fromkeys((*known.what, what))),
                replace(known.entity, addresses=addresses),
            )
    return list(found.values())


Item = tuple[str, Place, Entity]


def _all(payment: Payment, finder: MentionFinder) -> Iterator[Item]:
    for party in payment.parties:
        for entity in party_entities(party):
            yield party.role.value, party.where, entity
        for entity in _within(_names(party), finder):
            yield party.role.value, party.where, entity
        for run in party.codes:
            yield from _coded(run, party.role.value, party.where, finder)
    for text in payment.texts:
        yield from _in_text(text, finder)


def party_entities(party: Party) -> list[Entity]:
    """The party; and, where its name holds several, each of them with the party's other facts left out.

    A party that gives no name is screened by its identifiers; one with neither is not screened. A number
    of which the message does not say what it is may be any.
    """
    identifiers = [i for i in party.identifiers if i.kind is not IdentifierKind.OTHER]
    unsaid = [i for i in party.identifiers if i.kind is IdentifierKind.OTHER]
    if party.bic:
        identifiers.append(Identifier(IdentifierKind.SWIFT, party.bic))
    if party.lei:
        identifiers.append(Identifier(IdentifierKind.LEI, party.lei))
    names: list[Name] = []
    if party.name:
        first, *rest = wording.scripts(party.name)
        names = [Name(first), *(Name(n, NameKind.ALIAS) for n in (*rest, *party.other_names))]
    found = [_any_number(i) for i in unsaid]
    if not names and not identifiers:
        return found
    whole = Entity(
        id="",
        schema=Schema.LEGAL_ENTITY,
        names=tuple(names),
        births=(Birth(party.born, party.born),) if party.born else (),
        birth_places=(party.birth_place,) if party.birth_place else (),
        identifiers=tuple(identifiers),
        addresses=_addresses(party),
    )
    parts = [p for n in _names(party) for p in wording.separate(n)]
    return [whole, *(_light(part) for part in parts), *found]


def _names(party: Party) -> tuple[str, ...]:
    return (party.name, *party.other_names)


def _within(names: Iterable[str], finder: MentionFinder) -> Iterator[Entity]:
    """The listed names that may stand in a name beside other words: an address, a firm, a second party."""
    for name in filter(wording.holds_more, names):
        for start, end in finder.mentions(name):
            words = " ".join(name[start:end].split())
            if words not in names and not wording.is_ordinary(words):
                yield _light(words)


def _any_number(identifier: Identifier) -> Entity:
    """A number that may be a passport's, a person's, a company's or, by its length, an LEI or a ship's.

    By itself: beside a party's name each kind that it is not would count against the party.
    """
    plain = re.sub(r"\W", "", identifier.value)
    kinds = [*_NUMBERS, *([_BY_LENGTH[len(plain)]] if len(plain) in _BY_LENGTH else [])]
    numbers = tuple(replace(identifier, kind=kind) for kind in kinds)
    return Entity("", Schema.LEGAL_ENTITY, (), identifiers=numbers)


def _addresses(party: Party) -> tuple[Address, ...]:
    if not party.address and not party.country:
        return ()
    return (Address(", ".join(party.address), party.country),)


def _light(name: str) -> Entity:
    """A name and nothing else known."""
    first, *rest = wording.scripts(name)
    names = (Name(first), *(Name(n, NameKind.ALIAS) for n in rest))
    return Entity(id="", schema=Schema.LEGAL_ENTITY, names=names)


def _in_text(text: Text, finder: MentionFinder) -> Iterator[Item]:
    for reading in readings(text):
        for start, end in finder.mentions(reading):
            words = " ".join(reading[start:end].split())
            if not wording.is_ordinary(words) or wording.names_vessel(reading[:start]):
                yield text.kind.value, text.where, _light(words)
        for number in dict.fromkeys(_IMO.findall(reading)):
            imo = Entity("", Schema.VESSEL, (), identifiers=(_imo(number),))
            yield text.kind.value, text.where, imo
    for run in text.codes:
        yield from _coded(run, text.kind.value, text.where, finder)


def readings(text: Text) -> list[str]:
    """The text with its lines joined by blanks; and, where a line is full to its last place, with that
    line and the next joined without one, for a word that was cut there."""
    lines = text.text.split("\n")
    apart = " ".join(lines)
    if not text.width or not any(len(line) >= text.width for line in lines[:-1]):
        return [apart]
    ends = ("" if len(line) >= text.width else " " for line in lines)
    return [apart, "".join(line + end for line, end in zip(lines, ends, strict=True)).strip()]


def _coded(run: str, what: str, place: Place, finder: MentionFinder) -> Iterator[Item]:
    """The names in a run of commercial codes: itself, and what a long one may hold."""
    for written in wording.decoded(run):
        if len(written) <= _SHORT:
            code = Identifier(IdentifierKind.CCC, run)
            spelt = Entity("", Schema.LEGAL_ENTITY, (Name(written),), identifiers=(code,))
            yield what, place, spelt
            continue
        yield what, place, _light(written)
        for start, end in finder.mentions(written):
            yield what, place, _light(written[start:end])


def _imo(number: str) -> Identifier:
    return Identifier(IdentifierKind.IMO, number)
