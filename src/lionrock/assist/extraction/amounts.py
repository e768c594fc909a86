"""Amounts of money: a decimal and the ISO 4217 code of the currency that is named beside it.

"$" alone and 元 alone name several currencies and so none: the code is then "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from lionrock.assist.extraction.folding import narrow
from lionrock.assist.extraction.kinds import Found, Normal
from lionrock.assist.extraction.numerals import FIGURES, HAN, chinese, decimal, told

_CURRENCIES: Final = {
    "AUD": "AUD A$ AU$ 澳元", "CAD": "CAD C$ CA$ 加元 加幣", "CHF": "CHF 瑞士法郎",
    "CNY": "CNY RMB CN¥ 人民幣 人民币", "EUR": "EUR € 歐元 欧元", "GBP": "GBP £ 英鎊 英镑",
    "HKD": "HKD HK$ 港幣 港币 港元 港圓", "JPY": "JPY JP¥ 日圓 日圆 日元", "KRW": "KRW ₩ 韓圜 韩元 韓元",
    "MOP": "MOP MOP$ 澳門元 澳门元", "MYR": "MYR RM", "SGD": "SGD S$ 新加坡元",
    "THB": "THB ฿ 泰銖 泰铢", "TWD": "TWD NT$ 新台幣 新臺幣 新台币", "USD": "USD US$ 美元 美金",
    "": "$ ¥ 元 圓 圆 蚊 塊 块 dollars dollar yuan",
}  # fmt: skip
"""ISO 4217 codes and how pages write them; from general knowledge of Hong Kong's usage."""
_CODE: Final = {written: code for code, all in _CURRENCIES.items() for written in all.split()}
_SIGN: Final = "|".join(re.escape(w) for w in sorted(_CODE, key=len, reverse=True))
_SCALES: Final = {
    "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "千": 1000, "百萬": 10**6, "百万": 10**6,
    "thousand": 1000, "million": 10**6, "billion": 10**9, "mn": 10**6, "bn": 10**9,
}  # fmt: skip
_SCALE: Final = "|".join(sorted(_SCALES, key=len, reverse=True))
_FIGURES: Final = re.compile(
    rf"(?<![\w.,/-])(?P<open>\()?(?P<minus>-)?\s?(?P<before>{_SIGN})?\s?(?P<less>-)?\s?"
    rf"(?P<figures>\d{{1,3}}(?:\.\d{{3}})+,\d\d(?!\d)|{FIGURES})(?P<ends>-)?"
    rf"(?:\s?(?P<scale>{_SCALE})(?![A-Za-z]))?(?:\s?(?P<after>{_SIGN})(?![A-Za-z]))?(?P<close>\))?"
    r"(?![\d/:%-])(?!\.\d)",
    re.IGNORECASE,
)
_CHINESE: Final = re.compile(
    rf"(?<!\d)(?<!\d\s)(?P<before>{_SIGN})?\s?(?P<han>[{HAN}]{{1,30}})\s?(?P<after>{_SIGN})"
    rf"(?:(?P<tenths>[{HAN}])角)?(?:零?(?P<cents>[{HAN}])分)?[正整]?"
)
_CONTINENTAL: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d\d")
_MISREAD: Final = re.compile(r"(?<![A-Za-z])[SＳ](?=\d{1,6}\.\d\d(?!\d))|(?<=RM)[Oo](?=\.\d\d)")
_MONEY: Final = re.compile(r"\d,\d{3}|\.\d\d$")


def find(text: str, *, labelled: bool = False, recognised: bool = False) -> Iterator[Found]:
    """Every amount of `text`. Without a label it shows that it is money: by a currency, thousands set
    apart or two decimals. `recognised`: read from a picture, where "$8.20" may have come as "S8.20"."""
    folded = narrow(text)
    if recognised:
        folded = _MISREAD.sub(lambda m: "$" if m[0] in "SＳ" else "0", folded)
    for match in _FIGURES.finditer(folded):
        code, marked = _code(match["before"]), bool(match["before"] or match["after"])
        if labelled or marked or _MONEY.search(match["figures"]):
            yield Found(
                *_trimmed(folded, match), _normal(_of_figures(match), code or _code(match["after"]))
            )
    for match in _CHINESE.finditer(folded):
        code = _code(match["before"]) or _code(match["after"])
        yield Found(*_trimmed(folded, match), _normal(_of_chinese(match), code))


def currency(text: str) -> str:
    """The ISO 4217 code of the currency that is all the text, brackets aside; "" for anything else."""
    return _code(text.strip(" ()（）"))


def _trimmed(text: str, match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    while text[start].isspace():
        start += 1
    if match.re is _FIGURES and bool(match["open"]) != bool(match["close"]):
        start, end = start + bool(match["open"]), end - bool(match["close"])
    return start, end


def _code(sign: str | None) -> str:
    return _CODE.get(sign or "", _CODE.get((sign or "").upper(), ""))


def _of_figures(match: re.Match[str]) -> Decimal:
    figures = match["figures"]
    if _CONTINENTAL.fullmatch(figures):
        figures = figures.replace(".", "").replace(",", ".")
    value = decimal(figures) * _SCALES.get((match["scale"] or "").lower(), 1)
    signed = match["minus"] or match["less"] or match["ends"] or (match["open"] and match["close"])
    return -value if signed else value


def _of_chinese(match: re.Match[str]) -> Decimal:
    value = Decimal(chinese(match["han"]))
    value += Decimal(chinese(match["tenths"]) if match["tenths"] else 0) / 10
    return value + Decimal(chinese(match["cents"]) if match["cents"] else 0) / 100


def _normal(value: Decimal, code: str) -> Normal:
    return Normal(text=told(value, 2), unit=code)
