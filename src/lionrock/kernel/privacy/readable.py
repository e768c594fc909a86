"""The index of a package as a page that any browser shows, with no script and nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final


@dataclass(frozen=True, slots=True)
class Line:
    """A file of the package, as its index lists it."""

    file: str
    source: str
    page: str
    what: str
    sha256: str


_WORDS: Final = {
    "en": {
        "title": "Your personal data",
        "lead": "A copy of the personal data held about you when your request was received on {0}.",
        "marks": "{0} marks what was taken out because it is about somebody else.",
        "left": "Left out, with the ground",
        "head": ("File", "Kept as", "Page", "What"),
        "sources": {
            "document": "document", "run": "question and answer", "member": "membership",
            "event": "log of events", "subject": "record of requests", "customer": "record of a customer",
            "case": "case", "screening": "name that was screened", "batch": "file that was screened",
            "usage": "calls to models", "exchange": "exchange with a model",
            "search": "saved search", "memory": "translation memory", "translation": "translation",
            "template": "template",
        },
    },
    "zh-Hant": {
        "title": "閣下的個人資料",
        "lead": "於 {0} 收到閣下要求時所持有的個人資料複本。",
        "marks": "{0} 表示因涉及他人而刪去的內容。",
        "left": "沒有提供的部分及其理由",
        "head": ("檔案", "類別", "頁", "內容"),
        "sources": {
            "document": "文件", "run": "提問及回答", "member": "成員資料",
            "event": "事件紀錄", "subject": "要求紀錄", "customer": "客戶紀錄", "case": "個案",
            "screening": "曾篩查的姓名", "batch": "曾篩查的檔案", "usage": "模型用量", "exchange": "與模型的對話",
            "search": "已儲存的搜尋", "memory": "翻譯記憶", "translation": "譯文", "template": "範本",
        },
    },
    "zh-Hans": {
        "title": "阁下的个人资料",
        "lead": "于 {0} 收到阁下要求时所持有的个人资料复本。",
        "marks": "{0} 表示因涉及他人而删去的内容。",
        "left": "没有提供的部分及其理由",
        "head": ("文件", "类别", "页", "内容"),
        "sources": {
            "document": "文件", "run": "提问及回答", "member": "成员资料",
            "event": "事件记录", "subject": "要求记录", "customer": "客户记录", "case": "个案",
            "screening": "曾筛查的姓名", "batch": "曾筛查的文件", "usage": "模型用量", "exchange": "与模型的对话",
            "search": "已保存的搜索", "memory": "翻译记忆", "translation": "译文", "template": "模板",
        },
    },
}  # fmt: skip
_STYLE: Final = (
    "body{font:16px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem .6rem;"
    "text-align:left;vertical-align:top}"
)


def page(
    language: str, received_on: date, lines: Sequence[Line], left_out: Mapping[str, int]
) -> str:
    words = _WORDS[language]
    said = words["sources"]
    head = "".join(f"<th>{escape(h)}</th>" for h in words["head"])
    rows = "".join(
        f'<tr><td><a href="{escape(line.file)}">{escape(line.file)}</a></td>'
        f"<td>{escape(said.get(line.source, line.source))}</td>"  # type: ignore[attr-defined]
        f"<td>{escape(line.page)}</td><td>{escape(line.what)}</td></tr>"
        for line in lines
    )
    grounds = "".join(f"<li>{escape(g)} × {n}</li>" for g, n in left_out.items())
    left = f"<h2>{escape(str(words['left']))}</h2><ul>{grounds}</ul>" if grounds else ""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
        " style-src 'unsafe-inline'; img-src 'self'\">"
        f"<title>{escape(str(words['title']))}</title><style>{_STYLE}</style>"
        f"<h1>{escape(str(words['title']))}</h1>"
        f"<p>{escape(str(words['lead']).format(received_on.isoformat()))}"
        f" {escape(str(words['marks']).format('▇▇▇'))}</p>"
        f"<table><tr>{head}</tr>{rows}</table>{left}</html>\n"
    )
