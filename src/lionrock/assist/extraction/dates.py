"""Days as they are written in Hong Kong, to ISO 8601: in figures, in words, in Chinese, 民國 years.

Figures alone are day, month, year, as Hong Kong writes them; month first only where the second figure
cannot be a month. Years of two figures are read as POSIX `strptime` reads them: 69 to 99 are of the
last century. A month without a day is kept as one: 2025-07.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from lionrock.assist.extraction.folding import narrow
from lionrock.assist.extraction.kinds import Found, Normal
from lionrock.assist.extraction.numerals import chinese
from lionrock.documents.figures import MONTHS
from lionrock.documents.numerals import HAN_NUMBER

_REPUBLIC: Final = 1911
"""民國元年 is 1912."""
_PIVOT: Final = 69
_MONTH: Final = rf"(?P<m>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_HAN: Final = f"[{HAN_NUMBER}廿卅]"
_ERA: Final = r"(?:中[華华])?民[國国]\s?"
_BEFORE: Final = r"(?<![0-9A-Za-z./-])"
_AFTER: Final = r"(?![0-9A-Za-z])"
_DAY: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_CHINESE: Final = (
    rf"\s?年\s?(?P<m>\d{{1,2}}|{_HAN}{{1,3}})\s?月(?:\s?(?P<d>\d{{1,2}}|{_HAN}{{1,3}})\s?[日號号])?"
)
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_ERA}(?P<roc>\d{{1,3}}|元|{_HAN}{{1,6}}){_CHINESE}",
        rf"{_ERA}(?P<roc>\d{{1,3}})(?P<s>[./-])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}}){_AFTER}",
        rf"(?P<y>\d{{4}}|{_HAN}{{4}}){_CHINESE}",
        rf"{_BEFORE}(?P<y>\d{{4}})\s?(?P<s>[-/.])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?(?P<d>\d{{1,2}})(?![0-9])",
        rf"{_BEFORE}(?P<d>\d{{1,2}})\s?(?P<s>[-/.])\s?(?P<m>\d{{1,2}})\s?(?P=s)\s?(?P<y>\d{{4}}|\d{{2}})"
        rf"(?![0-9])(?!\s?(?P=s)\s?\d)",
        rf"{_BEFORE}{_DAY}(?:\s+day\s+of)?[\s.,-]{{0,2}}{_MONTH}[\s.,'-]{{0,3}}(?P<y>\d{{4}}|\d{{2}}){_AFTER}",
        rf"{_BEFORE}{_MONTH}\.?\s?{_DAY},?\s?(?P<y>\d{{4}}){_AFTER}",
        rf"{_BEFORE}(?<!\d[\s.-]){_MONTH}[\s.,-]{{1,2}}(?P<y>\d{{4}}){_AFTER}",
    )
)
_BARE: Final = re.compile(r"(?<![0-9])(?:(?:19|20)\d{6}|\d{4}(?:19|20)\d{2})(?![0-9])")


def find(text: str, *, labelled: bool = False) -> Iterator[Found]:
    """Every day and month of `text`, the longest reading of each place. `labelled`: a label announces
    one, so that eight figures in a row are one too."""
    folded = narrow(text)
    at = 0
    for start, end, told in sorted(_all(folded, labelled), key=lambda f: (f[0], -f[1])):
        if start >= at:
            yield Found(start, end, Normal(text=told))
            at = end


def _all(text: str, labelled: bool) -> Iterator[tuple[int, int, str]]:
    for form in _FORMS:
        for match in form.finditer(text):
            if told := _told(match.groupdict()):
                yield *match.span(), told
    for match in _BARE.finditer(text) if labelled else ():
        if told := _bare(match[0]):
            yield *match.span(), told


def _told(parts: dict[str, str | None]) -> str:
    """ISO 8601; "" for a day that there is not."""
    month, day = _figure(parts["m"]), _figure(parts.get("d"))
    if parts.get("s") and month > 12 >= day and not parts.get("roc"):
        month, day = day, month
    return _iso(_year(parts), month, day if parts.get("d") else None)


def _year(parts: dict[str, str | None]) -> int:
    if roc := parts.get("roc"):
        return _REPUBLIC + (1 if roc == "元" else _figure(roc))
    written = parts["y"] or ""
    year = _figure(written)
    if len(written) == 2:
        return year + (1900 if year >= _PIVOT else 2000)
    return year


def _figure(written: str | None) -> int:
    if not written:
        return 0
    if written.isascii():
        return int(written) if written.isdigit() else MONTHS[written.lower()]
    return chinese(written)


def _bare(figures: str) -> str:
    """ "20250714" or "14072025"; the year first where both could be."""
    first = _iso(int(figures[:4]), int(figures[4:6]), int(figures[6:]))
    return first or _iso(int(figures[4:]), int(figures[2:4]), int(figures[:2]))


def _iso(year: int, month: int, day: int | None) -> str:
    try:
        found = date(year, month, 1 if day is None else day)
    except ValueError:
        return ""
    if not 1800 <= found.year <= 2199:
        return ""
    return found.isoformat() if day is not None else f"{found:%Y-%m}"
