"""Postal addresses in Chinese: a road with its number, or a floor with its flat, and what surrounds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.gateway.guards.kinds import Finding, Kind

_NUMERAL: Final = "(?:[0-9]{1,5}[A-Z]?|[一二三四五六七八九十百零〇廿]{1,6})"
_SIGN: Final = re.compile(
    "[號号弄樓楼層层字座棟栋幢单單](?<=[0-9A-Z 一二三四五六七八九十百零〇廿].)"
)
"""What stands behind the number of a house, a floor, a block."""
_ROAD: Final = re.compile(
    rf"[道街路里徑径巷圍围坊村邨弄同大段][中東东西南北]? ?({_NUMERAL}(?:[至及、&/-]{_NUMERAL})?"
    r"(?:之[0-9一二三]{1,2})? ?[號号弄])$"
)
_BLOCK: Final = re.compile(
    r"[園园苑邨厦廈閣阁座期棟栋樓楼院庭村軒轩灣湾城心場场幢] ?"
    r"((?:[0-9]{1,3}|[A-Z]|[一二三四五六七八九十]{1,3}) ?[座棟栋幢樓楼層层])$"
)
_FLOOR: Final = re.compile(
    r"((?:[0-9]{1,3}|[一二三四五六七八九十廿]{1,4}) ?[樓楼層层字单單棟栋幢])$"
)
_FLAT: Final = re.compile(
    r"[樓楼元]? ?[0-9A-Za-z一二三四五六七八九十]{1,5} ?(?:室|單位|单位|房|舖|铺|号房|號房)"
)
_MORE: Final = re.compile("[ 0-9A-Za-z一二三四五六七八九十]")
_ON: Final = re.compile(
    " ?(?:[\\w·-]{1,14}?(?:大廈|大厦|中心|廣場|广场|花園|花园|苑|閣|阁|樓|楼|座|室|層|层|单元|"
    "單元|單位|单位|棟|栋|幢|期|房|舖|铺|號|号)(?![程務务]))"
)
_REGION: Final = re.compile(
    "香港|九龍|九龙|新界|澳門|澳门|北京|上海|天津|重慶|重庆|深圳|廣州|广州|廣東|广东|..[省市](?=\\w)"
)
_CUT: Final = re.compile(
    "住在|居於|居于|住於|位於|位于|設於|设于|寄到|寄往|送到|搬到|地址|住址|地點|地点|[在於于到至往寄送搬住址是為为喺由從从的和與与及去]"
)
_LEADS: Final = frozenset("在於于到至往住是為为由從从的")
_LOOK, _BACK, _PARTS, _AS_MUCH = 16, 32, 6, 12


def find(text: str) -> Iterator[Finding]:
    """Every address of the folded `text`; looks at most 32 characters back and six parts on."""
    if text.isascii():
        return
    floor = 0
    for sign in _SIGN.finditer(text):
        if sign.start() < floor:
            continue
        anchor = _anchor(text, sign.end(), floor)
        if anchor is None:
            continue
        start, end = _start(text, anchor, floor), _end(text, sign.end())
        if start < anchor:
            yield Finding(Kind.ADDRESS, start, end)
            floor = end


def _anchor(text: str, end: int, floor: int) -> int | None:
    """Where the number begins whose sign ends at `end`, if it is that of a house, block or flat."""
    low = max(floor, end - _LOOK)
    near = text[low:end]
    if road := _ROAD.search(near):
        return low + road.start(1)
    if _MORE.match(text, end):
        if block := _BLOCK.search(near):
            return low + block.start(1)
        if (above := _FLOOR.search(near)) and _FLAT.match(text, end):
            return low + above.start(1)
    elif near[-1] in "单單" and (above := _FLOOR.search(near)) and _FLAT.match(text, end):
        return low + above.start(1)
    return None


def _start(text: str, anchor: int, floor: int) -> int:
    """Where the address begins: at a region's name, else behind a word that leads to it."""
    low = max(floor, anchor - _BACK)
    start = anchor
    while start > low and _inside(text[start - 1]):
        start -= 1
    region = _REGION.search(text, start, anchor)
    if region:
        begin = region.start() + (len(region[0]) > 2 and region[0][0] in _LEADS)
    else:
        cuts = [m.end() for m in _CUT.finditer(text, start, anchor - 1) if anchor - m.end() >= 2]
        begin = cuts[-1] if cuts else max(start, anchor - _AS_MUCH)
    while begin < anchor and text[begin] == " ":
        begin += 1
    return begin


def _inside(character: str) -> bool:
    return character.isalnum() or character in " ·-"


def _end(text: str, end: int) -> int:
    for _ in range(_PARTS):
        part = _ON.match(text, end)
        if not part:
            break
        end = part.end()
    return end
