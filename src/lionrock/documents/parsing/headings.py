"""Which blocks are headings, at which level, and which belong to a table of contents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lionrock.documents.parsing.structure import Draft

_DEEPEST = 6
_SHORTEST_CONTENTS = 4
_LEADERS = re.compile(r"(?:\.\s?){5,}|(?:…\s?){2,}|(?:[·‧・]\s?){5,}|_{6,}")
_ENDS_WITH_PAGE = re.compile(r"\D(\d{1,4})$")
_SENTENCE_END = re.compile(r"[.;:,。；：，、！!][\"'”’」』)）]*$")
_FUNCTION_WORDS = frozenset(
    "a an and are as at by for from if in is of on or that the to with".split()
)
_INNER_STOP = re.compile(r"[，。；,;]")
_BARE_FIGURE = re.compile(r"\d{1,2}(?=\s+[^\W\d])")
_CAPTION = re.compile(r"(?:Table|Figure|Fig\.|Diagram|Chart|Exhibit|表|圖|图)\s?[A-Z]?\d")
_HAN = re.compile("[\u2e80-\u9fff]")


def mark_headings(drafts: Sequence[Draft], body: float) -> None:
    """Set `kind` and `level` of headings, and of the lines of a table of contents."""
    texts = [draft.text() for draft in drafts]
    _mark_leaders(drafts, texts)
    bold_body = _mostly_bold(drafts, texts)
    headings = [
        draft
        for i, draft in enumerate(drafts)
        if draft.kind in ("paragraph", "item") and _is_heading(drafts, texts, i, body, bold_body)
    ]
    ranks = _ranks(headings, body)
    for draft in headings:
        _promote(draft, ranks[_style(draft)])
    _mark_contents(drafts, texts)


def _promote(draft: Draft, rank: int) -> None:
    """Make it a heading, at the depth of its number or the rank of its type."""
    figure = _BARE_FIGURE.match(draft.first.text)
    if draft.label is None and figure:
        draft.number, depth = figure[0], 1
    else:
        depth = draft.label.depth if draft.label else rank
    draft.kind, draft.level = "heading", min(depth, _DEEPEST)


def _mostly_bold(drafts: Sequence[Draft], texts: Sequence[str]) -> bool:
    weights: Counter[bool] = Counter()
    for draft, text in zip(drafts, texts, strict=True):
        weights[draft.first.bold and draft.last.bold] += len(text)
    return weights[True] > weights[False]


def _is_heading(
    drafts: Sequence[Draft], texts: Sequence[str], i: int, body: float, bold_body: bool
) -> bool:
    draft, text = drafts[i], texts[i]
    han = bool(_HAN.search(text))
    if draft.lines > 4 or len(text) > (70 if han else 200):
        return False
    if _SENTENCE_END.search(text) or not any(letter.isalpha() for letter in text):
        return False
    if (
        text[0].islower()
        or _CAPTION.match(text)
        or (draft.label is not None and draft.label.kind == "bullet")
    ):
        return False
    if draft.first.size >= 1.12 * body and draft.lines <= 4:
        return True
    if draft.first.bold and draft.last.bold and not bold_body:
        return True
    return draft.lines == 1 and _is_titled(drafts, texts, i, han)


def _is_titled(drafts: Sequence[Draft], texts: Sequence[str], i: int, han: bool) -> bool:
    """Whether a line in body type is a heading by its number and brevity."""
    label, text = drafts[i].label, texts[i]
    if label is None:
        return text.isupper() and not han and 1 < len(text.split()) < 12
    title = text[label.length :].strip()
    if not title:
        return label.kind in ("part", "article")
    if _INNER_STOP.search(title) or len(title) > (36 if han else 90):
        return False
    if label.kind == "article" and han:
        return text[label.length : label.length + 1] in " （(:：" or label.depth < 3
    if label.kind == "part":
        return title[0] in "–—:-" or title[0].isupper()
    if _has_sibling(drafts, i):
        return False
    plain = label.kind == "decimal" and title[0].isupper()
    return han or (plain and not _opens_a_list(drafts, texts, i))


def _has_sibling(drafts: Sequence[Draft], i: int) -> bool:
    """Whether the block before or after has the same sort of label: then it is a list."""
    own = drafts[i].label
    return any(
        label is not None and own is not None and (label.kind, label.depth) == (own.kind, own.depth)
        for j in (i - 1, i + 1)
        if 0 <= j < len(drafts)
        for label in [drafts[j].label]
    )


def _opens_a_list(drafts: Sequence[Draft], texts: Sequence[str], i: int) -> bool:
    """Whether the block is the beginning of a sentence that the list below it ends."""
    if texts[i].rpartition(" ")[2] in _FUNCTION_WORDS:
        return True
    below = drafts[i + 1].label if i + 1 < len(drafts) else None
    return below is not None and below.kind in ("paren", "bullet")


Style = tuple[float, bool]


def _style(draft: Draft) -> Style:
    return round(draft.first.size * 2) / 2, draft.first.bold


def _ranks(headings: Sequence[Draft], body: float) -> dict[Style, int]:
    """Levels by type size, the largest first, sizes within a tenth together; at the body's size,
    bold comes before plain."""
    ranks: dict[Style, int] = {}
    rank, reference = 0, (0.0, False)
    for style in sorted({_style(draft) for draft in headings}, reverse=True):
        larger = style[0] > 1.1 * body
        if not rank or style[0] < 0.9 * reference[0] or (not larger and style != reference):
            rank, reference = min(rank + 1, _DEEPEST), style
        ranks[style] = rank
    return ranks


def _mark_leaders(drafts: Sequence[Draft], texts: Sequence[str]) -> None:
    for draft, text in zip(drafts, texts, strict=True):
        if draft.kind == "footnote" or len(text) > 300:
            continue
        leaders = _LEADERS.search(text)
        if leaders and _ENDS_WITH_PAGE.search(text):
            draft.kind = "toc"


def _mark_contents(drafts: Sequence[Draft], texts: Sequence[str]) -> None:
    """Contents without leaders: runs of lines that end in rising page numbers, or that are headings
    further on. Footnotes between them do not end a run."""
    inline = [i for i, draft in enumerate(drafts) if draft.kind != "footnote"]
    later = {_fold(text): i for i, text in enumerate(texts) if drafts[i].kind == "heading"}
    _mark_runs(
        [drafts[i] for i in inline],
        [
            drafts[i].kind == "toc"
            or (drafts[i].kind != "row" and later.get(_fold(texts[i]), i) > i)
            for i in inline
        ],
    )
    pages = [_page_of(drafts[i], texts[i]) for i in inline]
    _mark_runs([drafts[i] for i in inline], [_rises(pages, i) for i in range(len(pages))])


def _rises(pages: Sequence[int | None], i: int) -> bool:
    """Whether the page number here fits between those of its neighbours."""
    page = pages[i]
    before = pages[i - 1] if i else None
    after = pages[i + 1] if i + 1 < len(pages) else None
    if page is None or before is None is after:
        return False
    return (before is None or before <= page) and (after is None or page <= after)


def _mark_runs(drafts: Sequence[Draft], marks: Sequence[bool]) -> None:
    start = 0
    for i in range(len(marks) + 1):
        if i < len(marks) and marks[i]:
            continue
        if i - start >= _SHORTEST_CONTENTS:
            for draft in drafts[start:i]:
                draft.kind, draft.level = "toc", 0
        start = i + 1


def _page_of(draft: Draft, text: str) -> int | None:
    """The page number at the end of a line of contents: its last cell, a small whole number."""
    if draft.kind != "row" or len(text) > 200 or text.count("  ") != 1:
        return None
    title, _, page = text.rpartition("  ")
    return int(page) if page.isdecimal() and len(page) < 4 and title[-1:].isalpha() else None


def _fold(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
