"""Chinese names in Chinese text: by title, label or brackets; then wherever the text gives them again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.gateway.guards.kinds import Finding, Kind
from lionrock.gateway.guards.tables import characters, words

_HAN: Final = "\u3400-\u9fff"
_RUN: Final = re.compile(f"[{_HAN}]{{1,5}}+")
_TITLE: Final = re.compile(
    "先生|女士|小姐|太太|夫人|博士|教授|醫生|医生|律師|律师|經理|经理|主任|師傅|师傅|老師|老师|同學|同学|同志|"
    "局長|局长|司長|司长|議員|议员|主席|校長|校长|總裁|总裁|秘書|秘书"
)
_PERSONAL: Final = frozenset("先生 女士 小姐 太太".split())
"""Titles that nothing but a person has: a name before them may have any characters but one."""
_LABEL: Final = re.compile(
    "(?:姓名|客戶|客户|申請人|申请人|受益人|配偶|丈夫|妻子|父親|父亲|母親|母亲|兒子|儿子|女兒|女儿|股東|股东|"
    "持有人|擔保人|担保人|聯絡人|联络人|联系人|代表|經手人|经手人|收款人|匯款人|汇款人|付款人|僱員|雇员|病人|"
    "投保人|被保人|投訴人|投诉人|戶名|户名|名叫|叫做|我叫|我是)(?: ?[:為为是叫] ?|[ (]|)"
)
_ASKED: Final = re.compile("請問|请问|查詢|查询|聯絡|联络|联系|通知|約見|约见")
"""Words that a name may follow with nothing between: then its every character must be one of names."""
_BRACKETS: Final = re.compile(rf"[A-Za-z.] ?\(([{_HAN}]{{2,4}})\)")
_ENDS: Final = "及和與与為为是的於于在，、嘅喺"


def find(text: str) -> Iterator[Finding]:
    """People's names of the folded `text`. First those that something announces; then the same names,
    of three characters or more, wherever else they stand."""
    if text.isascii():
        return
    found = list(_announced(text))
    yield from found
    given = {text[f.start : f.end] for f in found if f.end - f.start > 2}
    if given:
        yield from _again(text, given)


def is_name(written: str, *, strict: bool = False) -> bool:
    """Whether the whole is a surname and one or two characters, one of which given names have (`strict`:
    all of which); or a husband's surname and then such a name."""
    surnames = characters("surnames_han")
    if len(written) == 4 and written[0] in surnames and written[1] in surnames:
        return is_name(written[1:], strict=strict)
    if {written[:2], written[1:3]} & words("not_names_han"):
        return False
    if written[:2] in words("surnames_compound"):
        given = written[2:]
    elif written[:1] in surnames:
        given = written[1:]
    else:
        return False
    often = [c in characters("given_han") for c in given]
    return 1 <= len(given) <= 2 and (all(often) if strict else any(often))


def _surnamed(written: str) -> bool:
    """Whether a surname stands before one or two characters, whatever they are."""
    if written[:2] in words("surnames_compound"):
        return 3 <= len(written) <= 4
    known = written[0] in characters("surnames_han") and written[:2] not in words("not_names_han")
    return known and 2 <= len(written) <= 3


def _han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


def _announced(text: str) -> Iterator[Finding]:
    for title in _TITLE.finditer(text):
        yield from _before(text, title.start(), strict=title[0] not in _PERSONAL)
    for label in _LABEL.finditer(text):
        yield from _after(text, label.end())
    for asked in _ASKED.finditer(text):
        yield from _after(text, asked.end(), strict=True)
    for bracket in _BRACKETS.finditer(text):
        if is_name(bracket[1]):
            yield Finding(Kind.NAME, *bracket.span(1))


def _before(text: str, end: int, *, strict: bool) -> Iterator[Finding]:
    """The name that ends where a title begins; a surname alone before a title is left."""
    blank = end > 0 and text[end - 1] == " "
    end -= blank
    for length in (4, 3, 2):
        start = end - length
        if (
            start >= 0
            and all(map(_han, text[start:end]))
            and is_name(text[start:end], strict=strict)
        ):
            yield Finding(Kind.NAME, start, end)
            return


def _after(text: str, start: int, *, strict: bool = False) -> Iterator[Finding]:
    """The name that a label announces, if it ends where Chinese text does, or at a title or particle."""
    run = _RUN.match(text, start)
    if not run:
        return
    if text[start - 1] in ": " and 2 <= run.end() - start <= 4 and _surnamed(run.group()):
        yield Finding(Kind.NAME, *run.span())
        return
    joined = _han(text[start - 1]) and text[start - 1] not in "為为是叫"
    for length in (4, 3, 2):
        end = start + length
        if end > run.end() or (length == 2 and joined):
            continue
        if not is_name(text[start:end], strict=strict):
            continue
        if end == run.end() or text[end] in _ENDS or _TITLE.match(text, end):
            yield Finding(Kind.NAME, start, end)
            return


def _again(text: str, given: set[str]) -> Iterator[Finding]:
    firsts = "".join(sorted({name[0] for name in given}))
    lengths = sorted({len(name) for name in given}, reverse=True)
    for match in re.finditer(f"[{re.escape(firsts)}]", text):
        start = match.start()
        for length in lengths:
            if text[start : start + length] in given:
                yield Finding(Kind.NAME, start, start + length)
                break
