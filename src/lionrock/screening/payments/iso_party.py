"""One party of an ISO 20022 message: PartyIdentification, FinancialInstitutionIdentification, or alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Identifier
from lionrock.screening.payments import wire
from lionrock.screening.payments.codes import code_runs
from lionrock.screening.payments.payment import Party, Place, Role
from lionrock.screening.payments.safe_xml import line, name

Parts = list[tuple[Any, str]]
"""Elements with their paths."""
_BIC: Final = frozenset(("BICFI", "BIC", "AnyBIC", "BICOrBEI", "BEI"))
_LOOSE: Final = frozenset(("AdrLine", "CareOf", "BldgNm", "Dept", "SubDept", "UnitNb", "Room"))
"""Parts of an address that hold free text or a name. Streets, towns and postcodes do not."""
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
        kind="organisation" if name(element) == "FinInstnId" else found.kind,
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
    kind: Literal["", "person", "organisation"] = ""
    rest: Parts = field(default_factory=list)

    def take(self, element: Any, path: str) -> None:
        tag = name(element)
        if tag in _ONCE and path.endswith("]"):
            raise InvalidInput(f"{tag} stands twice at {Place(path, line(element))}.")
        if tag == "Nm":
            self.name = leaf(element, path)
        elif tag == "PstlAdr":
            self._postal(element, path)
        elif tag == "CtryOfRes":
            self.residence = wire.country(leaf(element, path), Place(path, line(element)))
        elif tag in _BIC or tag == "LEI":
            self._code(tag, element, path)
        elif tag in ("Id", "OrgId", "PrvtId") and len(element):
            self._identification(tag, element, path)
        elif tag == "DtAndPlcOfBirth":
            self._birth(element, path)
        elif tag in ("Othr", "ClrSysMmbId"):
            self._other(element, path)
        else:
            self.rest.append((element, path))

    def _identification(self, tag: str, element: Any, path: str) -> None:
        if tag == "OrgId":
            self.kind = "organisation"
        elif tag == "PrvtId":
            self.kind = "person"
        for child, at in numbered(element, path):
            self.take(child, at)

    def _code(self, tag: str, element: Any, path: str) -> None:
        code = leaf(element, path)
        if tag == "LEI":
            self.lei = code
        else:
            self.bic = wire.bic(code, Place(path, line(element)))

    def _postal(self, element: Any, path: str) -> None:
        for child, at in numbered(element, path):
            tag = name(child)
            if tag == "Ctry":
                self.country = wire.country(leaf(child, at), Place(at, line(child)))
            elif len(child):
                self.rest.append((child, at))
            elif (words := leaf(child, at)) and tag != "AdrTp":
                self.address.append(words)
                if tag in _LOOSE:
                    self.loose.append(words)

    def _birth(self, element: Any, path: str) -> None:
        for child, at in numbered(element, path):
            words, place = leaf(child, at), Place(at, line(child))
            if name(child) == "BirthDt":
                self.born = wire.day(words, place)
            elif name(child) == "CtryOfBirth":
                self.birth_country = wire.country(words, place)
            elif words:
                self.birth_place = f"{self.birth_place}, {words}".removeprefix(", ")

    def _other(self, element: Any, path: str) -> None:
        value = code = ""
        for child, at in numbered(element, path):
            tag = name(child)
            if tag in ("Id", "MmbId") and not len(child):
                value = leaf(child, at)
            elif tag == "SchmeNm" and len(child) == 1 and name(child[0]) == "Cd":
                code = leaf(child[0], f"{at}/Cd")
            else:
                self.rest.append((child, at))
        if value:
            self.identifiers.append(wire.identifier(code, value))


def account_number(element: Any, path: str) -> str:
    """The IBAN or other number of a CashAccount element, "" if it has none."""
    for child, at in numbered(element, path):
        if name(child) == "Id":
            found = [e for e in child.iter() if name(e) in ("IBAN", "Id") and not len(e)]
            return leaf(found[0], at) if found else ""
    return ""


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
