"""The few fixed words a draft adds to its template's, in its language."""

from __future__ import annotations

from typing import Final

from lionrock.documents.language import Language

_HANT: Final = {
    "quotes_only": "沒有模型撰寫本稿的段落：當中為最接近的引文，須由人員改寫。",
    "replaced": "模型所寫有與來源不符之處，已刪去或以引文代替。",
    "nothing": "所選文件沒有可引用的內容，有關段落留待填寫。",
    "no_documents": "沒有選取文件，有關段落留待填寫。",
    "sources": "本稿各句出處（不屬文件內容）",
    "open": "尚待填寫（不屬文件內容）",
    "quote": "【引文，待改寫：「{quote}」（{document}，第{page}頁）】",
}
PHRASES: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "quotes_only": "No model worded the sections: they hold the nearest quotes, for a person to put in words.",
        "replaced": "Some of what the model wrote did not hold against its sources: left out, or replaced by quotes.",
        "nothing": "The chosen documents hold nothing to quote for some sections: they are left to fill in.",
        "no_documents": "No documents were chosen: the sections are left to fill in.",
        "sources": "Sources of this draft (not part of it)",
        "open": "Still to be filled in (not part of it)",
        "quote": "[Quote, to be put in words: “{quote}” ({document}, p. {page})]",
    },
    "zh-Hant": _HANT,
    "yue": _HANT,
    "zh-Hans": {
        "quotes_only": "没有模型撰写本稿的段落：其中为最接近的引文，须由人员改写。",
        "replaced": "模型所写有与来源不符之处，已删去或以引文代替。",
        "nothing": "所选文件没有可引用的内容，有关段落留待填写。",
        "no_documents": "没有选取文件，有关段落留待填写。",
        "sources": "本稿各句出处（不属文件内容）",
        "open": "尚待填写（不属文件内容）",
        "quote": "【引文，待改写：“{quote}”（{document}，第{page}页）】",
    },
}  # fmt: skip


def phrase(language: Language, name: str) -> str:
    return PHRASES[language][name]
