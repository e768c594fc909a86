"""What a person or a business is reached and known by: identity card, registration, telephone, e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.assist.extraction.folding import narrow
from lionrock.assist.extraction.kinds import Found, Normal
from lionrock.kernel import hkid

_HKID: Final = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{1,2}\s?\d{6}\s?(?:\(\s?[0-9Aa]\s?\)|-?[0-9Aa])(?![A-Za-z0-9])"
)
_EMAIL: Final = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_BR: Final = re.compile(
    r"(?<![0-9A-Za-z-])(\d{8})(-\d{3}(?:-\d{2}-\d{2}-[0-9A-Z])?)?(?![0-9A-Za-z])"
)
"""Eight figures; on a certificate a branch, the month and a check character follow. The check
character's rule is not published, so it is not checked."""
_PHONE: Final = re.compile(r"(?<![0-9A-Za-z-])(?:\+ ?)?\(?\d[\d ()-]{5,20}\d(?![0-9A-Za-z])")
_GROUPED: Final = re.compile(r"\d{4}[ -]\d{4}")


def hkids(text: str) -> Iterator[Found]:
    """Hong Kong identity card numbers, their check digits right or wrong."""
    for match in _HKID.finditer(narrow(text)):
        packed = re.sub(r"\s", "", match[0])
        if known := hkid.parse(packed):
            yield Found(*match.span(), Normal(text=str(known), valid=known.valid))


def emails(text: str) -> Iterator[Found]:
    for match in _EMAIL.finditer(narrow(text)):
        yield Found(*match.span(), Normal(text=match[0].lower()))


def registrations(text: str) -> Iterator[Found]:
    """Business registration numbers: the eight figures that name the business."""
    for match in _BR.finditer(narrow(text)):
        yield Found(*match.span(), Normal(text=match[1]))


def phones(text: str, *, labelled: bool = False) -> Iterator[Found]:
    """Telephone numbers. Without a label only those that name a country, or are grouped as Hong Kong
    groups them. A number whose country nobody names has no E.164 form: its text is "" then."""
    for match in _PHONE.finditer(narrow(text)):
        digits = re.sub(r"\D", "", match[0])
        international = match[0].startswith("+")
        e164 = _e164(digits, international)
        if labelled or international or (e164 and _GROUPED.search(match[0])):
            yield Found(*match.span(), Normal(text=e164))


def _e164(digits: str, international: bool) -> str:
    """ITU-T E.164; Hong Kong's numbers have eight figures, the first 2 to 9, and the code 852."""
    if international and 7 <= len(digits) <= 15:
        return f"+{digits}"
    local = digits.removeprefix("00").removeprefix("852") if len(digits) in (11, 13) else digits
    if len(local) == 8 and local[0] >= "2":
        return f"+852{local}"
    return ""
