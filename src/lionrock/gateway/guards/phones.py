"""Telephone numbers of Hong Kong, Macau and the mainland by their plans; others by + and country code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from lionrock.gateway.guards import labels
from lionrock.gateway.guards.kinds import Finding, Kind
from lionrock.gateway.guards.runs import Window, coded

_PLUS: Final = re.compile(r"(?<![0-9])\+ ?\(?[1-9](?:[ .()-]{0,2}[0-9]){6,14}(?![0-9])")
_MAINLAND_AREA: Final = re.compile("0(?:10|2[0-9]|[3-9][0-9]{2})")
_FROM_ABROAD: Final = re.compile("(?:00)?(852|853|86|886)")


def international(text: str) -> Iterator[Finding]:
    """ITU-T E.164: a plus sign and seven to fifteen digits, grouped in any way."""
    for match in _PLUS.finditer(text):
        yield Finding(Kind.PHONE, *match.span())


def is_phone(text: str, window: Window, announced: bool) -> bool:
    """Whether the window is a number of Hong Kong, Macau or the mainland. `announced`: a label says so."""
    if announced and 7 <= len(window.digits) <= 15:
        return True
    code = _FROM_ABROAD.match(window.digits)
    if code and len(window.lengths) <= 4 and _RULES[code[1]](window.digits[code.end() :]):
        return True
    if coded(text, window.start):
        return False
    return _hong_kong(text, window) or _mainland(window) or _north_american(window)


def _hong_kong(text: str, window: Window) -> bool:
    """Eight digits in one or two groups that are neither a date nor years nor an amount."""
    digits, lengths = window.digits, window.lengths
    if lengths == (8,):
        day = digits[:2] in ("19", "20") and digits[4:6] < "13" and digits[6:] < "32"
        return _local(digits) and not day and digits[4:] != "0000" and _no_amount(text, window)
    if lengths != (4, 4) or not _local(digits):
        return False
    years = all("1900" <= part <= "2099" for part in (digits[:4], digits[4:]))
    rounded = digits[2:4] == "00" and digits[6:] == "00"
    return not years and not rounded and _no_amount(text, window)


def _no_amount(text: str, window: Window) -> bool:
    return not labels.money(text, window.start, window.end)


def _mainland(window: Window) -> bool:
    digits, lengths = window.digits, window.lengths
    if lengths in ((11,), (3, 4, 4)) and _mobile(digits):
        return True
    area = _MAINLAND_AREA.fullmatch(digits[: lengths[0]])
    return bool(area) and len(lengths) > 1 and 10 <= len(digits) <= 12 and window.hyphens < 3


def _north_american(window: Window) -> bool:
    """ "(415) 555-2671", "415-555-2671"."""
    area, exchange = window.digits[:1], window.digits[3:4]
    return window.lengths == (3, 3, 4) and window.hyphens > 0 and min(area, exchange) >= "2"


def _local(digits: str) -> bool:
    """The Hong Kong plan: eight digits, of which the first is 2 to 9."""
    return len(digits) == 8 and "2" <= digits[0] <= "9" and len(set(digits)) > 2


def _mobile(digits: str) -> bool:
    return len(digits) == 11 and digits[0] == "1" and "3" <= digits[1] <= "9"


def _taiwan(digits: str) -> bool:
    return len(digits) == 9 and digits[0] in "23456789"


_RULES: Final[dict[str, Callable[[str], bool]]] = {
    "852": _local,
    "853": _local,
    "86": _mobile,
    "886": _taiwan,
}
