"""References to provisions in a text, in one form for both languages: "section 12(3)" and 第12(3)條.

Families follow Hong Kong's bilingual drafting: section, article, rule, regulation and clause are all 條;
subsection 款, paragraph 段, Schedule 附表, Part 部, chapter 章 (so is "Cap."), annex and appendix 附件,
附錄 (Department of Justice, "Drafting Legislation in Hong Kong", 2012, for the first of these).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from lionrock.documents.numerals import HAN_NUMBER, figure

_ENGLISH: Final = {
    "條": "sections? ss? subss? articles? arts? rules? regulations? regs? clauses? cls?",
    "款": "subsections?",
    "段": "paragraphs? paras?",
    "附表": "schedules? schs? sched",
    "部": "parts? pt",
    "分部": "divisions? div",
    "章": "chapters? caps? chs?",
    "附件": "annex(?:es)? appendix appendices",
    "表": "tables?",
    "圖": "charts? figures? fig",
}
_CHINESE: Final = {
    "條": "條", "条": "條", "節": "條", "节": "條", "款": "款", "段": "段", "部": "部", "分部": "分部",
    "章": "章",
}  # fmt: skip
_BEFORE: Final = {
    "附表": "附表", "附件": "附件", "附錄": "附件", "附录": "附件", "表": "表", "圖": "圖", "图": "圖",
}  # fmt: skip
_FAMILY: Final = {word: family for family, words in _ENGLISH.items() for word in words.split()}
_STEPS: Final = r"(?:\s?\([0-9]{1,3}[A-Z]{0,2}\)|\s?\([a-z]{1,4}\)|\s?\([A-Z]{1,3}\))"
_NUMBER: Final = rf"(?:\d+[A-Z]{{0,3}}(?:\.\d+)*{_STEPS}*|{_STEPS}+|[IVX]+\b|[A-Z]\b)"
_AND: Final = r"(?:\s*(?:,\s*and|,\s*or|,|and|or|to|&|–|-)\s*)"
_IN_ENGLISH: Final = re.compile(
    rf"(?<![A-Za-z'’])(?P<kind>{'|'.join(sorted(_FAMILY, key=len, reverse=True))})\.?\s*"
    rf"(?P<list>(?-i:{_NUMBER}(?:{_AND}{_NUMBER})*))(?![\w%])",
    re.IGNORECASE,
)
_HAN_NUMBER: Final = (
    rf"(?:\d+[A-Z]{{0,3}}(?:\.\d+)*{_STEPS}*|{_STEPS}+|[IVX]+|[A-Z]|[{HAN_NUMBER}]+)"
)
_HAN_AND: Final = r"(?:\s*[、，,及或和與与至到]\s*(?:第\s*)?|\s*[–-]\s*)"
_IN_CHINESE: Final = re.compile(
    rf"第\s*(?P<list>{_HAN_NUMBER}(?:{_HAN_AND}{_HAN_NUMBER})*)\s*(?P<kind>分部|[條条節节款段部章])"
)
_HEADED: Final = re.compile(
    rf"(?<![發发代])(?P<kind>附表|附件|附錄|附录|[表圖图])\s*(?P<list>{_HAN_NUMBER}(?:\s*[、及至]\s*{_HAN_NUMBER})*)"
)
_WIDE: Final = str.maketrans("０１２３４５６７８９（）．", "0123456789().")
_Named = Callable[[str], "str | None"]
_ROMAN: Final = {"I": 1, "V": 5, "X": 10}


class Reference(NamedTuple):
    """`family` as above; `number` with plain figures: 12(3), 4.3.2, 4 for IV."""

    family: str
    number: str
    words: str
    """As it stands in the text."""
    sure: bool
    """Its number is written in figures: 第一段 may mean no more than "the first paragraph"."""


def references(text: str) -> list[Reference]:
    """The references of `text`, those of a list each by itself."""
    text = text.translate(_WIDE)
    return [*_found(_IN_ENGLISH, text, _of_english), *_found(_IN_CHINESE, text, _CHINESE.get),
            *_found(_HEADED, text, _BEFORE.get)]  # fmt: skip


def missing(source: str, target: str) -> list[str]:
    """References of either text that the other does not have, as they are written there."""
    return list(dict.fromkeys([*only_in(source, target), *only_in(target, source)]))


def only_in(text: str, other: str) -> list[str]:
    """The references of `text` that the other does not have."""
    known = {(r.family, r.number) for r in references(other)}
    return [r.words for r in references(text) if r.sure and (r.family, r.number) not in known]


def _found(pattern: re.Pattern[str], text: str, family: _Named) -> Iterator[Reference]:
    for match in pattern.finditer(text):
        named = family(match["kind"])
        for number in re.findall(_HAN_NUMBER, match["list"]) if named else ():
            sure = number[0] not in HAN_NUMBER
            yield Reference(named or "", _plain(number), match.group().strip(), sure)


def _plain(number: str) -> str:
    number = re.sub(r"\s", "", number)
    if re.fullmatch("[IVX]+", number):
        return str(_roman(number))
    return figure(number)


def _roman(letters: str) -> int:
    values = [_ROMAN[c] for c in letters]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def _of_english(word: str) -> str | None:
    low = word.casefold()
    return next((f for pattern, f in _FAMILY.items() if re.fullmatch(pattern, low)), None)
