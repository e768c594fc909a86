"""One party of an ISO 20022 message: PartyIdentification, FinancialInstitutionIdentification, or alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, TypeVar

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Identifier
from lionrock.screening.payments import wire
from lionrock.screening.payments.codes import code_runs
from lionrock.screening.payments.payment import Party, Place, Role
from lionrock.screening.payments.safe_xml import line, name

T = TypeVar("T")
Parts = list[tuple[Any, str]]
"""Elements with their paths."""
_BIC: Final = frozenset(("BICFI", "BIC", "AnyBIC", "BICOrBEI", "BEI"))
_PLACES: Final = frozenset(("StrtNm", "TwnNm", "TwnLctnNm", "DstrctNm", "CtrySubDvsn"))
_NUMBERS: Final = frozenset(("AdrTp", "BldgNb", "Flr", "PstBx", "PstCd"))
"""Parts of an address that hold no name, the second kind unless words stand in it. All others may."""
_CODE: Final = re.compile("[A-Z0-9]{1,4}")
_ONCE: Final = frozenset(("Nm", "PstlAdr", "CtryOfRes", "LEI", "FinInstnId")) | _BIC


def is_party(element: Any) -> bool:
    """By what stands in it: a name, an address, a BIC, or the identification of a person or organisation."""
    if name(element) == "FinInstnId":
        return True
    children = {name(child) for child in element}
    if children & ({"Nm", "PstlAdr"} | _BIC):
        return True
    return any(name(c) == "Id" and {name(g) for g in c} & {"OrgId", "PrvtId"} for c in element)


def party_from(element: Any, path: str, role: Role) -> tuple[Party, Parts]:
    """The party, and what stands in its element that is no part of it (contacts, issuers)."""
    found = _Found()
    for child, at in numbered(element, path):
        found.take(child, at)
    where = Place(path, line(element))
    party = Party(
        role,
        where,
        name=found.name,
        address=tuple(found.address),
        loose=tuple(found.loose),
        country=found.country,
        residence=found.residence,
        bic=found.bic,
        lei=found.lei,
        identifiers=tuple(found.identifiers),
        born=found.born,
        birth_place=found.birth_place,
        birth_country=found.birth_country,
        codes=(*code_runs([found.name]), *code_runs(found.loose)),
    )
    return party, found.rest


@dataclass(slots=True)
class _Found:
    """A party while its elements are read. `rest` is what was not for it."""

    name: str = ""
    address: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    country: str = ""
    residence: str = ""
    bic: str = ""
    lei: str = ""
    identifiers: list[Identifier] = field(default_factory=list)
    born: date | None = None
    birth_place: str = ""
    birth_country: str = ""
    rest: Parts = field(default_factory=list)

    def take(self, element: Any, path: str) -> None:
        tag = name(element)
        if tag in _ONCE and path.endswith("]"):
            raise InvalidInput(f"{tag} stands twice at {Place(path, line(element))}.")
        if tag == "Nm":
            self.name = _once(self.name, leaf(element, path), element, path)
        elif tag == "PstlAdr":
            self._postal(element, path)
        elif tag == "CtryOfRes":
            code = wire.country(leaf(element, path), Place(path, line(element)))
            self.residence = _once(self.residence, code, element, path)
        elif tag in _BIC or tag == "LEI":
            self._code(tag, element, path)
        elif tag in ("Id", "OrgId", "PrvtId") and len(element):
            for child, at in numbered(element, path):
                self.take(child, at)
        elif tag == "DtAndPlcOfBirth":
            self._birth(element, path)
        elif tag == "Othr":
            self._other(element, path)
        elif tag == "ClrSysMmbId":
            self._member(element, path)
        else:
            self.rest.append((element, path))

    def _code(self, tag: str, element: Any, path: str) -> None:
        code, place = leaf(element, path), Place(path, line(element))
        if tag == "LEI":
            self.lei = _once(self.lei, wire.lei(code, place), element, path)
        else:
            self.bic = _once(self.bic, wire.bic(code, place), element, path)

    def _postal(self, element: Any, path: str) -> None:
        for child, at in numbered(element, path):
            tag = name(child)
            if tag == "Ctry":
                code = wire.country(leaf(child, at), Place(at, line(child)))
                self.country = _once(self.country, code, child, at)
            elif len(child):
                self.rest.append((child, at))
            elif words := leaf(child, at):
                self.address += [words] if tag != "AdrTp" else []
                if tag not in _PLACES and (tag not in _NUMBERS or wire.holds_words(words)):
                    self.loose.append(words)

    def _birth(self, element: Any, path: str) -> None:
        for child, at in numbered(element, path):
            words, place = leaf(child, at), Place(at, line(child))
            if name(child) == "BirthDt":
                self.born = _once(self.born, wire.day(words, place), child, at)
            elif name(child) == "CtryOfBirth":
                code = wire.country(words, place)
                self.birth_country = _once(self.birth_country, code, child, at)
            elif name(child) not in ("CityOfBirth", "PrvcOfBirth"):
                self.rest.append((child, at))
            elif words:
                self.birth_place = f"{self.birth_place}, {words}".removeprefix(", ")

    def _other(self, element: Any, path: str) -> None:
        value = code = ""
        for child, at in numbered(element, path):
            tag = name(child)
            if tag == "Id" and not len(child):
                value = _once(value, leaf(child, at), child, at)
                self.rest += [(child, at)] if wire.holds_words(value) else []
            elif tag == "SchmeNm" and len(child) == 1 and name(child[0]) == "Cd":
                code = _once(code, leaf(child[0], f"{at}/Cd"), child, at)
                self.rest += [] if _CODE.fullmatch(code) else [(child, at)]
            else:
                self.rest.append((child, at))
        if value:
            self.identifiers.append(wire.identifier(code, value))

    def _member(self, element: Any, path: str) -> None:
        """A clearing system's number of a bank identifies no one on a list."""
        for child, at in numbered(element, path):
            if name(child) != "MmbId" or wire.holds_words(leaf(child, at)):
                self.rest.append((child, at))


def _once(known: T | None, value: T, element: Any, path: str) -> T:
    """`value`, unless the party has another already: which of the two it is screened by is no one's to say."""
    if known:
        raise InvalidInput(
            f"{name(element)} at {Place(path, line(element))} is given twice for one party."
        )
    return value


def account_number(element: Any, path: str) -> tuple[str, Parts]:
    """The IBAN or other number of a CashAccount's Id, "" if it has none; and what else stands in it, the
    number too if it holds a word."""
    found = ""
    rest: Parts = []
    for child, at in numbered(element, path):
        if len(child):
            inner, more = account_number(child, at)
            found, rest = found or inner, [*rest, *more]
        elif name(child) in ("IBAN", "Id") and not found:
            found = leaf(child, at)
            rest += [(child, at)] if wire.holds_words(found) else []
        else:
            rest.append((child, at))
    return found, rest


def leaf(element: Any, path: str) -> str:
    """The element's text, trimmed. `InvalidInput` if it has elements of its own."""
    if len(element):
        raise InvalidInput(f"There is an element within the text at {Place(path, line(element))}.")
    return (element.text or "").strip()


def numbered(element: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The children with their paths; those whose name is repeated are numbered from 1."""
    times = Counter(name(child) for child in element)
    met: Counter[str] = Counter()
    for child in element:
        tag = name(child)
        met[tag] += 1
        step = f"{tag}[{met[tag]}]" if times[tag] > 1 else tag
        yield child, f"{path}/{step}" if path else step
