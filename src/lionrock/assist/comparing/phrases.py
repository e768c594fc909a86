"""What the reader is told of a comparison, in the language of the second text; and what files call its
parts."""

from __future__ import annotations

from typing import Final

from lionrock.assist.phrases import worded
from lionrock.documents.language import Language

UNWEIGHED: Final[dict[Language, str]] = {
    "en": "No encoder that was measured answers here: clauses were matched by words and numbers, not by meaning.",
    "zh-Hant": "這裡沒有經量度的編碼模型可用：條文只按字詞及編號配對，沒有按意思配對。",
    "zh-Hans": "这里没有经量度的编码模型可用：条文只按字词及编号配对，没有按意思配对。",
    "yue": "呢度冇量度過嘅編碼模型用得：條文只係按字詞同編號配對，冇按意思配對。",
}
_ENGLISH: Final = {
    "title": "Comparison", "first": "First", "second": "Second", "verdict": "Finding", "page": "Page",
    "differences": "What differs", "notes": "Notes", "same": "the same", "reworded": "other words",
    "differs": "differs", "first_only": "in the first only", "second_only": "in the second only",
    "moved": "moved", "text": "Text",
    "figures": "figures", "dates": "dates", "references": "references", "names": "names",
    "negation": "denial", "duty": "duty", "direction": "direction",
}  # fmt: skip
_CHINESE: Final = {
    "title": "文本比較", "first": "第一份", "second": "第二份", "verdict": "結果", "page": "頁",
    "differences": "差異", "notes": "備註", "same": "相同", "reworded": "措辭不同",
    "differs": "內容不同", "first_only": "只見於第一份", "second_only": "只見於第二份",
    "moved": "位置不同", "text": "文本",
    "figures": "數字", "dates": "日期", "references": "條文引述", "names": "名稱",
    "negation": "否定", "duty": "責任程度", "direction": "升跌",
}  # fmt: skip


def named(language: Language) -> dict[str, str]:
    """What the parts of a file are called in that language."""
    return worded(language, _ENGLISH, _CHINESE)
