"""What a field may hold, by the names that people give it, and the form in which each is compared."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from pydantic import BaseModel, ConfigDict


class Kind(StrEnum):
    ADDRESS = "address"
    AMOUNT = "amount"
    BOOLEAN = "boolean"
    BR = "br"
    """Hong Kong business registration number."""
    CHOICE = "choice"
    DATE = "date"
    EMAIL = "email"
    HKID = "hkid"
    INTEGER = "integer"
    NAME = "name"
    NUMBER = "number"
    PHONE = "phone"
    TEXT = "text"


class Normal(BaseModel):
    """A value in the form that two writings of it share."""

    model_config = ConfigDict(frozen=True)
    text: str
    """ISO 8601 date, decimal number, A123456(3), E.164 number; of the rest the words themselves."""
    unit: str = ""
    """ISO 4217 code of an amount, "" where the page names no one currency; "%" of a share."""
    latin: str = ""
    """Of a name, its part in Latin letters."""
    han: str = ""
    """Of a name, its part in Chinese characters."""
    valid: bool | None = None
    """Whether its check digit holds; None for what has none."""


class Found(NamedTuple):
    """`text[start:end]` and what it says."""

    start: int
    end: int
    normal: Normal


FREE: Final = frozenset({Kind.TEXT, Kind.NAME, Kind.ADDRESS})
"""Any words can be one of these: only a label, a place or a model tells them."""

_NAMES: Final = {
    Kind.ADDRESS: "address 地址",
    Kind.AMOUNT: "amount money currency 金額 金额",
    Kind.BOOLEAN: "boolean yes/no tick 是否",
    Kind.BR: "br brn ubi 商業登記號碼 商业登记号码",
    Kind.DATE: "date 日期",
    Kind.EMAIL: "email e-mail 電郵 电邮 邮箱",
    Kind.HKID: "hkid 身份證 身份证 身分證",
    Kind.INTEGER: "integer int 整數 整数",
    Kind.NAME: "name 姓名 名稱 名称",
    Kind.NUMBER: "number decimal 數字 数字",
    Kind.PHONE: "phone telephone tel mobile 電話 电话 手機 手机",
    Kind.TEXT: "text string 文字 文本",
}
NAMED: Final = {name: kind for kind, names in _NAMES.items() for name in names.split()} | {
    "br number": Kind.BR, "phone number": Kind.PHONE,
}  # fmt: skip
"""The kind by what people call it, in lower case."""
