"""Labels in front of headings, paragraphs and list items: "4.1.6", "(a)", "第3條", "三、", "•"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LabelKind = Literal["article", "decimal", "part", "cjk", "paren", "bullet", "note"]

_HAN_NUMBER = "一二三四五六七八九十百千零〇兩两壹貳贰參叁肆伍陸陆柒捌玖拾甲乙丙丁戊己庚辛壬癸"
_ROMAN = "ivxlIVXL"
_ROMAN_ORDER = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
_HAN_ORDER = (
    "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()
)
_PATTERNS: tuple[tuple[LabelKind, str], ...] = (
    # 第三條, 第 3 章, 附件一, 附錄A
    (
        "article",
        rf"第\s?[{_HAN_NUMBER}\d]{{1,8}}\s?[編编章節节條条款項项部卷篇](?:之[{_HAN_NUMBER}\d]{{1,3}})?"
        rf"|附(?:件|表|錄|录|則|则)\s?(?:[{_HAN_NUMBER}]{{1,4}}|[A-Z\d]{{1,2}})(?![\w])",
    ),
    (
        "part",
        r"(?:Annex|Appendix|Chapter|Part|Section|Schedule|Article|Rule|Clause|Division|ANNEX"
        r"|APPENDIX|CHAPTER|PART|SECTION|SCHEDULE|ARTICLE)\s[A-Z]?\d{0,3}[IVX]{0,5}(?:\.\d+)*"
        r"(?<=[A-Z\d])(?![\w])",
    ),
    # 4.1.6, B2.5, 3., 12A.
    (
        "decimal",
        r"(?:[A-Z]\d{0,2}|\d{1,3}[A-Z]?)(?:\.\d{1,3}){1,5}[A-Z]?(?=\.?(?:[\s:]|$|[^\x00-\x7f]))\.?"
        r"|\d{1,3}\.(?!\d)",
    ),
    # 三、 壹、 1、 ㈠
    ("cjk", rf"(?:[{_HAN_NUMBER}]{{1,4}}|\d{{1,3}})\s?[、．]|[㈠-㈩①-⑳]"),
    # (a), （一）, (iv), a), iv), 1)
    (
        "paren",
        rf"[（(](?:[a-zA-Z]{{1,2}}|[{_ROMAN}]{{1,6}}|\d{{1,3}}|[{_HAN_NUMBER}]{{1,4}})[）)]"
        rf"|(?:[a-zA-Z]|[{_ROMAN}]{{2,5}}|\d{{1,3}})[）)]|[A-Za-z]\.(?=\s)",
    ),
    ("bullet", r"[•●○◦▪▫■□◆◇➢➤✓✔❖‣⁃∙◼◻→⇒](?=\s|\w|$)|[-–—*·o](?=\s|$)"),
)
_LABEL = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS))
_FOOTNOTE = re.compile(r"([⁰¹²³⁴-⁹]{1,3}|[*†‡§#]{1,3}|\d{1,3}(?=\s))\s?")
_LETTER_FIGURE = re.compile(r"[A-Z]\d{1,2}")
_ARTICLE_DEPTHS = (("條", 3), ("条", 3), ("款", 4), ("項", 5), ("项", 5), ("節", 2), ("节", 2))
_RAISED_FIGURES = re.compile("[⁰¹²³⁴-⁹]{1,3}")
_CLOSING = re.compile(r"[.、．\s]+$")


@dataclass(frozen=True, slots=True)
class Label:
    """A label found at the start of a text; `length` counts its characters there."""

    kind: LabelKind
    number: str
    length: int

    @property
    def depth(self) -> int:
        """How deep a heading with this label stands: 1 for "3." and 第三章, 3 for "4.1.6"."""
        if self.kind == "decimal":
            return self.number.count(".") + 1
        if self.kind == "article":
            return next((deep for mark, deep in _ARTICLE_DEPTHS if mark in self.number), 1)
        return {"part": 1, "cjk": 1}.get(self.kind, 2)

    def follows(self, other: Label) -> bool:
        """Whether this is the next label of the list that `other` stands in: (b) after (a)."""
        if self.kind != other.kind:
            return False
        if self.kind == "decimal":
            return self.number in _next_numbers(other.number)
        steps = {place + 1 for place in _ordinals(other.number)}
        return bool(steps & _ordinals(self.number))


def _next_numbers(number: str) -> set[str]:
    """After 3.1.2 comes 3.1.2.1, 3.1.3, 3.2 or 4."""
    parts = number.split(".")
    found = {f"{number}.1"}
    for depth, last in enumerate(parts):
        if last.isdecimal():
            found.add(".".join([*parts[:depth], str(int(last) + 1)]))
    return found


def _ordinals(number: str) -> set[int]:
    """The places in a list the label may mean: "(i)" is a ninth and a first."""
    bare = number.strip("()（） ").lower()
    if bare.isdecimal():
        return {int(bare)}
    found = set()
    if len(bare) == 1 and bare.isascii() and bare.isalpha():
        found.add(ord(bare) - ord("a") + 1)
    if bare in _ROMAN_ORDER:
        found.add(_ROMAN_ORDER.index(bare) + 1)
    if bare in _HAN_ORDER:
        found.add(_HAN_ORDER.index(bare) + 1)
    return found


def label_of(text: str) -> Label | None:
    """The label that `text` starts with, if it starts with one."""
    match = _LABEL.match(text)
    if match is None:
        return None
    kind: LabelKind = match.lastgroup  # type: ignore[assignment]  # the groups are the kinds
    printed = _CLOSING.sub("", match[0])
    number = "" if kind == "bullet" else printed
    if kind == "article":
        number = re.sub(r"\s", "", number)
    return Label(kind, number, match.end())


def cell_label(text: str) -> Label | None:
    """The label that a whole cell is; apart from its text, "E1" is one too."""
    if _LETTER_FIGURE.fullmatch(text):
        return Label("decimal", text, len(text))
    if _RAISED_FIGURES.fullmatch(text):
        return Label("note", text.translate(_PLAIN), len(text))
    if len(text) == 1 and not text.isalnum():
        return Label("bullet", "", 1)
    label = label_of(text)
    whole = label is not None and not text[label.length :].strip(":： .")
    return label if whole else None


def figure_label(text: str) -> Label | None:
    """A bare whole number as a label; only its place on the page can say that it is one."""
    return Label("decimal", text, len(text)) if text.isdecimal() and len(text) < 3 else None


def footnote_mark(text: str) -> tuple[str, int]:
    """The mark a footnote starts with as plain characters, and its length; ("", 0) without one."""
    match = _FOOTNOTE.match(text)
    return (match[1].translate(_PLAIN), match.end()) if match else ("", 0)


_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PLAIN = str.maketrans(_RAISED, "0123456789")
SUPERSCRIPT = str.maketrans("0123456789", _RAISED)
