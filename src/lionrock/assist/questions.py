"""What a question asks for: its language, and the kind of thing that would answer it."""

from __future__ import annotations

import re
from enum import StrEnum

from lionrock.documents.figures import Figure, figures


class Kind(StrEnum):
    DURATION = "duration"
    AMOUNT = "amount"
    PERCENT = "percent"
    COUNT = "count"
    DATE = "date"
    PERSON = "person"
    YES_NO = "yes-no"
    OTHER = "other"


_MARKS: dict[Kind, tuple[str, ...]] = {
    Kind.DURATION: (
        r"\bhow (?:long|often|frequently|soon|quickly)\b",
        r"\bhow many (?:\w+ )?(?:years?|months?|weeks?|days?|hours?|minutes?)\b",
        r"\b(?:within|after) (?:what|how)\b|\btime ?(?:limit|frame)\b|\bnotice period\b|\bwhat period\b",
        r"多久|幾耐|几耐|多長時間|多长时间|期限|時限|时限|頻率|频率|多快|幾快|隔幾",
        r"(?:多少|幾多|幾|几)(?:個|个)?(?:工作)?(?:年|月|日|天|星期|小時|小时|分鐘|分钟)",
    ),
    Kind.PERCENT: (
        r"\b(?:percent|percentage|per cent|proportion|interest rate|what rate|ratio)\b",
        r"百分|比率|比例|利率|幾多巴仙|幾厘",
    ),
    Kind.AMOUNT: (
        r"\bhow much\b",
        r"\b(?:fee|fees|charges?|charged|cost|costs|price|amount|threshold|limit|fine|penalty|salary)\b",
        r"多少錢|多少钱|幾多錢|几多钱|收費|收费|費用|费用|金額|金额|價錢|价格|多少元|幾蚊|款額",
        r"罰款|罚款|門檻|门槛|上限|限額|限额",
    ),
    Kind.COUNT: (r"\bhow many\b|\bnumber of\b", r"多少|幾多|几多|幾個|几个|幾次|几次|幾間|幾位"),
    Kind.DATE: (
        r"\bwhen\b|\bwhat (?:date|day|year|time)\b|\bdeadline\b|\bby which date\b",
        r"何時|何时|什麼時候|什么时候|甚麼時候|幾時|几时|哪天|哪一天|邊日|日期|哪年|邊年|截止|之前",
    ),
    Kind.PERSON: (
        r"\b(?:who|whom|whose)\b",
        r"\bwhich (?:person|officer|committee|department|body|unit|team|role)\b",
        r"誰|谁|邊個|边个|哪位|邊位|由誰|何人|什麼人|什么人",
        r"哪個部門|哪个部门|邊個部門|哪個委員會",
    ),
    Kind.YES_NO: (
        r"^\s*(?:is|are|was|were|does|do|did|can|could|may|must|should|will|has|have|am)\b",
        r"是否|係咪|係唔係|可唔可以|可否|有冇|有沒有|有没有|使唔使|需唔需要|會唔會|会不会|能否",
        r"能不能|可不可以|要不要|需不需要|[嗎吗咩]\s*[?？]?\s*$",
    ),
}
_ASKED = [(kind, re.compile("|".join(marks), re.IGNORECASE)) for kind, marks in _MARKS.items()]

_ROLE = re.compile(
    r"\b(?:officer|officers|committee|department|board|manager|director|directors|chief|head|secretary|chairman"
    r"|chair|team|unit|staff|management|auditor|auditors|authority|commissioner|mr|ms|mrs|dr|MLRO|CEO|CRO|MA|HKMA|AI|AIs)\b"
    r"|主任|委員會|委员会|部門|部门|董事|經理|经理|主管|總監|总监|行長|主席|專員|专员|先生|女士|小姐|人員|人员|職員|职员|管理層|管理层|部|局|處|组|組",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\b(?:19|20)\d\d\b"
    r"|\d+\s*月|\d+\s*[日號号]|[一二三四五六七八九十]+月|\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|星期|每年|每月"
    r"|\b(?:annually|monthly|quarterly|immediately|promptly|before|after|upon|within)\b|即時|立即|之前|之後|之内|之內",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:annual|annually|yearly|monthly|quarterly|weekly|daily|semi-annual|immediately|promptly|as soon as)\b"
    r"|每年|每月|每季|每週|每周|每日|即時|即时|立即|盡快|尽快",
    re.IGNORECASE,
)
_FIGURES: dict[Kind, frozenset[str]] = {
    Kind.DURATION: frozenset({"year", "month", "week", "day", "hour", "minute"}),
    Kind.AMOUNT: frozenset({"money"}),
    Kind.PERCENT: frozenset({"percent"}),
}
_TIME_UNITS = {"year", "month", "week", "day", "hour", "minute"}


def asked_for(question: str) -> Kind:
    """The first kind whose marks are in the question; `OTHER` when none is."""
    return next((kind for kind, pattern in _ASKED if pattern.search(question)), Kind.OTHER)


def given(kind: Kind, text: str) -> frozenset[Figure]:
    """The figures of `text` that could be what is asked for; empty where the kind is not a figure."""
    units = _FIGURES.get(kind, frozenset())
    return frozenset(f for f in figures(text) if f.unit in units)


def offers(kind: Kind, text: str) -> bool:
    """Does `text` hold a thing of the kind asked for? Always true where the kind has no mark."""
    if kind in (Kind.YES_NO, Kind.OTHER):
        return True
    if kind is Kind.PERSON:
        return bool(_ROLE.search(text)) or bool(
            re.search(r"[A-Z]{2,}|[A-Z][a-z]+ [A-Z][a-z]+", text)
        )
    units = {f.unit for f in figures(text)}
    if kind is Kind.DURATION:
        return bool(units & _TIME_UNITS) or bool(_FREQUENCY.search(text))
    if kind is Kind.PERCENT:
        return "percent" in units
    if kind is Kind.AMOUNT:
        return bool(units - _TIME_UNITS) or bool(
            re.search(r"\bfree\b|waived|免費|免费|豁免", text, re.I)
        )
    if kind is Kind.DATE:
        return bool(_DATE.search(text)) or bool(units & _TIME_UNITS)
    return bool(units)
