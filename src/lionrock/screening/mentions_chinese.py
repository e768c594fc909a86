"""Chinese names in running text: people by title, label, brackets or list; companies by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.screening.mentions_latin import Span
from lionrock.screening.names.characters import fold
from lionrock.screening.names.chinese_names import COMPOUND, given_share, surname_share

_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff"
_RUN: Final = re.compile(f"[{_HAN}]+")
_TITLE: Final = re.compile(
    "先生|女士|小姐|太太|夫人|博士|教授|醫生|医生|律師|律师|經理|经理|總經理|总经理|董事|主任|主席|總裁|总裁|"
    "議員|议员|秘書|秘书|校長|校长|局長|局长|處長|处长|部長|部长|將軍|将军"
)
_LABEL: Final = re.compile(
    "(?:姓名|客戶|客户|申請人|申请人|受益人|配偶|丈夫|妻子|父親|父亲|母親|母亲|董事|股東|股东|持有人|擔保人|担保人|"
    "聯絡人|联络人|联系人|代表|經手人|经手人|收款人|匯款人|汇款人|付款人|先生|女士|小姐|經理|经理|主席|總裁|总裁)"
    "(?:[：:]\\s?|[為为是]|\\s|(?=[\u3400-\u9fff]))"
)
_BRACKETS: Final = re.compile(rf"[A-Za-z.] ?[(（]([{_HAN}]{{2,4}})[)）]")
_ITEMS: Final = re.compile(rf"(?<![{_HAN}])[{_HAN}]{{2,4}}(?:[、][{_HAN}]{{2,4}})+(?![{_HAN}])")
_ITEM: Final = re.compile(f"[{_HAN}]+")
_FORM: Final = re.compile(
    "(?:股份|責任|责任|控股)?有限公司|有限責任公司|有限责任公司|集團公司|集团公司|基金會|基金会"
)
_COMPANY: Final = re.compile(rf"[{_HAN}A-Za-z0-9·&()（）]{{2,30}}$")
_BEFORE: Final = re.compile(
    "本公司|該公司|该公司|以及|或者|包括|由於|由于|根據|根据|透過|通過|通过|關於|关于|客戶|客户|董事|股東|股东|"
    "委任|受僱於|受雇于|收購|收购|匯款予|汇款予|[與与及由向是該该即將将對对給给予或]"
)
"""What ends before a company's name begins. 和 and 在 open and stand in names too: they don't."""
_NOT_NAMES: Final = frozenset(
    "任何 有關 方面 高級 高级 安全 成員 成员 程序 方法 方式 時任 前任 白領 金融 江湖".split()
)
_OFTEN: Final = 1e-4
"""Share of given names above which a character is one of those that names are made of."""


def spans(text: str) -> Iterator[Span]:
    """Names in `text`: people with surname and given name, companies with their legal form."""
    for title in _TITLE.finditer(text):
        yield from _before(text, title.start())
    for label in _LABEL.finditer(text):
        yield from _after(text, label.end())
    for bracket in _BRACKETS.finditer(text):
        if is_name(bracket[1]):
            yield Span(*bracket.span(1), "person", "brackets")
    for items in _ITEMS.finditer(text):
        named = list(_ITEM.finditer(text, *items.span()))
        if all(is_name(item.group(), strict=True) for item in named):
            yield from (Span(*item.span(), "person", "list") for item in named)
    for form in _FORM.finditer(text):
        yield from _company(text, form.start(), form.end())


def is_name(written: str, *, strict: bool = False) -> bool:
    """Whether the whole is a surname and one or two characters of a given name. `strict`: characters that
    given names often have; otherwise one such is enough."""
    if written in _NOT_NAMES or written[:2] in _NOT_NAMES or written[1:3] in _NOT_NAMES:
        return False
    if written[:2] in COMPOUND:
        given = written[2:]
    elif fold(written[:1]) in surname_share():
        given = written[1:]
    else:
        return False
    often = [given_share().get(fold(character), 0.0) > _OFTEN for character in given]
    return 1 <= len(given) <= 2 and (all(often) if strict else any(often))


def _before(text: str, end: int) -> Iterator[Span]:
    """The name that ends where a title begins: with a compound surname, else of three, else of two."""
    start = max(0, end - 4)
    han = _RUN.fullmatch(text, start, end) or _RUN.search(text, start, end)
    reach = end - han.start() if han and han.end() == end else 0
    for length in (4, 3, 2):
        if length <= reach:
            written = text[end - length : end]
            compound = written[:2] in COMPOUND
            if (length < 4 or compound) and is_name(written):
                yield Span(end - length, end, "person", "title")
                return


def _after(text: str, start: int) -> Iterator[Span]:
    """The name that a label announces, if it ends where Chinese text does, or where a title begins."""
    run = _RUN.match(text, start)
    if not run:
        return
    for length in (4, 3, 2):
        end = start + length
        if end > run.end() or not is_name(text[start:end]):
            continue
        if length == 2 and _RUN.match(text[start - 1]):
            continue  # with nothing between, two characters are as often a word
        if end == run.end() or _TITLE.match(text, end) or text[end] in "及和與与為为是的於于在":
            yield Span(start, end, "person", "label")
            return


def _company(text: str, form: int, end: int) -> Iterator[Span]:
    """The characters before the form, back to what cannot be in a company's name."""
    before = _COMPANY.search(text, max(0, form - 30), form)
    if not before:
        return
    start = before.start()
    for cut in _BEFORE.finditer(text, start, form):
        if form - cut.end() >= 2:
            start = cut.end()
    while text[start] in ")）(（" and text[start:form].count("(") + text[start:form].count(
        "（"
    ) != (text[start:form].count(")") + text[start:form].count("）")):
        start += 1
    if form - start >= 2:
        yield Span(start, end, "organisation", "legal form")
