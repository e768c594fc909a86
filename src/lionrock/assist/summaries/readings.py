"""What a text tells in figures, dates and counted things, in one form whatever it is written in, for a
sentence and its source to be compared across languages.
"""

from __future__ import annotations

import re

from lionrock.assist.figures import unsupported
from lionrock.documents.figures import Figure, figures, placed
from lionrock.documents.numerals import HAN_NUMBER, number
from lionrock.search.dates import Dated, dates

_REPUBLIC = re.compile(rf"民[國国]\s*(\d{{1,3}}|[{HAN_NUMBER}]{{1,5}})\s*年")
_THIS_ONE = re.compile("(?<=[這这該该同某])一(?=[年月天日週周])")
"""這一年 is "the year" and counts nothing."""
_COUNTED = re.compile(
    "([二兩两三四五六七八九十])[多]?(?=[項项間间個个名家次種种宗份位條条倍類类大點点階阶方輪轮批套層层])"
)


def unfounded_dates(sentence: str, sources: str) -> list[str]:
    """The dates of `sentence` that `sources` do not give, as written. A source that gives more of it
    (its day, its year) gives it; one that gives less does not."""
    have = {d.name for d in dates(sources.lower())}
    return [sentence[d.start : d.end] for d in _dates(sentence) if not _given(d.name, have)]


def unfounded_figures(sentence: str, sources: str) -> list[str]:
    """The figures of `sentence` that `sources` do not give, as written; its dates are not looked at."""
    ground = f"{sources} {' '.join(_more(sources))}"
    rest = _THIS_ONE.sub(" ", _without(sentence, _dates(sentence)))
    wrong = unsupported(rest, ground)
    told = [rest[p.start : p.end].strip() for p in placed(rest.lower()) if p.figure in wrong]
    known = {figure.value for figure in figures(ground)}
    counted = [m[0] for m in _COUNTED.finditer(rest) if _value(m) not in known]
    unplaced = {_shown(f) for f in wrong} if wrong and not told else set()
    return list(dict.fromkeys([*told, *sorted(unplaced), *counted]))


def _dates(text: str) -> list[Dated]:
    return dates(text.lower())


def _given(name: str, have: set[str]) -> bool:
    if name.startswith("--"):
        return any(other.endswith(name[1:]) for other in have)
    return any(other == name or other.startswith(f"{name}-") for other in have)


def _without(text: str, found: list[Dated]) -> str:
    for one in found:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _more(text: str) -> list[str]:
    """Further readings of a source: years of the Republic as years, and things counted in Chinese."""
    years = [f"{_int(m[1]) + 1911}年" for m in _REPUBLIC.finditer(text)]
    return years + [str(_value(m)) for m in _COUNTED.finditer(text)]


def _value(match: re.Match[str]) -> int:
    return number(match[1])


def _int(text: str) -> int:
    return int(text) if text.isdecimal() else number(text)


def _shown(figure: Figure) -> str:
    return f"{figure.value} {figure.unit}".strip()
