"""Party fields of SWIFT messages in their options: A (BIC), B and C (account or place), D, K and none
(name and address), F (numbered lines)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lionrock.errors import InvalidInput
from lionrock.screening.entities import Identifier
from lionrock.screening.payments import wire
from lionrock.screening.payments.codes import code_runs
from lionrock.screening.payments.payment import Party, Place, Role

WIDTH: Final = 35
"""Characters of a line of a name, an address or a text."""
_CODED: Final = re.compile(r"([A-Z]{4})/([A-Z]{2})/(.+)")
_NUMBERED: Final = re.compile(r"([1-8])/(.*)")
_KEPT: Final = 2
"""Characters of a line that option F gives to its number."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a text block: its tag ("50K"), its lines as written, the line of the file it starts at."""

    tag: str
    lines: tuple[str, ...]
    line: int


def party_from(field: Field, role: Role, path: str) -> Party:
    """The party in the field. Raises `InvalidInput` when its lines are not what its option has."""
    place = Place(path, field.line)
    option = field.tag[2:]
    lines = [line.strip() for line in field.lines]
    account, rest = _account(lines)
    beside = (account,) if wire.holds_words(account) else ()
    if option == "F":
        return _numbered(role, place, lines)
    if option in ("A", "G"):
        if len(rest) != 1:
            raise InvalidInput(
                f"Field {field.tag} at line {field.line} is not an account and a BIC."
            )
        return Party(role, place, bic=wire.bic(rest[0], place), account=account, loose=beside)
    if option in ("B", "C"):
        codes = code_runs(rest, width=WIDTH)
        where = tuple(line for line in rest if line)
        loose = (*beside, *where)
        return Party(role, place, address=where, loose=loose, account=account, codes=codes)
    if option not in ("", "D", "H", "K"):
        raise InvalidInput(
            f"Field {field.tag} at line {field.line} has an option that is not read."
        )
    if not rest or not rest[0]:
        raise InvalidInput(f"Field {field.tag} at line {field.line} has no name.")
    return Party(
        role,
        place,
        name=rest[0],
        other_names=_run_on(rest, WIDTH),
        address=tuple(rest[1:]),
        loose=(*beside, *rest[1:]),
        account=account,
        codes=code_runs(rest, width=WIDTH),
    )


def _account(lines: list[str]) -> tuple[str, list[str]]:
    """The account or clearing code of a first line that begins with "/", and the other lines."""
    if lines[0].startswith("/"):
        return re.sub(r"^/(?:[CD]?/)?", "", lines[0]), lines[1:]
    return "", lines


def _numbered(role: Role, place: Place, lines: list[str]) -> Party:
    """Option F: an account or an identifier, then lines that begin with the number of what they hold.

    1 name, 2 address, 3 country and town, 4 date of birth, 5 place of birth, 6 customer identification,
    7 national identity, 8 more of an identifier. A number is repeated where a part runs on.
    """
    account, rest = _account(lines)
    identifiers: list[Identifier] = []
    numbers = [account]
    if rest and not account and (coded := _CODED.fullmatch(rest[0])):
        identifiers.append(wire.identifier(coded[1], coded[3], coded[2].lower()))
        numbers, rest = [coded[3]], rest[1:]
    parts: dict[str, list[str]] = {}
    for line in rest:
        found = _NUMBERED.fullmatch(line)
        if not found:
            raise InvalidInput(
                f"Field {place} has a line that does not begin with its number (1/)."
            )
        parts.setdefault(found[1], []).append(found[2].strip())
    name = parts.get("1", [])
    if not name or not name[0]:
        raise InvalidInput(f"Field {place} has no name (1/).")
    country, towns = _country(parts.get("3", []), place)
    birth_country, birth_towns = _country(parts.get("5", []), place)
    identifiers += _identity("CUST", parts.get("6", []), parts.get("8", []), place)
    identifiers += _identity("NIDN", parts.get("7", []), parts.get("8", []), place)
    numbers += [re.sub("^[A-Z]{2}/", "", n) for key in "678" for n in parts.get(key, [])]
    address = (*parts.get("2", []), *towns)
    return Party(
        role,
        place,
        name=" ".join(name),
        other_names=_run_on(name, WIDTH - _KEPT),
        address=address,
        loose=(*address, *birth_towns, *filter(wire.holds_words, numbers)),
        country=country,
        identifiers=tuple(identifiers),
        account=account,
        born=_born(parts.get("4", []), place),
        birth_place=" ".join(birth_towns),
        birth_country=birth_country,
        codes=(*code_runs(name, width=WIDTH - _KEPT), *code_runs(parts.get("2", []))),
    )


def _run_on(lines: list[str], width: int) -> tuple[str, ...]:
    """What the name may be besides its first line: that line ran over, between words or within one.

    A line is full when the next word had no room on it.
    """
    if len(lines) < 2 or not lines[1]:
        return ()
    first, second = lines[0], lines[1]
    if len(first) + 1 + len(second.split()[0]) <= width:
        return ()
    apart = f"{first} {second}"
    return (apart, first + second) if len(first) >= width else (apart,)


def _country(lines: Iterable[str], place: Place) -> tuple[str, list[str]]:
    """ "HK/HONG KONG" → hk and its town."""
    country, towns = "", []
    for line in lines:
        code, slash, town = line.partition("/")
        if not country:
            country = wire.country(code, place)
        else:
            slash, town = "/", line
        if slash and town:
            towns.append(town)
    return country, towns


def _identity(code: str, lines: list[str], more: list[str], place: Place) -> Iterable[Identifier]:
    """ "HK/A123456(3)" and, for a customer number, "HK/ISSUER/123"; 8 carries on where 6 or 7 ends."""
    if not lines:
        return ()
    country, _, number = ("".join(lines) + "".join(more)).partition("/")
    if code == "CUST":
        number = number.partition("/")[2] or number
    if not number:
        raise InvalidInput(f"Field {place} has an identification without its number.")
    return (wire.identifier(code, number, wire.country(country, place)),)


def _born(lines: list[str], place: Place) -> date | None:
    if not lines:
        return None
    digits = lines[0]
    if not (digits.isdigit() and len(digits) == 8 and len(lines) == 1):
        raise InvalidInput(f"The date of birth at {place} is not YYYYMMDD.")
    return wire.day(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}", place)
