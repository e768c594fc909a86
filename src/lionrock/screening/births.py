"""Dates of birth as lists word them, to the first and the last day that each can mean.

"1962", "Mar 1955", "12 Aug 1970", "1970-08-12", "12/08/1970", "00/00/1975", "circa 1955", "1958 to 1960",
"between Aug. and Sep. 1977", "1950s", "1970年8月12日", "民國59年8月12日". Days come before months where both
are numbers. Years of other calendars (Hijri, Persian) are not converted: they are not read at all.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date
from functools import lru_cache

from lionrock.screening.entities import Birth

_FIRST_YEAR, _LAST_YEAR = 1800, 2100
_REPUBLIC = 1911
"""民國1年 is 1912."""

_MONTHS = {name[:3].lower(): number for number, name in enumerate(calendar.month_name) if number}
_MONTH = r"(?P<m>(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*)\.?"
_DAY, _YEAR = r"(?P<d>\d{1,2})", r"(?P<y>\d{4})"
_ERA = r"(?P<era>(?:中華)?民國|(?:中华)?民国|ROC)?\s*"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        _YEAR,
        rf"{_YEAR}-(?P<m>\d{{1,2}})(?:-{_DAY}(?:T00:00.*)?)?",
        rf"{_YEAR}/(?P<m>\d{{1,2}})(?:/{_DAY})?",
        rf"{_DAY}(?:st|nd|rd|th)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"{_MONTH},? {_YEAR}",
        rf"{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}",
        rf"{_DAY}[/.-](?P<m>\d{{1,2}})[/.-]{_YEAR}",
        rf"(?P<m>\d{{1,2}})/{_YEAR}",
        _MONTH,
        rf"{_ERA}(?P<y>\d{{1,4}}|元)\s*年\s*(?:(?P<m>\d{{1,2}})\s*月\s*(?:{_DAY}\s*日)?)?",
    )
)
_DECADE = re.compile(r"(\d{3})0s")
_ABOUT = re.compile(
    r"(?:circa|ca?\.|approximately|approx\.?|about|around|estimated|est\.|約|约|大約|大约)\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?:between|from)\s+(.+?)\s+(?:and|to)\s+(.+)", re.IGNORECASE)
_TO = re.compile(
    r"(.+?)\s*(?:\bto\b|\s[-–—]\s|至)\s*(.+)|(\d{4})\s?[-–—/]\s?(\d{4})", re.IGNORECASE
)
_LONGEST = 80


@lru_cache(maxsize=4096)
def parse(text: str) -> Birth | None:
    """What the whole text says, or None where it is no date of these wordings or an impossible one."""
    text = " ".join(unicodedata.normalize("NFKC", text[: _LONGEST + 1]).split()).strip(" .,;")
    if not text or len(text) > _LONGEST:
        return None
    about = _ABOUT.match(text)
    if about:
        text = text[about.end() :]
    birth = _point(text) or _decade(text) or _range(text)
    if birth is None or not about:
        return birth
    return Birth(birth.earliest, birth.latest, approximate=True)


def partial(year: int, month: int = 0, day: int = 0, *, approximate: bool = False) -> Birth | None:
    """A year, a month (day 0) or a day; None for an impossible one. Month 0 makes it a year."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        if not month:
            return Birth(date(year, 1, 1), date(year, 12, 31), approximate)
        last = day or calendar.monthrange(year, month)[1]
        return Birth(date(year, month, day or 1), date(year, month, last), approximate)
    except ValueError:
        return None


def between(first: Birth | None, last: Birth | None) -> Birth | None:
    """From the one's first day to the other's last; None if either is missing or they are reversed."""
    if first is None or last is None or first.earliest > last.latest:
        return None
    return Birth(first.earliest, last.latest, first.approximate or last.approximate)


def written(birth: Birth) -> tuple[str, ...]:
    """FollowTheMoney's partial dates: "1971", "1971-05" or "1971-05-12"; each year of a longer range."""
    first, last = birth.earliest, birth.latest
    if first == last:
        return (first.isoformat(),)
    if birth == partial(first.year, first.month, approximate=birth.approximate):
        return (f"{first:%Y-%m}",)
    return tuple(str(year) for year in range(first.year, last.year + 1))


def _point(text: str, year: int = 0) -> Birth | None:
    """A day, a month or a year. A month alone needs the year of the range's other end."""
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            parts = match.groupdict()
            stated = _year(parts.get("y"), parts.get("era")) or year
            month = parts.get("m")
            return partial(stated, _month(month) if month else 0, int(parts.get("d") or 0))
    return None


def _year(text: str | None, era: str | None) -> int:
    if text is None:
        return 0
    number = 1 if text == "元" else int(text)
    return number + _REPUBLIC if era else number


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else _MONTHS[text[:3].lower()]


def _decade(text: str) -> Birth | None:
    match = _DECADE.fullmatch(text)
    first = int(match[1]) * 10 if match else 0
    return between(partial(first), partial(first + 9)) if match else None


def _range(text: str) -> Birth | None:
    match = _BETWEEN.fullmatch(text) or _TO.fullmatch(text)
    if match is None:
        return None
    start, end = (part for part in match.groups() if part)
    about = bool(_ABOUT.match(start) or _ABOUT.match(end))
    last = _point(_ABOUT.sub("", end, count=1))
    first = _point(_ABOUT.sub("", start, count=1), last.latest.year if last else 0)
    found = between(first, last)
    return Birth(found.earliest, found.latest, about) if found else None
