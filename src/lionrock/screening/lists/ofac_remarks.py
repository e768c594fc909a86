"""OFAC's remarks: "DOB 12 Aug 1970; POB Tehran, Iran; Passport A1 (Iran) issued 1 Jan 2001; a.k.a. 'X'."

A small grammar, after OFAC's data specification for the legacy files and the terms met in them:

    remarks  = item *(";" item) ["."]
    item     = ["alt. "] (birth / place / country / gender / name / tie / paper / text)
    birth    = "DOB" date                     place   = "POB" text
    country  = ("nationality" / "citizen" / "Nationality of Registration") country-name
    gender   = "Gender" ("Male" / "Female")   name    = ("a.k.a." / "f.k.a." / "n.k.a.") quoted
    tie      = "Linked To:" text / ("Spouse" / "son" / …) "of" text
    paper    = title ["No." / "#" / "Number" / ":"] number ["(" country-name ")"] *(("issued" / "expires") date)

Text before the first other item is the person's position. The names are OFAC's weak aliases: it puts
strong ones in the file of aliases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lionrock.screening import births, countries
from lionrock.screening.entities import Birth, Identifier, NameKind, Relation
from lionrock.screening.lists import building
from lionrock.screening.lists.ofac_terms import NOTICES, PAPERS

_NAMES = {"a.k.a. ": NameKind.WEAK, "f.k.a. ": NameKind.FORMER, "n.k.a. ": NameKind.ALIAS}
_COUNTRIES = ("nationality ", "citizen ", "Nationality of Registration ")
_KIN = re.compile(
    r"((?:spouse|wife|husband|son|daughter|brother|sister|father|mother|cousin|nephew) of) (.+)",
    re.IGNORECASE,
)
_DATED = re.compile(r"\s(?:issued|expires|Issued|Expires)\s")
_BRACKETED = re.compile(r"(.*?)\s*\(([^()]+)\)\s*")
_NUMBER_WORD = re.compile(r"\s*(?:No\.?|#|Number|Num\.?|ID)?\s*[:#]?\s*(?=\S)")


@dataclass(slots=True)
class Remarks:
    names: list[tuple[NameKind, str]] = field(default_factory=list)
    births: list[Birth] = field(default_factory=list)
    birth_places: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    gender: str = ""
    identifiers: list[Identifier] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    positions: list[str] = field(default_factory=list)


def parse(text: str) -> Remarks:
    """What the remarks say; what the grammar does not know is left to the reader of the text itself."""
    found = Remarks()
    leading = True
    for item in _items(text):
        known = _read(item.removeprefix("alt. "), found)
        leading = leading and not known
        if leading:
            found.positions.append(item)
    return found


def _items(text: str) -> Iterator[str]:
    """Split at semicolons that stand outside the quotes of a name."""
    held = ""
    for part in building.clean(text).removesuffix(".").split(";"):
        held = f"{held};{part}" if held else part.strip()
        opened = held.removeprefix("alt. ").startswith(tuple(f"{mark}'" for mark in _NAMES))
        if not opened or held.endswith("'"):
            if held:
                yield held
            held = ""
    if held:
        yield held


def _read(item: str, found: Remarks) -> bool:
    """Whether the item was one of the grammar's, other than text."""
    if item.startswith("DOB "):
        birth = births.parse(item[4:])
        found.births.extend((birth,) if birth else ())
    elif item.startswith("POB "):
        found.birth_places.append(item[4:].strip())
    elif item.startswith("Gender "):
        found.gender = found.gender or building.gender(item[7:])
    elif item.startswith(_COUNTRIES):
        word = next(word for word in _COUNTRIES if item.startswith(word))
        found.countries.append(countries.code(item[len(word) :]))
    else:
        return _name(item, found) or _tie(item, found) or _paper(item, found)
    return True


def _name(item: str, found: Remarks) -> bool:
    for mark, kind in _NAMES.items():
        if item.startswith(mark):
            found.names.append((kind, item[len(mark) :].strip().strip("'").strip()))
            return True
    return False


def _tie(item: str, found: Remarks) -> bool:
    kin = _KIN.fullmatch(item)
    if kin:
        found.relations.append(Relation(kin[1], kin[2].strip()))
    elif item.startswith("Linked To: "):
        found.relations.append(Relation("Linked To", item[11:].strip()))
    return bool(kin) or item.startswith(("Linked To: ", *NOTICES))


def _paper(item: str, found: Remarks) -> bool:
    title = next((title for title in PAPERS if item.startswith(title)), None)
    if title is None:
        return False
    rest = item[len(title) :]
    if rest[:1].isalnum():
        return False  # the title is only the start of a longer word
    start = _NUMBER_WORD.match(rest)
    number = _DATED.split(rest[start.end() if start else 0 :])[0].strip()
    country = ""
    bracketed = _BRACKETED.fullmatch(number)
    if bracketed and (country := countries.code(bracketed[2])):
        number = bracketed[1]
    if not any(letter.isdigit() for letter in number) and title != "SWIFT/BIC":
        return False
    if title.startswith("Digital"):
        number = number.split()[-1]  # "XBT <address>"
    identifier = building.identifier(title, number, country)
    found.identifiers.extend((identifier,) if identifier else ())
    return True
