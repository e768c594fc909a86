"""What the parties of OFAC's ADVANCED XML refer to, gathered in one reading of the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from lionrock.screening.entities import Address, Relation
from lionrock.screening.lists import building, xml
from lionrock.screening.lists.building import clean
from lionrock.screening.lists.ofac_csv import country
from lionrock.screening.lists.sources import Source
from lionrock.screening.lists.xml import Element

_TAGS = ("ReferenceValueSets", "Location", "IDRegDocument", "ProfileRelationship", "SanctionsEntry")
_CONTAINERS = (
    "Sanctions", "Locations", "IDRegDocuments", "DistinctParties", "ProfileRelationships", "SanctionsEntries",
)  # fmt: skip
_PASSED = ("DateOfIssue", "SanctionsEntryLinks")
_PROGRAMME = "Program"


@dataclass(slots=True)
class Listing:
    programmes: list[str] = field(default_factory=list)
    listed_on: date | None = None


@dataclass(slots=True)
class Tables:
    name: str
    """The file's, for messages."""
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    """(Kind of reference value, id) → its text."""
    party_types: dict[str, str] = field(default_factory=dict)
    places: dict[str, Address] = field(default_factory=dict)
    papers: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    """Identity → title, number, country's name."""
    relations: dict[str, list[Relation]] = field(default_factory=dict)
    entries: dict[str, Listing] = field(default_factory=dict)

    def value(self, kind: str, id: str | None) -> str:
        return self.values.get((kind, id or ""), "")

    def party_type(self, sub_type: str | None) -> str:
        return self.value("PartyType", self.party_types.get(sub_type or ""))


def tables_of(source: Source) -> Tables:
    """Reads the whole file; raises `InvalidInput` as `xml.entries` does."""
    tables = Tables(source.name)
    readers = {
        "ReferenceValueSets": _references,
        "Location": _location,
        "IDRegDocument": _paper,
        "ProfileRelationship": _relation,
        "SanctionsEntry": _entry,
    }
    # The parties are stepped over, so that they do not pile up.
    for element in xml.entries(source, (*_TAGS, "DistinctParty"), _CONTAINERS, _PASSED):
        reader = readers.get(xml.local(element))
        if reader is not None:
            reader(element, tables)
    return tables


def _references(element: Element, tables: Tables) -> None:
    for group in element:
        for each in group:
            kind, id = xml.local(each), each.get("ID", "")
            tables.values[kind, id] = clean(each.text) or clean(each.get("ISO2"))
            if kind == "PartySubType":
                tables.party_types[id] = each.get("PartyTypeID", "")
            elif kind == "AreaCode":
                tables.values[kind, id] = clean(each.get("Description"))


def _location(element: Element, tables: Tables) -> None:
    names = [
        tables.value("Country", each.get("CountryID"))
        for each in element.iterchildren("{*}LocationCountry")
    ]
    names += [
        tables.value("AreaCode", each.get("AreaCodeID"))
        for each in element.iterchildren("{*}LocationAreaCode")
    ]
    where = next((name for name in names if country(name)), "")
    parts = [clean(each.text) for each in element.iterfind(".//{*}LocationPartValue/{*}Value")]
    text = ", ".join(dict.fromkeys(filter(None, (*parts, where))))
    if text:
        tables.places[element.get("ID", "")] = Address(text, country(where))


def _paper(element: Element, tables: Tables) -> None:
    paper = (
        tables.value("IDRegDocType", element.get("IDRegDocTypeID")),
        clean(element.findtext("{*}IDRegistrationNo")),
        tables.value("Country", element.get("IssuedBy-CountryID")),
    )
    tables.papers.setdefault(element.get("IdentityID", ""), []).append(paper)


def _relation(element: Element, tables: Tables) -> None:
    kind = tables.value("RelationType", element.get("RelationTypeID"))
    relation = Relation(kind, element.get("To-ProfileID", ""))
    tables.relations.setdefault(element.get("From-ProfileID", ""), []).append(relation)


def _entry(element: Element, tables: Tables) -> None:
    listing = tables.entries.setdefault(element.get("ProfileID", ""), Listing())
    for measure in element.iterchildren("{*}SanctionsMeasure"):
        if tables.value("SanctionsType", measure.get("SanctionsTypeID")) == _PROGRAMME:
            listing.programmes.append(clean(measure.findtext("{*}Comment")))
    for event in element.iterfind("{*}EntryEvent/{*}Date"):
        parts = [
            clean(event.findtext(f"{{*}}{part}")).zfill(2) for part in ("Year", "Month", "Day")
        ]
        day = building.day("-".join(parts))
        listing.listed_on = min(filter(None, (listing.listed_on, day)), default=None)
