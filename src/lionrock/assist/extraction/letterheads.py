"""Who issued a document and from where, told by its head: no label stands there.

Also where a value goes on to the lines below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.assist.extraction import dates, identifiers
from lionrock.assist.extraction.folding import narrow
from lionrock.assist.extraction.kinds import Kind
from lionrock.assist.extraction.labels import is_label
from lionrock.assist.extraction.sheets import Piece, Sheet

_HEAD: Final = 0.5
"""The part of a page from its top in which a letterhead stands; receipts have half of theirs there."""
_MOST_LINES: Final = 12
_LONGEST_ADDRESS: Final = 6
_BUSINESS: Final = re.compile(
    r"\b(?:ltd|limited|inc|corp|corporation|plc|llc|llp|gmbh|sdn\.?\s?bhd|berhad|bhd|pte|enterprises?|trading|"
    r"holdings?|bank|stores?|restaurant|supermarket|group|association|university|hospital)\b\.?"
    r"|(?:有限公司|有限責任公司|有限责任公司|公司|銀行|银行|集團|集团|商行|商店|餐廳|餐厅|酒樓|酒楼|醫院|医院|大學|大学)",
    re.IGNORECASE,
)
_STREET: Final = re.compile(
    r"\b(?:road|rd|street|st|avenue|ave|lane|drive|terrace|crescent|boulevard|highway|square|court|plaza|"
    r"building|tower|block|floor|level|flat|room|suite|unit|shop|lot|estate|garden|centre|mall|"
    r"jalan|jln|jin|taman|lorong|kampung|bandar|seksyen|persiaran)\b\.?"
    r"|\d+/F\b|[路街道巷里弄]\s?\d|\d\s?[號号]|大廈|大厦|廣場|广场|花園|花园|[邨村]|\d\s?[樓楼室座]",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(
    r"^\s*(?:(?:no|lot|unit|shop|block|suite)\b\.?\s?)?\d{1,4}[A-Z]?\b[\s,.&/-]", re.IGNORECASE
)
_POSTCODE: Final = re.compile(r"(?<![\d-])\d{5,6}\s+[A-Za-z]{3,}")
_REGION: Final = re.compile(
    r"\b(?:hong kong|kowloon|new territories|macau|singapore|malaysia|china|taiwan|london|new york)\b"
    r"|香港|九龍|九龙|新界|澳門|澳门",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"\b(?:tel|telephone|phone|fax|hotline|gst|vat|tax\w*|cash|reg(?:istration|no)?|roc|invoice|receipt|bill|date|time|e-?mail|www|http|"
    r"co\.?\s?(?:no|reg)|cashier|table|order|page|account)\b|電話|电话|傳真|传真|發票|发票|收據|收据|日期",
    re.IGNORECASE,
)
_REGISTER: Final = re.compile(r"\W*(?:(?:company|co|business)\b\.?\s?)?(?:reg|no\b)", re.IGNORECASE)
_WORDS: Final = re.compile(r"[^\W\d_][^\d]*")
_BEHIND: Final = re.compile(r"\s*[(（][^()（）]*\d[^()（）]*[)）].*$|\s+\d{5,}-?[A-Z]?\s*$")
_MARKS: Final = " -–—*_.,#>|~=:;'\"`"


def issuer(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Names of businesses at the head of the first page; the line above its address where none is."""
    if sheet.page.number != 1:
        return
    head = _head(sheet)
    named = [p for p in head if _is_business(p.text)]
    if not named:
        block = next((i for i, p in enumerate(head) if _is_address(p.text)), None)
        above = head[:block] if block else []
        named = [p for p in above if len(re.findall(r"[^\W\d_]", p.text)) > 4][-1:]
    for piece in named[:3]:
        start, end = _bare(piece)
        upper = next((p for p in head if p.line == piece.line - 1 and _one_name(p, piece)), None)
        yield (upper.start if upper and sheet.joined(upper, piece) else start), end


def _is_business(text: str) -> bool:
    """Whether a line is the name of a business and no sentence, list or field that has one in it."""
    name = re.split("[:：]", text, maxsplit=1)[0]
    mark = _BUSINESS.search(name)
    if mark is None or mark[0][0].islower() or re.search(r"[、，。]|\.\s+[A-Z][a-z]+ [a-z]", name):
        return False
    return not _is_address(name) and not _REGISTER.match(name) and len(name.split()) < 12


