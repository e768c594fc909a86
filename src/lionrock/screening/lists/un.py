"""The UN Security Council consolidated list, XML (https://www.un.org/sc/resources/sc-sanctions.xsd).

Both layouts: fields as elements, repeated ones in <VALUE>, as published since 2014; and the older one,
with fields as attributes or as text without <VALUE>. A field is looked for in each of these places.
FIRST_NAME to FOURTH_NAME are joined in order: which of them is a family name the list does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from lionrock.screening import births, countries
from lionrock.screening.entities import Address, Birth, Entity, Identifier, Name, NameKind, Schema
from lionrock.screening.lists import building, xml
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source
from lionrock.screening.lists.xml import Element

ROOT = "CONSOLIDATED_LIST"
_SCHEMAS = {"INDIVIDUAL": Schema.PERSON, "ENTITY": Schema.ORGANIZATION}
_NAMES = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_QUALITIES = {"low": NameKind.WEAK, "f.k.a.": NameKind.FORMER, "fka": NameKind.FORMER}
_FORMER = re.compile(r"(?:previously|formerly) listed as", re.IGNORECASE)
_ORIGINAL = re.compile(r"(?:original|in \w+) script\s*:\s*(.+)", re.IGNORECASE | re.DOTALL)
_GENDER = re.compile(r"\bGender:\s*(male|female)\b", re.IGNORECASE)
_LETTERED = re.compile(r"\s+[b-z]\)\s+")
"""The list's own "a) … b) …" within one alias."""


def published(source: Source) -> date | None:
    return building.day(xml.root_of(source).get("dateGenerated"))


def entities(source: Source, report: Report) -> Iterator[Entity]:
    """Each <INDIVIDUAL> and <ENTITY>; the id is the reference number, as "QDi.001"."""
    for element in xml.entries(source, tuple(_SCHEMAS), (ROOT, "INDIVIDUALS", "ENTITIES")):
        kind = xml.local(element)
        reference = _first(element, "REFERENCE_NUMBER") or _first(element, "DATAID")
        found = _names(element, kind)
        if not reference or not found:
            report.skip(
                f"{kind} {reference or f'at line {element.sourceline}'}",
                "it has no name" if reference else "it has no reference number",
            )
            continue
        yield _entity(element, kind, reference, found)


def _entity(element: Element, kind: str, reference: str, found: tuple[Name, ...]) -> Entity:
    comments = _first(element, "COMMENTS1")
    titles = _texts(element, "TITLE")
    gender = _GENDER.search(comments)
    return Entity(
        id=reference,
        schema=_SCHEMAS[kind],
        names=found,
        births=_births(element),
        gender=building.gender(_first(element, "GENDER") or (gender[1] if gender else "")),
        countries=building.codes(_texts(element, "NATIONALITY")),
        birth_places=_birth_places(element),
        identifiers=unique(_identifier(each) for each in _all(element, "INDIVIDUAL_DOCUMENT")),
        addresses=unique(_address(each) for each in _all(element, f"{kind}_ADDRESS")),
        programmes=unique(_texts(element, "UN_LIST_TYPE")),
        positions=unique(_texts(element, "DESIGNATION")),
        listed_on=building.day(_first(element, "LISTED_ON")),
        notes="\n".join(unique((f"Title: {', '.join(titles)}" if titles else "", comments))),
    )


def _names(element: Element, kind: str) -> tuple[Name, ...]:
    whole = " ".join(filter(None, (_first(element, field) for field in _NAMES)))
    found = [Name(text) for text in _split(whole)]
    found += [Name(text) for text in _texts(element, "NAME_ORIGINAL_SCRIPT")]
    for alias in _all(element, f"{kind}_ALIAS"):
        found += _aliases(alias)
    return building.names(found)


def _aliases(alias: Element) -> Iterator[Name]:
    note = _first(alias, "NOTE")
    kind = _QUALITIES.get(_first(alias, "QUALITY").casefold(), NameKind.ALIAS)
    if _FORMER.search(note):
        kind = NameKind.FORMER
    for text in _split(_first(alias, "ALIAS_NAME")):
        yield Name(text, kind)
    original = _ORIGINAL.match(note)
    if original:
        yield Name(clean(original[1]), kind)


def _split(text: str) -> list[str]:
    """The list writes several spellings as "A; B"."""
    parts = map(clean, _LETTERED.sub(";", text).split(";"))
    return [name for part in parts if part for name in building.by_script(part)]


def _births(element: Element) -> tuple[Birth, ...]:
    found = [_birth(each) for each in _all(element, "INDIVIDUAL_DATE_OF_BIRTH")]
    found += [births.parse(_first(a, "DATE_OF_BIRTH")) for a in _all(element, "INDIVIDUAL_ALIAS")]
    return unique(found)


def _birth(element: Element) -> Birth | None:
    note = _first(element, "NOTE")
    stated = _first(element, "DATE") or _first(element, "YEAR")
    first, last = _first(element, "FROM_YEAR"), _first(element, "TO_YEAR")
    birth = births.parse(stated) or births.between(births.parse(first), births.parse(last))
    birth = birth or births.parse(note)
    about = _first(element, "TYPE_OF_DATE") == "APPROXIMATELY" or note.startswith("Approx")
    return Birth(birth.earliest, birth.latest, approximate=True) if birth and about else birth


def _birth_places(element: Element) -> tuple[str, ...]:
    places = [
        _joined(each, "STREET", "CITY", "STATE_PROVINCE", "COUNTRY", "NOTE")
        for each in _all(element, "INDIVIDUAL_PLACE_OF_BIRTH")
    ]
    places += [
        _joined(each, "CITY_OF_BIRTH", "COUNTRY_OF_BIRTH")
        for each in _all(element, "INDIVIDUAL_ALIAS")
    ]
    return unique(places)


def _identifier(element: Element) -> Identifier | None:
    title = f"{_first(element, 'TYPE_OF_DOCUMENT')} {_first(element, 'TYPE_OF_DOCUMENT2')}"
    country = _first(element, "ISSUING_COUNTRY") or _first(element, "COUNTRY_OF_ISSUE")
    return building.identifier(title, _first(element, "NUMBER"), countries.code(country))


def _address(element: Element) -> Address | None:
    country = _first(element, "COUNTRY")
    text = _joined(element, "STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY", "NOTE")
    return Address(text, countries.code(country)) if text else None


def _joined(element: Element, *fields: str) -> str:
    return ", ".join(filter(None, (_first(element, field) for field in fields)))


def _all(element: Element, tag: str) -> list[Element]:
    return list(element.iter(f"{{*}}{tag}"))


def _first(element: Element, field: str) -> str:
    return next(iter(_texts(element, field)), "")


def _texts(element: Element, field: str) -> list[str]:
    """A field's values, from child elements, their <VALUE>s, or the attribute of that name."""
    found = [clean(element.get(field))]
    for child in element.iterchildren(f"{{*}}{field}"):
        found.append(clean(child.text))
        found.extend(clean(each.text) for each in child.iterchildren("{*}VALUE"))
    return [text for text in found if text]
