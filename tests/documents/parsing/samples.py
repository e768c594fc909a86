"""One small valid file of each format, made here."""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import openpyxl

from tests.documents.parsing.making import pdf
from tests.documents.parsing.packing import (
    Tree,
    message,
    ole,
    opendocument,
    presentation,
    shape,
    words,
    zipped,
)

_LIST = "<text:list><text:list-item><text:p>收費</text:p></text:list-item></text:list>"
_TABLE = (
    '<table:table table:name="收費"><table:table-row><table:table-cell><text:p>Fee</text:p>'
    "</table:table-cell><table:table-cell><text:p>HK$115</text:p></table:table-cell>"
    "</table:table-row></table:table>"
)


@cache
def samples() -> dict[str, bytes]:
    """File name and content, by format."""
    with TemporaryDirectory() as folder:
        printed = pdf(Path(folder), "= Fees\nText 收費 text #footnote[note]").read_bytes()
    return {
        "a.pdf": printed,
        "a.docx": _word(),
        "a.xlsx": _excel(),
        "a.pptx": presentation(
            [shape(words("Fees"), "title") + shape(words("收費 HK$115"), "body")],
            {0: shape(words("Say this."), "body")},
        ),
        "a.odt": opendocument(
            "text", f'<text:h text:outline-level="1">Fees</text:h>{_LIST}{_TABLE}'
        ),
        "a.ods": opendocument("spreadsheet", _TABLE),
        "a.odp": opendocument(
            "presentation",
            "<draw:page><draw:frame><draw:text-box><text:p>收費</text:p></draw:text-box>"
            "</draw:frame></draw:page>",
        ),
        "a.eml": _mail(),
        "a.msg": ole(_outlook()),
        "a.zip": zipped({"收費.txt": "HK$115", "inner.zip": zipped({"b.txt": "b"})}),
        "a.html": "<html><body><h1>Fees</h1><ul><li>收費<table><tr><td>a<td>b</table></ul>".encode(),
        "a.md": "# Fees\n\n1. 收費\n\n| a | b |\n|---|---|\n| c | d |\n".encode(),
        "a.txt": "FEES\n\n(a) 收費 HK$115\n(b) 其他\n".encode("big5"),
    }


def _word() -> bytes:
    made, kept = docx.Document(), BytesIO()
    made.add_heading("Fees", 1)
    made.add_paragraph("收費 text", style="List Bullet")
    made.add_table(1, 2).cell(0, 0).text = "cell"
    made.save(kept)
    return kept.getvalue()


def _excel() -> bytes:
    book, kept = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    book.active.append(["收費", 115, 2.5])
    book.save(kept)
    return kept.getvalue()


def _mail() -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "收費", "a@example.hk", "b@example.hk"
    made["Date"] = "Mon, 2 Nov 2026 09:00:00 +0800"
    made.set_content("Text 收費.")
    made.add_alternative("<p>Text <b>收費</b>.</p>", subtype="html")
    made.add_attachment("內容".encode(), "text", "plain", filename="收費.txt")
    made.set_boundary("outer")
    return made.as_bytes()


def _outlook() -> Tree:
    inner = message({0x3707: "收費.txt", 0x3701: b"text"}, {0x3705: 1}, head=8)
    return dict(
        message(
            {0x0037: "收費", 0x0C1A: "Wong", 0x1000: "Text.", 0x1013: b"<p>Text.</p>"},
            more={"__attach_version1.0_#00000000": inner},
        )
    )
