"""Compare two entities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lionrock.screening.entities import Entity, IdentifierKind, Name, NameKind, Schema
from lionrock.screening.matching import explain, organisations, persons
from lionrock.screening.matching.facts import WHATEVER_NAME, facts, strong
from lionrock.screening.matching.pairing import Worded
from lionrock.screening.matching.results import Evidence, Match
from lionrock.screening.matching.scoring import score
from lionrock.screening.names.characters import fold
from lionrock.screening.names.forms import decoded, personal

_WEAK, _OTHER_CHARACTERS, _OTHER_NAME = -4.0, -6.0, -10.0
LIFT: Final = 5.0
NamePair = tuple[Name, Name]


@dataclass(frozen=True, slots=True)
class Compared:
    """The best pair of names: `bits`, and what found them."""

    bits: float
    query: Name
    listed: Name
    by: persons.Compared | Worded


def compare(query: Entity, listed: Entity) -> Match:
    """The match of two entities by their best pair of names, whatever its score."""
    mine, others = names(query), names(listed)
    return matched(query, listed, ((a, b) for a in mine for b in others))


def names(entity: Entity) -> tuple[Name, ...]:
    """An entity's names, and those that its Chinese commercial codes spell; an empty one for none."""
    codes = [i.value for i in entity.identifiers if i.kind is IdentifierKind.CCC]
    spelt = [Name(c) for c in codes if decoded(c)]
    return (*entity.names, *spelt) or (Name(""),)


def matched(query: Entity, listed: Entity, pairs: Iterable[NamePair]) -> Match:
    """`compare` over some pairs of names only; at least one."""
    best = max((by_name(query.schema, listed.schema, a, b) for a, b in pairs), key=lambda c: c.bits)
    known = [*facts(query, listed), *_other_characters(query, listed, best)]
    known += [*_bounded(known), *_other_name(query, listed, best.bits)]
    bits = best.bits + sum(one.weight for one in known)
    evidence = sorted(
        [*explain.names(best.by, best.query.text, best.listed.text), *_weak(best.listed), *known],
        key=lambda e: -abs(e.weight),
    )
    return Match(listed.id, score(bits), best.query, best.listed, tuple(evidence))


def _bounded(known: list[Evidence]) -> list[Evidence]:
    """Facts that many share lift a name by no more than `LIFT`: the name must speak for itself."""
    lifted = sum(e.weight for e in known if e.weight > 0 and e.feature != "identifier_same")
    if lifted <= LIFT:
        return []
    said = f"facts that many people share count {LIFT:.0f} bits at most"
    return [Evidence("facts_bounded", LIFT - lifted, "", "", said)]


def _other_name(query: Entity, listed: Entity, bits: float) -> list[Evidence]:
    """One holder's identifier on both: another name, a new one or a false one, takes no more than −10."""
    if bits >= _OTHER_NAME:
        return []
    mine, others = (
        {i for one in e.identifiers for i in strong(one) if i[0] in WHATEVER_NAME}
        for e in (query, listed)
    )
    shared = sorted(mine & others)
    if not shared:
        return []
    said = f"the names differ, but the {shared[0][0].value} has one holder: names are changed"
    return [Evidence("name_outweighed", _OTHER_NAME - bits, "", "", said)]


def by_name(query: Schema, listed: Schema, a: Name, b: Name) -> Compared:
    """The bits of one pair of names, read as what both entities can be."""
    if not a.text or not b.text:
        return Compared(0.0, a, b, persons.Compared(0.0))  # identifiers alone can speak
    found: list[persons.Compared | Worded] = []
    if query.may_be_person and listed.may_be_person:
        found.append(persons.compare(a.text, b.text))
    if not found or (query is not Schema.PERSON and listed is not Schema.PERSON):
        found.append(organisations.compare(a.text, b.text))
    best = max(found, key=lambda one: one.bits)
    return Compared(best.bits + sum(e.weight for e in _weak(b)), a, b, best)


def _weak(listed: Name) -> list[Evidence]:
    """A weak alias, as OFAC and the UN grade them, counts less: −4."""
    if listed.kind is not NameKind.WEAK:
        return []
    return [
        Evidence(
            "weak_alias", _WEAK, "", listed.text, f"{listed.text} is a weak alias of the list's"
        )
    ]


def _other_characters(query: Entity, listed: Entity, best: Compared) -> list[Evidence]:
    """Both have Chinese names, and those differ, whatever the Latin ones say: −6."""
    if personal(best.query.text).han and personal(best.listed.text).han:
        return []
    mine, others = (
        [n.text for n in names(e) if len(personal(n.text).han) > 1] for e in (query, listed)
    )
    if not mine or not others or _written_alike(mine, others):
        return []
    said = f"the Chinese names differ: {mine[0]} and {others[0]}"
    return [Evidence("characters_differ", _OTHER_CHARACTERS, mine[0], others[0], said)]


def _written_alike(mine: list[str], others: list[str]) -> bool:
    folded = [{"".join(fold(c) for c in personal(n).han) for n in side} for side in (mine, others)]
    return any(set(a) & set(b[1:]) or set(a[1:]) & set(b) for a in folded[0] for b in folded[1])
