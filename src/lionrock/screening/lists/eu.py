"""The EU's consolidated list of financial sanctions, XML, FSF schema 1.1 (http://eu.europa.ec/fpi/fsd/export)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lionrock.screening import births, countries
from lionrock.screening.entities import Address, Birth, Entity, Identifier, Name, NameKind, Schema
from lionrock.screening.lists import building, xml
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source
from lionrock.screening.lists.xml import Element

ROOT = "export"
_PERSON = ("P", "person")
_GREGORIAN = ("", "GREGORIAN")


def published(source: Source) -> date | None:
    return building.day(xml.root_of(source).get("generationDate"))


def entities(source: Source, report: Report) -> Iterator[Entity]:
    """Each <sanctionEntity>; the id is the EU's reference number, or the logical id of old files."""
    for element in xml.entries(source, ("sanctionEntity",), (ROOT,)):
        reference = _value(element, "euReferenceNumber") or _value(element, "logicalId")
        person = _is_person(element)
        found = _names(element, person)
        if not reference or not found:
            report.skip(
                f"sanctionEntity {reference or f'at line {element.sourceline}'}",
                "it has no name" if reference else "it has no reference number",
            )
            continue
        yield _entity(element, reference, person, found)


def _entity(element: Element, reference: str, person: bool, found: tuple[Name, ...]) -> Entity:
    aliases = _all(element, "nameAlias")
    days = [_value(each, "publicationDate") for each in _all(element, "regulation")]
    return Entity(
        id=reference,
        schema=Schema.PERSON if person else Schema.ORGANIZATION,
        names=found,
        births=unique(_birth(each) for each in _all(element, "birthdate")),
        gender=next(filter(None, (building.gender(_value(a, "gender")) for a in aliases)), ""),
        countries=unique(_country(each) for each in _all(element, "citizenship")),
        birth_places=unique(
            _joined(each, "city", "place", "region", "countryDescription")
            for each in _all(element, "birthdate")
        ),
        identifiers=unique(_identifier(each) for each in _all(element, "identification")),
        addresses=unique(_address(each) for each in _all(element, "address")),
        programmes=unique(_value(each, "programme") for each in _all(element, "regulation")),
        positions=unique(_value(each, "function") for each in aliases),
        listed_on=building.day(_value(element, "designationDate")) or _earliest(days),
        notes="\n".join(unique(clean(each.text) for each in _all(element, "remark"))),
    )


def _earliest(days: list[str]) -> date | None:
    return min(filter(None, map(building.day, days)), default=None)


def _is_person(element: Element) -> bool:
    subject = next(iter(_all(element, "subjectType")), None)
    return subject is not None and (
        _value(subject, "classificationCode") in _PERSON or _value(subject, "code") in _PERSON
    )


def _names(element: Element, person: bool) -> tuple[Name, ...]:
    found: list[Name] = []
    for alias in _all(element, "nameAlias"):
        given = clean(f"{_value(alias, 'firstName')} {_value(alias, 'middleName')}")
        family = _value(alias, "lastName")
        whole = _value(alias, "wholeName") or clean(f"{given} {family}")
        strong = NameKind.ALIAS if found else NameKind.PRIMARY
        kind = NameKind.WEAK if _value(alias, "strong") == "false" else strong
        parts = (family, given) if person and family else ("", "")
        language = _value(alias, "nameLanguage").lower()
        texts = building.by_script(whole)
        found.extend(
            Name(text, kind, *(parts if len(texts) == 1 else ("", "")), language=language)
            for text in texts
        )
    return building.names(found)


def _birth(element: Element) -> Birth | None:
    if _value(element, "calendarType") not in _GREGORIAN:
        return None
    about = _value(element, "circa") == "true"
    first, last = _number(element, "yearRangeFrom"), _number(element, "yearRangeTo")
    birth = births.parse(_value(element, "birthdate")) or births.partial(
        _number(element, "year"), _number(element, "monthOfYear"), _number(element, "dayOfMonth")
    )
    birth = birth or births.between(births.partial(first or last), births.partial(last or first))
    return Birth(birth.earliest, birth.latest, approximate=True) if birth and about else birth


def _identifier(element: Element) -> Identifier | None:
    if _value(element, "knownFalse") == "true":
        return None
    title = f"{_value(element, 'identificationTypeCode')} {_value(element, 'identificationTypeDescription')}"
    number = _value(element, "number") or _value(element, "latinNumber")
    return building.identifier(title, number, _country(element))


def _address(element: Element) -> Address | None:
    text = _joined(
        element, "street", "poBox", "zipCode", "city", "place", "region", "countryDescription"
    )
    return Address(text, _country(element)) if text else None


def _country(element: Element) -> str:
    return countries.code(_value(element, "countryIso2Code")) or countries.code(
        _value(element, "countryDescription")
    )


def _joined(element: Element, *fields: str) -> str:
    values = (_value(element, field) for field in fields)
    return ", ".join(value for value in values if value and value != "UNKNOWN")


def _all(element: Element, tag: str) -> list[Element]:
    return list(element.iterchildren(f"{{*}}{tag}"))


def _number(element: Element, field: str) -> int:
    value = _value(element, field)
    return int(value) if value.isdecimal() and len(value) <= 4 else 0


def _value(element: Element, field: str) -> str:
    return clean(element.get(field))
