"""Written Cantonese put into written Chinese word by word, for matching only.

Regulations are in written Chinese (書面語); people in Hong Kong ask in Cantonese. The table holds
function words and question words, not topics: those are the same in both.
"""

from __future__ import annotations

import re

_WRITTEN: dict[str, str] = {
    "係唔係": "是否", "係咪": "是否", "可唔可以": "可否", "需唔需要": "是否需要", "使唔使": "是否需要",
    "要唔要": "是否要", "會唔會": "會否", "有冇": "有沒有", "得唔得": "可否", "識唔識": "是否懂得",
    "幾耐": "多久", "幾時": "何時", "幾多": "多少", "邊個": "誰", "邊位": "哪位", "邊度": "哪裡",
    "邊間": "哪間", "邊啲": "哪些", "邊日": "哪天", "點樣": "如何", "點解": "為什麼", "點算": "怎麼辦",
    "乜嘢": "什麼", "咩嘢": "什麼", "做乜": "為什麼", "而家": "現在", "依家": "現在", "嗰個": "那個",
    "嗰啲": "那些", "呢個": "這個", "呢啲": "這些", "呢份": "這份", "呢間": "這間", "嗰份": "那份",
    "佢哋": "他們", "我哋": "我們", "你哋": "你們", "唔使": "不必", "唔好": "不要", "唔可以": "不可以",
    "唔係": "不是", "冇得": "不能", "即刻": "立即", "尋日": "昨日", "聽日": "明日", "第日": "日後",
    "收番": "收回", "攞返": "取回", "攞番": "取回", "交返": "交回", "俾錢": "付款", "畀錢": "付款",
    "傾": "談", "搵": "找", "揾": "找", "睇": "看", "攞": "拿", "嚟": "來", "畀": "給", "俾": "給",
    "喺": "在", "嘅": "的", "咗": "了", "啲": "些", "哋": "們", "冇": "沒有", "唔": "不", "佢": "他",
    "咁": "這樣", "咩": "什麼", "㗎": "", "喎": "", "囉": "", "啩": "", "嗰": "那", "呢": "這",
    "係": "是", "嘢": "東西", "仲": "還", "先至": "才", "同埋": "和",
}  # fmt: skip
_SIMPLIFIED = {
    "几耐": "多久",
    "几时": "何时",
    "边个": "谁",
    "点样": "如何",
    "点解": "为什么",
    "系咪": "是否",
}
_ANY = re.compile(
    "|".join(sorted(map(re.escape, {**_WRITTEN, **_SIMPLIFIED}), key=len, reverse=True))
)


def to_written(text: str) -> str:
    """`text` with Cantonese function words as written Chinese: 要留幾耐 → 要留多久."""
    return _ANY.sub(lambda m: _WRITTEN.get(m.group()) or _SIMPLIFIED.get(m.group(), ""), text)
