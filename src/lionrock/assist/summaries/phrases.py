"""The fixed sentences of a summary, in its language: what the reader must know of how it came about."""

from __future__ import annotations

from typing import Final

from lionrock.assist.summaries.choices import Reader
from lionrock.documents.language import Language

Said = dict[Language, str]

QUOTED_ONLY: Final[Said] = {
    "en": "No model worded this: every sentence is quoted from the documents.",
    "zh-Hant": "本摘要沒有使用模型撰寫：每一句均引自文件原文。",
    "zh-Hans": "本摘要没有使用模型撰写：每一句均引自文件原文。",
    "yue": "呢份摘要冇用模型寫：每一句都係引文件原文。",
}
SOME_QUOTED: Final[Said] = {
    "en": "{count} of {total} sentences are quoted: what the model wrote for them failed a check.",
    "zh-Hant": "{total} 句之中有 {count} 句為原文引文：模型所寫未能通過核對。",
    "zh-Hans": "{total} 句之中有 {count} 句为原文引文：模型所写未能通过核对。",
    "yue": "{total} 句入面有 {count} 句係原文：模型寫嘅過唔到核對。",
}
NOT_TRANSLATED: Final[Said] = {
    "en": "{count} quoted sentences stand in the language of their document.",
    "zh-Hant": "有 {count} 句引文保留文件原來的語言。",
    "zh-Hans": "有 {count} 句引文保留文件原来的语言。",
    "yue": "有 {count} 句引文保留返文件原本嘅語言。",
}
NO_PAIR: Final[Said] = {
    "en": "{count} sentences have no checked wording in the other language.",
    "zh-Hant": "有 {count} 句沒有通過核對的另一語言文本。",
    "zh-Hans": "有 {count} 句没有通过核对的另一语言文本。",
    "yue": "有 {count} 句冇過到核對嘅另一種語言文本。",
}
KEPT_OUT: Final[Said] = {
    "en": "{count} sentences were kept out: they speak to a language model, or follow what does.",
    "zh-Hant": "有 {count} 句是寫給語言模型的指示或緊接其後的文字，已剔除。",
    "zh-Hans": "有 {count} 句是写给语言模型的指示或紧接其后的文字，已剔除。",
    "yue": "有 {count} 句係寫畀語言模型嘅指示或者跟住嘅字，已經剔走。",
}
FEW_EVENTS: Final[Said] = {
    "en": "{count} of {total} dated statements are shown, those that say most.",
    "zh-Hant": "文件共有 {total} 項註明日期的陳述，現列出最重要的 {count} 項。",
    "zh-Hans": "文件共有 {total} 项注明日期的陈述，现列出最重要的 {count} 项。",
    "yue": "文件有 {total} 項寫明日期嘅陳述，列出最重要嗰 {count} 項。",
}
NO_EVENTS: Final[Said] = {
    "en": "The documents tell no event with its date.",
    "zh-Hant": "文件沒有註明日期的事件。",
    "zh-Hans": "文件没有注明日期的事件。",
    "yue": "文件冇寫明日期嘅事件。",
}
NO_YEAR: Final[Said] = {
    "en": "{count} statements that first name a day or month without its year are left out.",
    "zh-Hant": "有 {count} 項陳述所先提及的日子或月份沒有註明年份，未有列出。",
    "zh-Hans": "有 {count} 项陈述所先提及的日子或月份没有注明年份，未有列出。",
    "yue": "有 {count} 項陳述最先講嘅日子或者月份冇寫年份，冇列出嚟。",
}
NOTHING: Final[Said] = {
    "en": "The documents hold no sentence to quote.",
    "zh-Hant": "文件沒有可供引用的句子。",
    "zh-Hans": "文件没有可供引用的句子。",
    "yue": "文件冇句子可以引用。",
}
WRITE_IN: Final[Said] = {
    "en": "Write in English.",
    "zh-Hant": "用繁體中文（香港）書寫。",
    "zh-Hans": "用简体中文书写。",
    "yue": "用繁體字寫香港書面廣東話。",
}
FOR: Final[dict[Reader, str]] = {
    Reader.EXECUTIVE: "Be brief and exact.",
    Reader.PRESS: "Be neutral: who did what, and when.",
    Reader.PLAIN: "Use short everyday words.",
}
"""What the model is told of the reader. No more: a small one writes it into the summary."""
SHOWN: Final[tuple[tuple[str, str], tuple[str, str]]] = (
    (
        "[1] The Committee met on 3 May and approved a budget of $2 million for a new town hall, after long debate.\n"
        "[2] Building will begin in June and take two years.",
        "The Committee approved $2 million on 3 May for a new town hall, to be built in two years from June.",
    ),
    (
        "[1] 委員會於5月3日召開會議，經詳細討論後，批准撥款200萬元興建新會堂。\n[2] 工程將於6月展開，為期兩年。",
        "委員會於5月3日批准撥款200萬元興建新會堂，工程6月展開，為期兩年。",
    ),
)
"""What is asked and what is wanted, in English and in Chinese."""
