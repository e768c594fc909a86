"""What is screened and what it is screened against: a person, a company, a vessel, with all its names.

One shape for both sides, so that lists can be screened against customers as well as customers against
lists. Values are kept as the source wrote them; what matching makes of them is `matching`'s business.
The exchange form is FollowTheMoney's, see `ftm`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Schema(StrEnum):
    """FollowTheMoney's names for the kinds of things that lists name."""

    PERSON = "Person"
    COMPANY = "Company"
    ORGANIZATION = "Organization"
    LEGAL_ENTITY = "LegalEntity"
    """A person or an organisation: the source does not say which."""
    VESSEL = "Vessel"
    AIRPLANE = "Airplane"

    @property
    def is_organisation(self) -> bool:
        return self in (Schema.COMPANY, Schema.ORGANIZATION)

    @property
    def may_be_person(self) -> bool:
        return self in (Schema.PERSON, Schema.LEGAL_ENTITY)


class NameKind(StrEnum):
    PRIMARY = "primary"
    ALIAS = "alias"
    WEAK = "weak"
    """A low-quality alias: a nickname or a nom de guerre, too common to alert on alone."""
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written. `family` and `given` where the source keeps them apart."""

    text: str
    kind: NameKind = NameKind.PRIMARY
    family: str = ""
    given: str = ""
    language: str = ""
    """BCP 47, if the source says: zh-Hant, zh-Latn, ar; empty for unknown."""


@dataclass(frozen=True, slots=True, order=True)
class Birth:
    """When someone was born, as far as known: the first and last day it can have been."""

    earliest: date
    latest: date
    approximate: bool = False
    """"circa": a year either side is no contradiction."""

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise ValueError(f"{self.earliest} is after {self.latest}")


class IdentifierKind(StrEnum):
    PASSPORT = "passport"
    HKID = "hkid"
    CCC = "ccc"
    """Chinese commercial codes of the name, four digits a character, as on a Hong Kong identity card."""
    NATIONAL_ID = "national_id"
    REGISTRATION = "registration"
    """A company's or business's registration number."""
    LEI = "lei"
    TAX = "tax"
    IMO = "imo"
    SWIFT = "swift"
    MMSI = "mmsi"
    CALL_SIGN = "call_sign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    kind: IdentifierKind
    value: str
    """As written."""
    country: str = ""
    """ISO 3166-1 alpha-2, lower case; empty for unknown."""


@dataclass(frozen=True, slots=True)
class Address:
    text: str
    country: str = ""
    """ISO 3166-1 alpha-2, lower case; empty for unknown."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie to another entity: "spouse of", "owned by", as the source words it."""

    kind: str
    to: str
    """The other's entity id, or its name where the source gives no id."""


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    """Unique in its list or book: the source's own number where it has one."""
    schema: Schema
    names: tuple[Name, ...]
    births: tuple[Birth, ...] = ()
    """Alternatives: the source gives more than one where it does not know."""
    gender: str = ""
    """"male", "female" or empty."""
    countries: tuple[str, ...] = ()
    """Nationalities of a person, jurisdiction or flag of another; ISO 3166-1 alpha-2, lower case."""
    birth_places: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    addresses: tuple[Address, ...] = ()
    programmes: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    listed_on: date | None = None
    notes: str = ""

    @property
    def caption(self) -> str:
        """The name to show."""
        return self.names[0].text if self.names else self.id
