"""Which property of FollowTheMoney's model holds what of an entity, for each kind of thing.

After the model's schemata Thing, LegalEntity, Person, Company, Vessel and Airplane
(https://followthemoney.tech/explorer/), of which `from_ftm` reads more than `to_ftm` writes.
"""

from __future__ import annotations

from lionrock.screening.entities import IdentifierKind, NameKind, Schema

NAMES = {
    "name": NameKind.PRIMARY,
    "alias": NameKind.ALIAS,
    "weakAlias": NameKind.WEAK,
    "previousName": NameKind.FORMER,
}
IDENTIFIERS = {
    "passportNumber": IdentifierKind.PASSPORT,
    "idNumber": IdentifierKind.NATIONAL_ID,
    "taxNumber": IdentifierKind.TAX,
    "registrationNumber": IdentifierKind.REGISTRATION,
    "leiCode": IdentifierKind.LEI,
    "imoNumber": IdentifierKind.IMO,
    "swiftBic": IdentifierKind.SWIFT,
    "mmsi": IdentifierKind.MMSI,
    "callSign": IdentifierKind.CALL_SIGN,
}
READ_TOO = {
    "innCode": IdentifierKind.TAX,
    "vatCode": IdentifierKind.TAX,
    "npiCode": IdentifierKind.OTHER,
    "dunsCode": IdentifierKind.OTHER,
    "okpoCode": IdentifierKind.OTHER,
    "ogrnCode": IdentifierKind.REGISTRATION,
    "uscCode": IdentifierKind.REGISTRATION,
    "cageCode": IdentifierKind.OTHER,
    "uniqueEntityId": IdentifierKind.OTHER,
    "socialSecurityNumber": IdentifierKind.NATIONAL_ID,
    "bikCode": IdentifierKind.SWIFT,
    "jurisdictionCode": IdentifierKind.OTHER,
}
"""Properties that are read but not written: their kinds have a broader property of their own."""

WRITTEN_AS = {
    IdentifierKind.HKID: "idNumber",
    IdentifierKind.CCC: "idNumber",
    IdentifierKind.OTHER: "idNumber",
    **{kind: name for name, kind in IDENTIFIERS.items()},
}

SCHEMAS = {
    **{schema.value: schema for schema in Schema},
    "PublicBody": Schema.ORGANIZATION,
    "Bank": Schema.COMPANY,
}
"""What can be screened. Other schemata (Address, Sanction, Security …) are no entities of ours."""

_COUNTRIES = {
    Schema.PERSON: ("nationality", "citizenship"),
    Schema.VESSEL: ("flag", "country"),
    Schema.AIRPLANE: ("country",),
}
_ORGANISATION = ("jurisdiction", "mainCountry", "country")


def countries_of(schema: Schema) -> tuple[str, ...]:
    """The properties that say where a thing belongs; the first is the one to write."""
    return _COUNTRIES.get(schema, _ORGANISATION)
