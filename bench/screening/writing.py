"""Other writings of a Chinese name, made by other people's libraries and not by the product's tables."""

from __future__ import annotations

from functools import cache
from typing import Any

from opencc import OpenCC

from screening.people import surname_of

# Characters that are read otherwise when they are a surname (現代漢語詞典, 姓氏 readings).
SURNAME_READINGS = {
    "曾": "zeng", "單": "shan", "区": "ou", "區": "ou", "仇": "qiu", "解": "xie", "查": "zha",
    "任": "ren", "朴": "piao", "繆": "miao", "翟": "zhai", "冼": "xian", "洗": "xian", "覃": "qin",
    "蓋": "ge", "樂": "yue", "种": "chong", "員": "yun", "華": "hua", "紀": "ji", "召": "shao",
    "佘": "she", "折": "she", "祭": "zhai", "薄": "bo", "句": "gou", "逄": "pang", "乜": "nie",
    "么": "yao", "秘": "bi", "葉": "ye", "沈": "shen", "隗": "wei", "燕": "yan", "寧": "ning",
    "哈": "ha", "黑": "he", "柏": "bai", "車": "che", "賁": "ben", "郗": "xi", "過": "guo",
    "尉遲": "yuchi", "長孫": "zhangsun", "令狐": "linghu", "鮮于": "xianyu",
}  # fmt: skip


def to_pinyin(chinese: str) -> str:
    """A name as mainland passports write it: "Chen Dawen", ü as yu (GB/T 28039-2011).

    A four-character name without a compound surname is read as two surnames and a given name.
    """
    surname = surname_of(chinese)
    given = chinese[len(surname) :]
    parts = [SURNAME_READINGS.get(surname) or _read(surname)]
    if len(surname) == 1 and len(given) == 3:
        parts.append(SURNAME_READINGS.get(given[0]) or _read(given[0]))
        given = given[1:]
    return " ".join(part.capitalize() for part in [*parts, _read(given)] if part)


def to_simplified(chinese: str) -> str:
    return str(_converter().convert(chinese))


def _read(characters: str) -> str:
    from pypinyin import Style, lazy_pinyin

    syllables: list[str] = lazy_pinyin(characters, style=Style.NORMAL)
    return "".join(
        s.replace("lve", "lyue").replace("nve", "nyue").replace("v", "yu") for s in syllables
    )


@cache
def _converter() -> Any:
    return OpenCC("t2s")
