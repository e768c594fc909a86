"""OFAC's ENHANCED XML (Sanctions List Service): sdn_enhanced.xml, cons_enhanced.xml."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lionrock.screening.entities import Address, Birth, Entity, Name, NameKind, Relation, Schema
from lionrock.screening.lists import building, xml
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.ofac_csv import country
from lionrock.screening.lists.ofac_facts import Facts, kind_of, language_of, name_of
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source
from lionrock.screening.lists.xml import Element

ROOT = "sanctionsData"
_TAGS = ("referenceValue", "entity")
_CONTAINERS = (ROOT, "referenceValues", "entities")
_PASSED = ("publicationInfo", "featureTypes")


def published(source: Source) -> date | None:
    for element in xml.entries(source, ("publicationInfo", "entity"), ()):
        return building.day(element.findtext("{*}dataAsOf"))
    return None


def entities(source: Source, report: Report) -> Iterator[Entity]:
    """Each <entity>; the id is OFAC's number, the same as in its CSV files."""
    references: dict[str, str] = {}
    for element in xml.entries(source, _TAGS, _CONTAINERS, _PASSED):
        if xml.local(element) == "referenceValue":
            references[element.get("refId", "")] = _text(element, "value")
            continue
        number = clean(element.get("id"))
        found = _names(element)
        if number and found:
            yield _entity(element, number, found, references)
        else:
            report.skip(
                f"entity {number or f'at line {element.sourceline}'}",
                "it has no name" if number else "it has no number",
            )


def _entity(
    element: Element, number: str, found: tuple[Name, ...], references: dict[str, str]
) -> Entity:
    facts = Facts()
    for feature in element.iterfind("{*}features/{*}feature"):
        text = _text(feature, "value") or references.get(_text(feature, "valueRefId"), "")
        facts.add(_text(feature, "type"), text, birth=_period(feature))
    for paper in element.iterfind("{*}identityDocuments/{*}identityDocument"):
        where = _text(paper, "issuingCountry")
        facts.add_paper(_text(paper, "type"), _text(paper, "documentNumber"), where)
    for address in element.iterfind("{*}addresses/{*}address"):
        facts.addresses.extend(_addresses(address))
    kind = _text(element, "generalInfo/{*}entityType").casefold()
    days = [
        building.day(each.get("datePublished"))
        for each in element.iterfind("{*}sanctionsLists/{*}sanctionsList")
    ]
    title = _text(element, "generalInfo/{*}title")
    remarks = _text(element, "generalInfo/{*}remarks")
    return Entity(
        id=number,
        schema=building.SCHEMAS.get(kind, Schema.LEGAL_ENTITY),
        names=found,
        births=unique(facts.births),
        gender=facts.gender,
        countries=unique(facts.countries),
        birth_places=unique(facts.birth_places),
        identifiers=unique(facts.identifiers),
        addresses=unique(facts.addresses),
        programmes=unique(_texts(element, "sanctionsPrograms/{*}sanctionsProgram")),
        positions=unique((title, *facts.positions)),
        relations=unique(map(_relation, element.iterfind("{*}relationships/{*}relationship"))),
        listed_on=min(filter(None, days), default=None),
        notes="\n".join(unique((remarks, *facts.notes))),
    )


def _names(element: Element) -> tuple[Name, ...]:
    found = []
    for name in element.iterfind("{*}names/{*}name"):
        primary = _text(name, "isPrimary") == "true"
        kind = kind_of(_text(name, "aliasType"), primary, _text(name, "isLowQuality") == "true")
        for each in name.iterfind("{*}translations/{*}translation"):
            first = primary and _text(each, "isPrimary") == "true"
            found.append((0 if first else 1 if primary else 2, _translated(each, kind)))
    return building.names(name for _, name in sorted(found, key=lambda each: each[0]))


def _translated(element: Element, kind: NameKind) -> Name:
    script = _text(element, "script")
    family, given = _text(element, "formattedLastName"), _text(element, "formattedFirstName")
    full = _text(element, "formattedFullName")
    if not full:
        parts = [
            (_text(each, "type"), _text(each, "value"))
            for each in element.iterfind("{*}nameParts/{*}namePart")
        ]
        return name_of(parts, script, kind)
    both = bool(family and given)
    return Name(
        full, kind, family if both else "", given if both else "", language=language_of(script)
    )


def _period(feature: Element) -> Birth | None:
    value = feature.find("{*}valueDate")
    if value is None:
        return None
    first = building.day(_text(value, "fromDateBegin"))
    last = building.day(_text(value, "toDateEnd")) or building.day(_text(value, "fromDateEnd"))
    if first is None or last is None or first > last:
        return None
    return Birth(first, last, _text(value, "isApproximate") == "true")


def _addresses(address: Element) -> Iterator[Address]:
    where = _text(address, "country")
    found = False
    for each in address.iterfind("{*}translations/{*}translation"):
        parts = [_text(part, "value") for part in each.iterfind("{*}addressParts/{*}addressPart")]
        if any(parts):
            found = True
            yield Address(", ".join(filter(None, (*parts, where))), country(where))
    if not found and country(where):
        yield Address(where, country(where))


def _relation(element: Element) -> Relation | None:
    other = element.find("{*}relatedEntity")
    if other is None:
        return None
    return Relation(_text(element, "type"), clean(other.get("entityId")) or clean(other.text))


def _text(element: Element, path: str) -> str:
    return clean(element.findtext(f"{{*}}{path}"))


def _texts(element: Element, path: str) -> list[str]:
    return [clean(each.text) for each in element.iterfind(f"{{*}}{path}")]
