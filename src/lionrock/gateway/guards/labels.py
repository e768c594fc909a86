"""Words that announce what the number behind them is: "Passport No.", "戶口號碼：", "Tel"."""

from __future__ import annotations

import re
from typing import Final

from lionrock.gateway.guards.kinds import Kind

_REACH, _GAP = 36, 6
_FILL: Final = " :#.()[]=>|*_\"'-\n"
_LINKS: Final = (" is", " are", " was", "為", "为", "是", "係")
_NUMBER: Final = (
    " no", " num", " number", " nos", "號碼", "号码", "號", "号", "码", "碼", "編號", "编号",
)  # fmt: skip
_WORDS: Final = {
    Kind.HKID: tuple(
        "hkid h.k.i.d hkid|card identity|card id|card id|no id|number identity|no identity|number "
        "身份證 身份证 身分證 身分证".replace("|", "\0").split()
    ),
    Kind.PASSPORT: tuple(
        "passport travel|document travel|permit 護照 护照 通行證 通行证 回鄉證 回乡证 旅行證件 旅行证件".replace(
            "|", "\0"
        ).split()
    ),
    Kind.ACCOUNT: tuple(
        "account accounts acct a/c acc iban 戶口 户口 帳戶 賬戶 账户 帐户 帳號 賬號 账号 帐号 銀行卡 银行卡 "
        "帳 賬 账 帐".split()
    ),
    Kind.CARD: ("card", "信用卡", "扣賬卡", "卡"),
    Kind.PHONE: tuple(
        "tel telephone phone mobile mob cell cellphone fax whatsapp wechat contact hotline call "
        "電話 电话 手機 手机 手提 傳真 传真 聯絡 联络 联系 致電 致电".split()
    ),
}
_LABELS: Final = {
    kind: tuple(word.replace("\0", " ") for word in words) for kind, words in _WORDS.items()
}
_ANY: Final = tuple(dict.fromkeys(word for words in _LABELS.values() for word in words))
_MONEY_BEFORE: Final = re.compile(
    r"(?:[$€£¥]|(?<![A-Z])(?:HKD|USD|RMB|CNY|EUR|GBP|JPY)) ?$|(?:金額|金额|共|約|约)$"
)
_MONEY_AFTER: Final = re.compile(
    r" ?(?:[%元萬万億亿股美港]|HKD|USD|RMB|dollars?|shares?|million|billion|tokens?|bytes?)"
)
_NONE: Final[frozenset[Kind]] = frozenset()


def before(text: str, start: int) -> frozenset[Kind]:
    """What kinds the words right before `start` announce. Looks back 36 characters, no further."""
    near = text[max(0, start - _REACH) : start].lower()
    ends = [_without(near, ())]
    ends += [_without(ends[0], _LINKS)]
    ends += [_without(ends[1], _NUMBER)]
    if not any(end.endswith(_ANY) for end in ends):
        return _NONE
    return frozenset(
        kind
        for kind, words in _LABELS.items()
        for end in ends
        for word in words
        if end.endswith(word) and _whole(end, word)
    )


def _without(near: str, words: tuple[str, ...]) -> str:
    """`near` without one of `words` at its end, and without what fills the gap before that."""
    if words and near.endswith(words):
        near = near.removesuffix(max((w for w in words if near.endswith(w)), key=len))
    bare = near.rstrip(_FILL)
    return bare if len(near) - len(bare) <= _GAP else near


def _whole(end: str, word: str) -> bool:
    before = end[-len(word) - 1 : -len(word)]
    return not (word[0].isascii() and before.isascii() and before.isalnum())


def money(text: str, start: int, end: int) -> bool:
    """Whether the number at [start, end) is an amount by the words or signs around it."""
    near = text[max(0, start - 6) : start]
    return bool(_MONEY_BEFORE.search(near) or _MONEY_AFTER.match(text, end))
