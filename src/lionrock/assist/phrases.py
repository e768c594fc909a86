"""The few fixed sentences an answer may hold, in the asker's language, and the words of files in theirs.

Cantonese is answered in it.
"""

from __future__ import annotations

from lionrock.documents.language import Language, to_simplified

REFUSED: dict[Language, str] = {
    "en": "The documents here do not answer this. The nearest passages are shown below.",
    "zh-Hant": "這裡的文件沒有回答這個問題。以下是最接近的段落。",
    "zh-Hans": "这里的文件没有回答这个问题。以下是最接近的段落。",
    "yue": "呢度嘅文件冇答到呢條問題。下面係最接近嘅段落。",
}
EMPTY: dict[Language, str] = {
    "en": "There is nothing to search yet: add a document first.",
    "zh-Hant": "現時沒有可供搜尋的內容：請先加入文件。",
    "zh-Hans": "现时没有可供搜索的内容：请先加入文件。",
    "yue": "而家未有嘢可以搵：請先加文件。",
}
QUOTES_ONLY: dict[Language, str] = {
    "en": "No model worded this: the answer is the quotes themselves.",
    "zh-Hant": "沒有模型撰寫本答案：答案即為引文本身。",
    "zh-Hans": "没有模型撰写本答案：答案即为引文本身。",
    "yue": "呢個答案冇用模型寫：引文就係答案。",
}
REPLACED: dict[Language, str] = {
    "en": "What the model wrote did not hold against the quotes; the quotes stand instead.",
    "zh-Hant": "模型所寫與引文不符，故以引文代替。",
    "zh-Hans": "模型所写与引文不符，故以引文代替。",
    "yue": "模型寫嘅同引文唔夾，所以用返引文。",
}
SEVERAL: dict[Language, str] = {
    "en": "The documents give more than one figure; each is quoted, none was chosen for you.",
    "zh-Hant": "文件載有多於一個數字；現逐一引述，並沒有代為選擇。",
    "zh-Hans": "文件载有多于一个数字；现逐一引述，并没有代为选择。",
    "yue": "文件有多過一個數字；逐個引述咗，冇代你揀。",
}

ANSWER_IN: dict[Language, str] = {
    "en": "Answer in English.",
    "zh-Hant": "用繁體中文回答。",
    "zh-Hans": "用简体中文回答。",
    "yue": "用繁體中文書面語回答。",
}


def worded(language: Language, english: dict[str, str], chinese: dict[str, str]) -> dict[str, str]:
    """What the parts of a file are called in that language; `chinese` is Traditional."""
    if language == "en":
        return english
    if language == "zh-Hans":
        return {key: to_simplified(text) for key, text in chinese.items()}
    return chinese
