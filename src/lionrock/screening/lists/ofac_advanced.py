"""OFAC's ADVANCED XML (Advanced Sanctions Data Model): sdn_advanced.xml, cons_advanced.xml.

The file refers back and forth by numbers, so it is read twice: first the reference values, places, papers,
relations and entries on lists, kept as short text; then the parties, one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lionrock.errors import InvalidInput
from lionrock.screening import births
from lionrock.screening.entities import Address, Birth, Entity, Name, Schema
from lionrock.screening.lists import building, xml
from lionrock.screening.lists.building import clean, unique
from lionrock.screening.lists.ofac_facts import Facts, kind_of, name_of
from lionrock.screening.lists.ofac_tables import Tables, tables_of
from lionrock.screening.lists.report import Report
from lionrock.screening.lists.sources import Source
from lionrock.screening.lists.xml import Element

ROOT = "Sanctions"


def published(source: Source) -> date | None:
    for element in xml.entries(source, ("DateOfIssue", "ReferenceValueSets"), ()):
        return _day(element) if xml.local(element) == "DateOfIssue" else None
    return None


def entities(source: Source, report: Report) -> Iterator[Entity]:
    """Each <DistinctParty>; the id is OFAC's number (FixedRef), the same as in its CSV files."""
    tables = tables_of(source)
    for element in xml.entries(source, ("DistinctParty",), ("DistinctParties",)):
        number = clean(element.get("FixedRef"))
        found = _names(element, tables)
        if number and found:
            yield _entity(element, number, found, tables)
        else:
            report.skip(
                f"DistinctParty {number or f'at line {element.sourceline}'}",
                "it has no name" if number else "it has no number",
            )


def _entity(element: Element, number: str, found: tuple[Name, ...], tables: Tables) -> Entity:
    facts = Facts()
    profile = _one(element, "Profile", f"{tables.name}: DistinctParty {number}")
    for feature in profile.iterchildren("{*}Feature"):
        _feature(feature, tables, facts)
    for identity in profile.iterchildren("{*}Identity"):
        for title, value, where in tables.papers.get(identity.get("ID"), ()):
            facts.add_paper(title, value, where)
    entry = tables.entries.get(profile.get("ID"))
    return Entity(
        id=number,
        schema=_schema(profile, tables),
        names=found,
        births=unique(facts.births),
        gender=facts.gender,
        countries=unique(facts.countries),
        birth_places=unique(facts.birth_places),
        identifiers=unique(facts.identifiers),
        addresses=unique(facts.addresses),
        programmes=unique(entry.programmes if entry else ()),
        positions=unique(facts.positions),
        relations=unique(tables.relations.get(profile.get("ID"), ())),
        listed_on=entry.listed_on if entry else None,
        notes="\n".join(
            unique((*(clean(c.text) for c in element.iterchildren("{*}Comment")), *facts.notes))
        ),
    )


def _one(element: Element, tag: str, where: str) -> Element:
    found = list(element.iterchildren(f"{{*}}{tag}"))
    if len(found) != 1:
        raise InvalidInput(
            f"{where} has {len(found)} <{tag}> where OFAC's layout has one: the layout has"
            " changed and is not read in part."
        )
    return found[0]


def _schema(profile: Element, tables: Tables) -> Schema:
    kind = tables.value("PartySubType", profile.get("PartySubTypeID"))
    if kind.casefold() not in building.SCHEMAS:
        kind = tables.party_type(profile.get("PartySubTypeID"))
    return building.SCHEMAS.get(kind.casefold(), Schema.LEGAL_ENTITY)


def _names(element: Element, tables: Tables) -> tuple[Name, ...]:
    found = []
    for identity in element.iter("{*}Identity"):
        types = {
            group.get("ID"): tables.value("NamePartType", group.get("NamePartTypeID"))
            for group in identity.iter("{*}NamePartGroup")
        }
        for alias in identity.iterchildren("{*}Alias"):
            found += [
                (alias.get("Primary") != "true", _documented(each, alias, types, tables))
                for each in alias.iterchildren("{*}DocumentedName")
            ]
    # The primary name stands first; else as in the file.
    return building.names(name for _, name in sorted(found, key=lambda each: each[0]))


def _documented(name: Element, alias: Element, types: dict[str, str], tables: Tables) -> Name:
    values = list(name.iter("{*}NamePartValue"))
    parts = [(types.get(each.get("NamePartGroupID"), ""), clean(each.text)) for each in values]
    script = tables.value("Script", values[0].get("ScriptID")) if values else ""
    kind = kind_of(
        tables.value("AliasType", alias.get("AliasTypeID")),
        alias.get("Primary") == "true",
        alias.get("LowQuality") == "true",
    )
    return name_of(parts, script, kind)


def _feature(feature: Element, tables: Tables, facts: Facts) -> None:
    label = tables.value("FeatureType", feature.get("FeatureTypeID"))
    for version in feature.iterchildren("{*}FeatureVersion"):
        places = [
            tables.places.get(each.get("LocationID")) for each in version.iter("{*}VersionLocation")
        ]
        texts = [
            tables.value("DetailReference", each.get("DetailReferenceID")) or clean(each.text)
            for each in version.iter("{*}VersionDetail")
        ]
        periods = [_period(each) for each in version.iter("{*}DatePeriod")]
        place: Address | None = next(iter(places), None)
        facts.add(label, next(iter(texts), ""), place, next(iter(periods), None))


def _period(element: Element) -> Birth | None:
    starts = list(element.iterfind("{*}Start/{*}From"))
    ends = list(element.iterfind("{*}End/{*}To")) or list(element.iterfind("{*}Start/{*}To"))
    if not starts or not ends:
        return None
    about = any(each.get("Approximate") == "true" for each in element)
    first, last = _day(starts[0]), _day(ends[0])
    if first is None or last is None or first > last:
        return None
    return Birth(first, last, about)


def _day(element: Element) -> date | None:
    parts = [clean(element.findtext(f"{{*}}{part}")) for part in ("Year", "Month", "Day")]
    if not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    birth = births.partial(*(int(part) for part in parts))
    return birth.earliest if birth else None