def address(sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Lines of an address at the head of the first page."""
    if sheet.page.number != 1:
        return
    head = _head(sheet)
    for i, piece in enumerate(head):
        named = _BUSINESS.search(piece.text) and not _STREET.search(piece.text)
        if named or not _is_address(piece.text):
            continue
        last = piece
        for below in head[i + 1 : i + _LONGEST_ADDRESS]:
            if not (sheet.joined(last, below) and _goes_on(last.text, below.text)):
                break
            last = below
        yield piece.start + _after_other(piece.text), last.start + len(last.text.rstrip(" ,;-"))
        return


def continued(kind: Kind, sheet: Sheet, value: Piece, label: Piece | None, end: int) -> int:
    """Where a value that fills its piece to the end goes on to: the lines below that are set as it is,
    with nothing in the column of its label."""
    last = value
    if end < value.end:
        return end
    for line in sheet.lines[value.line + 1 : value.line + _LONGEST_ADDRESS]:
        below = next((p for p in line if abs(p.box.x0 - value.box.x0) < 0.012), None)
        if below is None or not sheet.joined(last, below):
            break
        if (
            below.box.y0 - last.box.y1 > 0.9 * last.height
            or is_label(below.text)
            or re.search("[:：]", below.text)
        ):
            break
        beside = label is not None and label is not value and value.box.x0 > label.box.x1
        if beside and sheet.left(below):
            break
        if not beside and not (kind is Kind.ADDRESS and _goes_on(last.text, below.text)):
            break
        last = below
    return last.end


def _head(sheet: Sheet) -> list[Piece]:
    if not sheet.lines:
        return []
    top, foot = sheet.lines[0][0].box.y0, max(p.box.y1 for p in sheet.lines[-1])
    limit = top + _HEAD * (foot - top)
    return [p for line in sheet.lines[:_MOST_LINES] for p in line if p.box.y0 <= limit]


def _is_address(text: str) -> bool:
    folded = narrow(text)
    if _OTHER.search(folded) and not _POSTCODE.search(folded):
        return False
    if any(dates.find(folded)) or any(identifiers.emails(folded)):
        return False
    signs = (_STREET, _POSTCODE, _NUMBERED, _REGION)
    return sum(bool(sign.search(folded)) for sign in signs) + folded.count(",") // 2 >= 2


def _goes_on(last: str, text: str) -> bool:
    """Whether the line `text` is of the address that the line `last` is of."""
    folded = narrow(text)
    if _OTHER.search(folded) or any(dates.find(folded)):
        return False
    open_end = last.rstrip().endswith((",", "，", "-", "&"))
    place = _STREET.search(folded) or _POSTCODE.search(folded) or _REGION.search(folded)
    if (
        _POSTCODE.search(last)
        and _WORDS.fullmatch(folded)
        and folded.isupper()
        and len(folded.split()) < 4
    ):
        return not _BUSINESS.search(folded)  # a state or a country on a line of its own
    return bool(place or (open_end and re.search(r"[^\W\d_]{3}", folded)) or folded.count(",") > 1)


def _after_other(text: str) -> int:
    """Past a registration number in brackets or a bullet that stands before the address."""
    match = re.match(r"\s*(?:[(（][^()（）]{3,24}[)）]\s*)?[-*·•]?\s*", text)
    return match.end() if match else 0


def _one_name(above: Piece, piece: Piece) -> bool:
    """Whether the line above is set as this one is and belongs to its name: both in capitals, as high."""
    alike = (
        0.85 < above.height / piece.height < 1.18
        and piece.box.y0 - above.box.y1 < 0.5 * piece.height
    )
    return (
        alike
        and above.text.isupper()
        and piece.text.isupper()
        and bool(_WORDS.fullmatch(above.text))
    )


def _bare(piece: Piece) -> tuple[int, int]:
    """Without marks around it, a registration number behind it, and what a colon adds."""
    text = _BEHIND.sub("", piece.text)
    text = re.split("[:：]", text, maxsplit=1)[0].rstrip(_MARKS.replace(".", ""))
    start = len(text) - len(text.lstrip(_MARKS))
    return piece.start + start, piece.start + len(text)
