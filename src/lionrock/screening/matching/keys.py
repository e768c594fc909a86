"""What of a name an index remembers, and what of a query's name may meet it.

A *term* is a string in one of these spaces:

    w:  a word                      j:  neighbouring words put together, or the whole name
    S:  a surname's syllable        s:  a given name's syllable, or a company's
    H:  a surname's character       h:  a given name's character, or a company's; folded
    c:  a company's syllable in a query, which only characters meet
    a:  a company's first letters   i:  an identifier

An index posts a name under all its terms. A query's name is read in *rows*, each one way to read it; a
name that compares well is worth enough to one row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lionrock.screening.entities import Entity, Schema
from lionrock.screening.matching import bounds, chinese, latin, organisations
from lionrock.screening.matching.chinese import Unit
from lionrock.screening.matching.facts import strong
from lionrock.screening.matching.persons import forms
from lionrock.screening.names.characters import fold
from lionrock.screening.names.forms import Form
from lionrock.screening.names.organisations import Part, organisation
from lionrock.screening.names.words import PARTICLES, information

_MOST_JOINED = 6
_NO_CAP = 1e9
_SLIP = 4.0
Term = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """Terms with the bits that each is worth at most, and what else the reading can add.

    `misses`: what it costs at least that a term is met by nothing; together at most `most_missed`.
    """

    terms: tuple[Term, ...]
    more: float
    misses: tuple[float, ...] = ()
    most_missed: float = _NO_CAP
    forgiven: float = 0.0
    """So much of that is not certain: a slip of the pen costs less than another syllable."""
    complete: float = 0.0
    """What it adds that every one of `telling` is met: nothing is left over."""
    telling: tuple[bool, ...] = ()
    personal: bool = True
    """Read as a person's name; else as a company's, a body's or a vessel's."""


ANY_KIND, PERSON = 0, 1
_KINDS = {
    Schema.PERSON: PERSON,
    Schema.COMPANY: 2,
    Schema.ORGANIZATION: 2,
    Schema.VESSEL: 3,
    Schema.AIRPLANE: 4,
}


def kind(schema: Schema) -> int:
    """Entities of different kinds are not the same, see `facts.schema`."""
    return _KINDS.get(schema, ANY_KIND)


@lru_cache(maxsize=8192)
def rows(name: str, schema: Schema, listed: bool = False) -> tuple[Row, ...]:
    """The ways to read a name, whatever script it is in. `listed`: it is of the list's side.

    A person's name is read as a company's too: a record may say the wrong kind.
    """
    found: list[Row] = []
    if schema.may_be_person:
        for form in forms(name):
            found += _as_words(form, listed)
            found += [_as_chinese(row) for row in _chinese(form)]
    found += [replace(row, personal=False) for row in _organisation(name)]
    return tuple(dict.fromkeys(row for row in found if row.terms))


def terms(name: str, schema: Schema) -> set[str]:
    """Everything that a name is found by."""
    found = {term for row in rows(name, schema) for term, _ in row.terms}
    either = {"h": "H", "H": "h"}
    also = {f"{either[t[0]]}:{t[2:]}" for t in found if t[0] in either}
    return {f"s:{t[2:]}" if t[0] == "c" else t for t in found | also}


def _as_words(form: Form, listed: bool) -> Iterator[Row]:
    words = latin.words(form)
    known = [w.text for w in words if w.text not in PARTICLES]
    initials = bounds.INITIAL * min(sum(len(w.text) == 1 for w in words), 3)
    alone = latin.LISTED_ALONE if listed else latin.QUERY_ALONE
    most = _NO_CAP if listed else alone * latin.MOST_ALONE
    worth = {w: latin.worth(w) if len(w) > 1 else 0.0 for w in known}
    plain = Row(
        tuple((f"w:{w}", information(w)) for w in known), initials,
        tuple(alone * worth[w] for w in known), most,
        complete=bounds.COMPLETE_PERSON, telling=tuple(worth[w] >= 1.0 for w in known),
    )  # fmt: skip
    yield plain
    yield from _joined([w.text for w in words], plain, information)


def _joined(words: Sequence[str], plain: Row, information: Callable[[str], float]) -> Iterator[Row]:
    """Two neighbours put together, which is met, the others as they are; and the whole name."""
    if not 2 <= len(words) <= _MOST_JOINED:
        return
    places = {term[2:]: n for n, (term, _) in enumerate(plain.terms)}
    for at in range(len(words) - 1):
        together = words[at] + words[at + 1]
        rest = [places[w] for n, w in enumerate(words) if n not in (at, at + 1) and w in places]
        yield replace(
            plain,
            terms=((f"j:{together}", information(together)), *(plain.terms[n] for n in rest)),
            misses=(_NO_CAP, *(plain.misses[n] for n in rest)), most_missed=_NO_CAP,
            telling=(True, *(plain.telling[n] for n in rest)),
        )  # fmt: skip
    if len(words) > 2:
        whole = f"j:{''.join(words)}", bounds.WHOLE
        yield replace(
            plain, terms=(whole,), misses=(_NO_CAP,), most_missed=_NO_CAP, telling=(True,)
        )


def _chinese(form: Form) -> Sequence[Sequence[Unit]]:
    return (chinese.characters(form.han),) if form.han else chinese.readings(form)


def _as_chinese(row: Sequence[Unit]) -> Row:
    units = [unit for unit in row if unit.kind != "initial"]
    terms = tuple(_units(units))
    misses = tuple(
        -chinese.GIVEN_GAP if u.kind in ("syllable", "character") else 0.0 for u in units
    )
    return Row(terms, _initials(row), misses, forgiven=_SLIP)


def _units(row: Sequence[Unit]) -> Iterator[Term]:
    for unit in row:
        surname = unit.role == "surname"
        if unit.kind == "character":
            yield f"{'H' if surname else 'h'}:{fold(unit.text)}", bounds.CHARACTER
        elif unit.kind == "syllable":
            yield f"{'S' if surname else 's'}:{unit.text}", chinese.SAME_SYLLABLE[unit.role]
        elif unit.kind in ("western", "other"):
            yield f"w:{unit.text}", 6.0


def _initials(row: Sequence[Unit]) -> float:
    return 2.0 * sum(unit.kind == "initial" for unit in row)


def _organisation(name: str) -> Iterator[Row]:
    parts = [p for p in organisation(name).parts if p.kind != "legal"]
    known = tuple(_part(p) for p in parts)
    misses = (organisations.ALONE * organisations.information(p) for p in parts)
    whole = organisations.WHOLE_NAME + 0.5 - sum(bits for _, bits in known)
    plain = Row(
        known, 0.0,
        tuple(0.0 if p.kind == "number" else m for p, m in zip(parts, misses, strict=True)),
        complete=max(bounds.COMPLETE_OTHER, whole), telling=(True,) * len(known),
    )  # fmt: skip
    yield plain
    spelt = [t for p in parts for t in _spelling(p)]
    if any(t[0] == "c" for t, _ in spelt):
        yield Row(tuple(spelt), bounds.COMPLETE_OTHER)
    words = [p.written.lower() for p in parts if not p.han]
    if len(words) == len(parts):
        yield from _joined(words, plain, organisations.of_core)
    for letters in sorted(organisations.acronyms(organisation(name))):
        yield Row(((f"a:{letters}", bounds.WHOLE),), 0.0)


def _part(part: Part) -> Term:
    if part.han and part.kind == "core":
        return f"h:{part.text}", bounds.CHARACTER
    return f"w:{part.text}", organisations.information(part)


def _spelling(part: Part) -> Iterator[Term]:
    """A core word's syllables; any other part as it is."""
    units = organisations.units(part) if part.kind == "core" and not part.han else []
    if not units:
        yield _part(part)
    for unit in units:
        yield f"c:{unit.text}", 0.0


