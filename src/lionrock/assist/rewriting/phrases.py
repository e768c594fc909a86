"""What the model is told and shown of each style, and what the reader is told of the result."""

from __future__ import annotations

from typing import Final

from lionrock.assist.rewriting.schemas import Style
from lionrock.documents.language import Language

TOLD: Final[dict[Style, str]] = {
    Style.PLAIN: "in plain language: short everyday words, active voice",
    Style.OFFICIAL: "in the formal register of an official letter",
    Style.CONCISE: "in fewer words",
}
SHOWN: Final[dict[Style, tuple[tuple[str, str], tuple[str, str]]]] = {
    Style.PLAIN: (
        (
            "Applicants are required to effect submission of the form prior to the expiration of 14 days.",
            "You must send in the form within 14 days.",
        ),
        ("申請人須於14天屆滿前遞交有關表格。", "申請人必須在14天內交表格。"),
    ),
    Style.OFFICIAL: (
        (
            "Please send us the form in 14 days.",
            "Kindly submit the form to this office within 14 days.",
        ),
        ("請在14天內把表格交給我們。", "請於14天內將表格遞交本處。"),
    ),
    Style.CONCISE: (
        (
            "It should be noted that the office will be closed for the whole of 3 May owing to repairs.",
            "The office will be closed on 3 May for repairs.",
        ),
        ("謹此通知，由於進行維修的緣故，本處將於5月3日全日關閉。", "本處5月3日因維修關閉。"),
    ),
}
"""A sentence and its rewriting, in English and in Chinese."""
KEPT: Final[dict[Language, str]] = {
    "en": "{count} of {total} sentences stand as they were: what the model wrote for them failed a check.",
    "zh-Hant": "{total} 句之中有 {count} 句保留原文：模型所寫未能通過核對。",
    "zh-Hans": "{total} 句之中有 {count} 句保留原文：模型所写未能通过核对。",
    "yue": "{total} 句入面有 {count} 句保留原文：模型寫嘅過唔到核對。",
}
STOPPED: Final[dict[Language, str]] = {
    "en": "The rest stands as it was: {reason}",
    "zh-Hant": "其餘保留原文：{reason}",
    "zh-Hans": "其余保留原文：{reason}",
    "yue": "其餘保留原文：{reason}",
}
