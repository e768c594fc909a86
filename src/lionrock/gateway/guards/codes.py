"""Numbers that begin with letters: HKID, passports, IBAN; found from their digits, looking left."""

from __future__ import annotations

import re
from typing import Final

from lionrock.gateway.guards import checks
from lionrock.gateway.guards.kinds import Finding, Kind
from lionrock.kernel import hkid

_HKID: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,2}[ -]?[0-9]{6} ?(?:\( ?[0-9Aa] ?\)|\[[0-9Aa]\]|-?[0-9Aa](?![A-Za-z0-9]))"
)
_UNCHECKED: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,2} ?[0-9]{6}(?![0-9])")
_PASSPORT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[EGHK][0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[HK][A-Z][0-9]{7}|[HM][0-9]{10})(?![A-Za-z0-9])"
)
_LABELLED: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z]{0,12}[0-9])[A-Za-z0-9]{6,12}(?![A-Za-z0-9])"
)
_IBAN: Final = re.compile(r"[A-Za-z0-9]{4}(?: ?[A-Za-z0-9]){11,30}")


def iban(text: str, digits: int) -> Finding | None:
    """The IBAN whose check digits begin at `digits`: whole or in groups parted by single blanks."""
    start = digits - 2
    length = checks.IBAN_LENGTHS.get(text[max(0, start) : digits].upper(), 0)
    if not length or (start and text[start - 1].isascii() and text[start - 1].isalnum()):
        return None
    match = _IBAN.match(text, start, start + length + length // 2)
    if not match:
        return None
    packed, end = "", start
    while end < match.end() and len(packed) < length:
        packed += text[end].strip()
        end += 1
    following = text[end : end + 1]
    if (following.isascii() and following.isalnum()) or not checks.iban(packed.upper()):
        return None
    return Finding(Kind.IBAN, start, end)


def lettered(text: str, digits: int, size: int, announced: frozenset[Kind]) -> Finding | None:
    """The HKID or passport whose `size` first digits in a row begin at `digits`.

    An HKID's check digit must hold, unless a label announces it. Passports without a label are those of
    Hong Kong and the mainland; with one, any word of letters and digits.
    """
    if size in (6, 7):
        found = _hkid(text, digits, announced)
        if found:
            return found
    for before in (1, 2):
        match = _PASSPORT.match(text, digits - before) if digits >= before else None
        if match:
            return Finding(Kind.PASSPORT, *match.span())
    if Kind.PASSPORT in announced and size >= 5:
        start = digits
        while (
            start > 0
            and digits - start < 4
            and text[start - 1].isascii()
            and text[start - 1].isalpha()
        ):
            start -= 1
        if match := _LABELLED.match(text, start):
            return Finding(Kind.PASSPORT, *match.span())
    return None


def _hkid(text: str, digits: int, announced: frozenset[Kind]) -> Finding | None:
    gap = digits > 0 and text[digits - 1] in " -"
    for letters in (1, 2):
        start = digits - letters - gap
        match = _HKID.match(text, start) if start >= 0 else None
        if match and (_holds(match.group(), gap) or Kind.HKID in announced):
            return Finding(Kind.HKID, *match.span())
        if Kind.HKID in announced and start >= 0 and (bare := _UNCHECKED.match(text, start)):
            return Finding(Kind.HKID, *bare.span())
    return None


def _holds(written: str, gap: bool) -> bool:
    """Apart from its digits a letter may be a word ("a 1234563"): then it is a capital with brackets."""
    if gap and not (written[0].isupper() and written[-1] in ")]"):
        return False
    plain = "".join(c for c in written if c.isalnum())
    return bool(hkid.normalised(f"{plain[:-1]}({plain[-1]})"))