def identifiers(entity: Entity) -> Iterator[str]:
    """Terms of the identifiers that can match alone."""
    for identifier in entity.identifiers:
        for kind, plain in strong(identifier):
            yield f"i:{kind.value}:{plain}"


class Size(NamedTuple):
    """Of a name's smallest reading."""

    parts: int
    worth: float
    """Bits that its parts are worth at least."""
    spelt: bool
    """Syllables may meet it: Chinese characters, or words that are syllables."""


def size(name: str, schema: Schema) -> Size:
    found: list[Size] = []
    if schema.may_be_person:
        found += [_person_size(form) for form in forms(name)]
    if schema is not Schema.PERSON:
        known = organisation(name)
        parts = [p for p in known.parts if p.kind != "legal"]
        worth = sum(organisations.information(p) for p in parts)
        found.append(Size(len(parts), worth, known.han))
    least = [min((s[at] for s in found), default=0) for at in (0, 1)]
    return Size(int(least[0]), least[1], any(s.spelt for s in found))


def _person_size(form: Form) -> Size:
    if form.han:
        return Size(len(form.han), 0.0, True)
    words = [w.text for w in latin.words(form) if w.text not in PARTICLES]
    spelt = any(all(u.whole for u in r if u.role == "surname") for r in chinese.readings(form))
    return Size(len(words), 0.0 if spelt else sum(latin.worth(w) for w in words), spelt)
