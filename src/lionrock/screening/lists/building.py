"""What every format needs to make an entity: clean text, kinds of papers, names without repeats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TypeVar

from lionrock.kernel import hkid
from lionrock.screening import countries
from lionrock.screening.entities import Identifier, IdentifierKind, Name, Schema

T = TypeVar("T")

_SPACES = re.compile(r"\s+")

# The first word found in a paper's title decides; longer and rarer ones stand first.
_KINDS = (
    (IdentifierKind.PASSPORT, "passport, pasaporte, passeport"),
    (IdentifierKind.CCC, "commercial code"),
    (IdentifierKind.LEI, "legal entity identifier, lei"),
    (IdentifierKind.SWIFT, "swift, bic, swiftbic"),
    (IdentifierKind.MMSI, "mmsi, maritime mobile"),
    (IdentifierKind.IMO, "imo, vessel registration identification"),
    (IdentifierKind.CALL_SIGN, "call sign"),
    (IdentifierKind.TAX, "tax, fiscal, fiscalcode, nit, vat, v.a.t., rfc, r.f.c., ruc, rif, tin, inn, us fein,"
     " c.u.i.t., rtn"),
    (IdentifierKind.NATIONAL_ID, "national id, national identification, national identity, identity card,"
     " identification card, personal id, hong kong id, hkid, cedula, c.u.r.p., d.n.i., ssn, social security, i.f.e.,"
     " citizen's card, turkish identification, kenyan id, tazkira, c.u.i., c.u.i.p., credencial electoral,"
     " national foreign id, numero de identidad, cartilla de servicio militar nacional, birth certificate,"
     " residency, 身份證, 身份证"),
    (IdentifierKind.REGISTRATION, "registration, registration number, company number, uk company, company id,"
     " business registration, business number, commercial registry, public registration, matricula mercantil,"
     " folio mercantil, c.r., trade license, tradelic, unified social credit code, united social credit code,"
     " certificate of incorporation, chamber of commerce, enterprise, legal entity, legal entity number,"
     " registered charity, regnumber, ogrn, 商業登記, 公司編號"),
)  # fmt: skip
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = r"[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f .,'’&/-]*"
_BOTH = (
    re.compile(rf"([^{_HAN}()（）]+)[(（]([{_HAN}·\s]+)[)）]"),
    re.compile(rf"([{_HAN}·]+)\s*[(（]([^{_HAN}()（）]+)[)）]"),
    re.compile(rf"({_LATIN})\s+([{_HAN}·]{{2,}})"),
    re.compile(rf"([{_HAN}·]{{2,}})\s+({_LATIN})"),
)
_IMO_NUMBER = re.compile(r"\b(?:IMO\s*)?(\d{7})\b", re.IGNORECASE)


def clean(text: str | None) -> str:
    """One line, no spaces at the ends or beside each other."""
    return _SPACES.sub(" ", text).strip() if text else ""


@lru_cache(maxsize=4096)
def kind_of_paper(title: str) -> IdentifierKind:
    """What a paper is, by what the list calls it: "National Identification Number", "R.F.C."."""
    words = f" {clean(title).casefold()} "
    for kind, marks in _KINDS:
        for mark in marks.split(", "):
            if re.search(rf"(?<!\w){re.escape(mark.strip())}(?!\w)", words):
                return kind
    return IdentifierKind.OTHER


def identifier(title: str, value: str, country: str = "") -> Identifier | None:
    """A paper with its number; None without one. `country` is a code already."""
    value = clean(value)
    if not value:
        return None
    kind = kind_of_paper(title)
    if kind in (IdentifierKind.NATIONAL_ID, IdentifierKind.OTHER) and is_hkid(
        title, value, country
    ):
        return Identifier(IdentifierKind.HKID, value, "hk")
    if value.startswith("IMO "):
        kind = IdentifierKind.IMO
    if kind is IdentifierKind.IMO and (number := _IMO_NUMBER.search(value)):
        value = number[1]
    return Identifier(kind, value, country)


def is_hkid(title: str, value: str, country: str) -> bool:
    """Of its form, and either said to be from Hong Kong or with the check digit right."""
    parsed = hkid.parse(value)
    said = country == "hk" or "hong kong" in title.casefold() or "hkid" in title.casefold()
    return parsed is not None and (said or (parsed.valid and not country and "(" in value))


def unique(values: Iterable[T | None]) -> tuple[T, ...]:
    """In order, without repeats, None and empty text."""
    return tuple(dict.fromkeys(value for value in values if value))


def names(found: Iterable[Name | None]) -> tuple[Name, ...]:
    """In order; of names with the same text the first stays."""
    kept: dict[str, Name] = {}
    for name in found:
        if name is not None and name.text:
            kept.setdefault(name.text, name)
    return tuple(kept.values())


def by_script(text: str) -> list[str]:
    """ "Chan Tai Man (陳大文)" and "陳大文 CHAN Tai Man" are two names; "華信(香港)有限公司" is one."""
    for both in _BOTH:
        match = both.fullmatch(text)
        if match:
            return [match[1].strip(), match[2].strip()]
    return [text]


def codes(texts: Iterable[str]) -> tuple[str, ...]:
    """The codes of country names; those that are none are left out."""
    return unique(countries.code(text) for text in texts)


def day(text: str | None) -> date | None:
    """ISO 8601's calendar date at the start of a text: "2012-12-31", "2012-12-31T00:00:00Z"."""
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def gender(text: str) -> str:
    """ "male", "female" or ""."""
    word = text.strip().casefold()
    if word in ("male", "m", "男"):
        return "male"
    return "female" if word in ("female", "f", "女") else ""


SCHEMAS = {
    "individual": Schema.PERSON,
    "person": Schema.PERSON,
    "entity": Schema.ORGANIZATION,
    "enterprise": Schema.ORGANIZATION,
    "ship": Schema.VESSEL,
    "vessel": Schema.VESSEL,
    "aircraft": Schema.AIRPLANE,
}
"""What the authorities' lists call their entries."""
