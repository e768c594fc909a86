"""A document's title: what its metadata says if that is a title, else its first heading, else the
file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lionrock.documents.parsing.structure import Draft
from lionrock.documents.parsing.text import tidy

_LONGEST = 200
# Left by word processors and printer drivers: program names, file names, empty templates.
_NO_TITLE = re.compile(
    r"^(?:microsoft |untitled|document\d*$|slide ?\d*$|powerpoint|presentation\d*$|print|title$"
    r"|新增|未命名|無標題|无标题|文件\d*$)|\.(?:docx?|xlsx?|pdf|pptx?|indd|rtf|dot|wpd|html?)$|[\\_]{2}",
    re.IGNORECASE,
)


def title_of(named: str, drafts: Sequence[Draft], stem: str) -> str:
    """The title for a PDF: `named` is its metadata's, `stem` the file's name without ending."""
    first = next((draft.text() for draft in drafts[:20] if draft.kind == "heading"), "")
    return choose_title(named, first, stem)


def choose_title(named: str, heading: str, stem: str) -> str:
    """The first of the three that will do as a title."""
    for candidate in (tidy(named), tidy(heading)):
        sensible = len(candidate) > 2 and any(letter.isalpha() for letter in candidate)
        if sensible and "\ufffd" not in candidate and not _NO_TITLE.search(candidate):
            return candidate[:_LONGEST]
    return tidy(stem)[:_LONGEST] or "?"
