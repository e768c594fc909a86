"""Hong Kong identity card numbers: their form, their check digit.

One or two letters, six digits and a check digit, often in brackets: A123456(3). The check digit is the
one the Immigration Department prints: the eight places before it (a space before a single letter) are
weighed 9 to 2, with letters counting 10 to 35 and the space 36; it makes the sum with itself a multiple
of 11, and ten is written A.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_FORM = re.compile(r"([A-Z]{1,2})\s?([0-9]{6})\s?(?:\(([0-9A])\)|-?([0-9A]))")
_WEIGHTS = range(9, 1, -1)
_LONGEST = 20
"""Longer texts hold something else as well; they are not read."""


@dataclass(frozen=True, slots=True)
class Hkid:
    letters: str
    digits: str
    check: str
    """As written, right or wrong."""

    @property
    def valid(self) -> bool:
        return self.check == check_digit(self.letters, self.digits)

    def __str__(self) -> str:
        return f"{self.letters}{self.digits}({self.check})"


def check_digit(letters: str, digits: str) -> str:
    """ "0" to "9" or "A" for one or two letters A–Z and six digits."""
    places = f"{letters:>2}{digits}"
    total = sum(weight * _worth(place) for weight, place in zip(_WEIGHTS, places, strict=True))
    check = -total % 11
    return "A" if check == 10 else str(check)


def _worth(place: str) -> int:
    return 36 if place == " " else int(place, 36)


def parse(text: str) -> Hkid | None:
    """The number that the whole text is, brackets or none, full-width forms and lower case too.

    None for anything else. The check digit may be wrong: see `Hkid.valid`.
    """
    if len(text) > _LONGEST:
        return None
    match = _FORM.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    return Hkid(match[1], match[2], match[3] or match[4]) if match else None


def normalised(text: str) -> str:
    """ "A123456(3)" for a number whose check digit is right, else ""."""
    hkid = parse(text)
    return str(hkid) if hkid is not None and hkid.valid else ""
