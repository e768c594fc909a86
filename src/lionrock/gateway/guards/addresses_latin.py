"""Postal addresses in Latin letters: a street with its number, or a flat with its floor or building.

From there the parts that commas set off are joined on both sides while they are parts of an address.
An address ends with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.gateway.guards.kinds import Finding, Kind

_WORD: Final = r"(?:[A-Z][A-Za-z']{1,20}+ )"
_TYPES: Final = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Drive|Terrace|Path|Crescent|Boulevard|Blvd|Highway|Close|Square|Court|"
    "ROAD|STREET|AVENUE|LANE|DRIVE|TERRACE|PATH|CRESCENT|HIGHWAY|SQUARE|COURT"
)
_STREET: Final = re.compile(rf"(?:{_TYPES})(?![A-Za-z])\.?(?: (?:North|South|East|West|Central))?")
_BEFORE: Final = re.compile(
    rf"(?<![A-Za-z0-9$.,])(?:No\.? ?)?[0-9]{{1,5}}[A-Z]?(?:[-/&][0-9]{{1,5}}[A-Z]?)?,? {_WORD}{{1,4}}$"
)
_UNIT: Final = re.compile(
    r"(?:Flat|Room|Rm|Unit|Suite|Apartment|Apt|FLAT|ROOM|RM|UNIT|SUITE)\.? ?"
    r"(?=[0-9A-Z])[0-9A-Za-z]{1,6}(?:[-&/][0-9A-Za-z]{1,5})?(?![0-9A-Za-z])"
)
_SEGMENT: Final = re.compile(
    r"(?:Flat|Room|Rm|Unit|Suite|Shop|Office|Workshop|Apartment|Apt|FLAT|ROOM|RM|UNIT|SUITE|SHOP)s?\.? ?"
    r"[0-9A-Za-z&/-]{1,12}"
    r"|(?:G|UG|LG|[0-9]{1,3})/F\.?"
    r"|[0-9]{1,3}(?:st|nd|rd|th) [Ff]loor|Floor [0-9]{1,3}|(?:Ground|GROUND) (?:Floor|FLOOR)"
    r"|(?:(?:Block|Tower|Phase|House|Wing|BLOCK|TOWER|PHASE|HOUSE) [0-9A-Z]{1,4} ?)"
    rf"|(?:(?:Block|Tower|Phase) [0-9A-Z]{{1,3}},? )?{_WORD}{{1,5}}"
    r"(?:Building|Centre|Center|Tower|Towers|House|Court|Mansion|Mansions|Estate|Plaza|Garden|Gardens|Villa|Villas|"
    r"Heights|Terrace|City|Bldg|Place|BUILDING|CENTRE|TOWER|HOUSE|COURT|MANSION|ESTATE|PLAZA|GARDEN|GARDENS)"
)
_PLACE: Final = re.compile(
    rf"(?:{_WORD}{{0,2}}[A-Z][a-z]{{2,20}}(?:,? [A-Z]{{2}})? "
    r"(?:[0-9]{5}|[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2})|"
    r"Hong Kong(?: SAR)?|HONG KONG|Kowloon|KOWLOON|New Territories|NEW TERRITORIES|N\.T\.|NT|HK|KLN|Kln|Central|"
    r"Admiralty|Wan Chai|Wanchai|Causeway Bay|North Point|Quarry Bay|Tai Koo|Shau Kei Wan|Chai Wan|Sheung Wan|"
    r"Sai Ying Pun|Kennedy Town|Pok Fu Lam|Aberdeen|Ap Lei Chau|Stanley|Happy Valley|Mid-Levels|Tsim Sha Tsui|Jordan|"
    r"Yau Ma Tei|"
    r"Mong Kok|Mongkok|Prince Edward|Sham Shui Po|Cheung Sha Wan|Lai Chi Kok|Mei Foo|Kowloon Tong|Kowloon City|"
    r"Ho Man Tin|Hung Hom|To Kwa Wan|San Po Kong|Wong Tai Sin|Diamond Hill|Choi Hung|Ngau Tau Kok|Kowloon Bay|"
    r"Kwun Tong|Lam Tin|Yau Tong|Tseung Kwan O|Sai Kung|Sha Tin|Shatin|Ma On Shan|Tai Wai|Fo Tan|Tai Po|Fanling|"
    r"Sheung Shui|Tuen Mun|Yuen Long|Tin Shui Wai|Tsuen Wan|Kwai Chung|Kwai Fong|Tsing Yi|Tung Chung|Discovery Bay|"
    r"Lantau|Cheung Chau|Macau|Shenzhen|Guangzhou|Beijing|Shanghai|China|Singapore|London|New York"
    r")(?![A-Za-z])"
)
_SEPARATOR: Final = re.compile(r", ?| (?=[A-Z0-9])")
_LETTER: Final = re.compile("[A-Za-z]")
_WITHIN: Final = re.compile("[A-Za-z0-9]")
_BACK, _PARTS = 60, 6


def find(text: str) -> Iterator[Finding]:
    """Every address of the folded `text`. Looks at most 60 characters back and six parts on, so the
    work grows with the text alone."""
    at = 0
    for match in _anchors(text):
        start, end, street = match
        if start < at:
            continue
        start, before = _backward(text, start, at)
        end, after = _forward(text, end)
        if street or before or after:
            yield Finding(Kind.ADDRESS, start, end)
            at = end


def _anchors(text: str) -> list[tuple[int, int, bool]]:
    """Streets with their numbers, and units; in order. The third says which is a street."""
    found = [
        (*match.span(), False)
        for match in _UNIT.finditer(text)
        if not _LETTER.fullmatch(text[match.start() - 1 : match.start()])
    ]
    for match in _STREET.finditer(text):
        base = max(0, match.start() - _BACK)
        before = _BEFORE.search(text[base : match.start()])
        if before:
            found.append((base + before.start(), match.end(), True))
    return sorted(found)


def _backward(text: str, start: int, floor: int) -> tuple[int, int]:
    """Where the parts before `start` begin, back to `floor` at most, and how many they are."""
    for count in range(_PARTS):
        low = max(floor, start - _BACK)
        near = text[low:start]
        stripped = near.rstrip(" ")
        if not stripped.endswith(","):
            return start, count
        head = stripped[:-1]
        first = head.rfind(",") + 1
        part = head[first:]
        lead = len(part) - len(part.lstrip(" "))
        segment = _tail(part[lead:])
        if segment is None:
            return start, count
        start = low + first + lead + segment
    return start, _PARTS


def _tail(part: str) -> int | None:
    """Where in `part`, which is at most 60 characters, a part of an address begins that ends with it."""
    for match in re.finditer(r"(?<![A-Za-z0-9])[A-Z0-9]", part):
        if _SEGMENT.fullmatch(part, match.start()) or _PLACE.fullmatch(part, match.start()):
            return match.start()
    return None


def _forward(text: str, end: int) -> tuple[int, int]:
    for count in range(_PARTS):
        separator = _SEPARATOR.match(text, end)
        if not separator:
            return end, count
        at = separator.end()
        part = _number_and_street(text, at) or _SEGMENT.match(text, at) or _PLACE.match(text, at)
        if not part or _WITHIN.match(text, part.end()):
            return end, count
        end = part.end()
    return end, _PARTS


_NUMBERED: Final = re.compile(
    rf"(?:No\.? ?)?[0-9]{{1,5}}[A-Z]?(?:[-/&][0-9]{{1,5}}[A-Z]?)?,? {_WORD}{{1,4}}(?:{_TYPES})(?![A-Za-z])\.?"
    r"(?: (?:North|South|East|West|Central))?"
)


def _number_and_street(text: str, at: int) -> re.Match[str] | None:
    return _NUMBERED.match(text, at)
