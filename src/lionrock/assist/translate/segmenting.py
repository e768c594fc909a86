"""A text or document as segments in their blocks, and a translation put together again.

A block is a paragraph, heading, item or cell; its segments are sentences, so that checks are exact and
the memory is used again. A paragraph of a Word document that holds marks stays whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from lionrock.assist.docx import segments as docx_segments
from lionrock.assist.docx.marks import bare
from lionrock.assist.translate.schemas import Segment
from lionrock.documents.language import HAN, Language
from lionrock.documents.schemas import Passage
from lionrock.documents.sentences import sentences

_MARK: Final = r"(?:\d{1,3}|[a-z]|[ivx]{1,5})"
_LEAD: Final = re.compile(
    rf"\s*(?:#{{1,6}}\s+|>\s+|[-*+•·–]\s+|\d{{1,2}}(?:\.\d{{1,2}}){{1,4}}\.?\s+|{_MARK}\.\s+|\(?{_MARK}\)\s*(?=\S)"
    r"|[（(][一二三四五六七八九十]{1,3}[)）]\s*|[一二三四五六七八九十]{1,3}、)?"
)
_BREAK: Final = re.compile(r"[ \t]*\n(?:[ \t]*\n)*")
_ENDED: Final = re.compile(r"[.!?:;。！？：；][”’\"')」』）]*$")


@dataclass(frozen=True, slots=True)
class Block:
    key: str
    kind: str
    text: str
    lead: str = ""
    after: str = "\n\n"
    page: int | None = None


def of_text(text: str) -> list[Block]:
    """The lines of a text, each with what stands before its words and the breaks after it."""
    blocks: list[Block] = []
    at = 0
    for end in [*_BREAK.finditer(text), None]:
        line = text[at : end.start() if end else len(text)]
        lead = _lead(line)
        if line.strip():
            kind = (
                "heading"
                if lead.lstrip().startswith("#")
                else "item"
                if lead.strip()
                else "paragraph"
            )
            after = end.group() if end else ""
            blocks.append(Block(str(len(blocks)), kind, line[len(lead) :], lead, after))
        at = end.end() if end else at
    return blocks


def of_passages(passages: Iterable[Passage]) -> list[Block]:
    """The blocks of a document of the library in reading order, with its headings."""
    blocks: list[Block] = []
    path: list[str] = []
    for passage in passages:
        now = passage.heading.split(" › ") if passage.heading else []
        same = next(
            (i for i, (a, b) in enumerate(zip(path, now, strict=False)) if a != b),
            min(len(path), len(now)),
        )
        page = passage.slices[0][0] if passage.slices else None
        for level, words in enumerate(now[same:], same + 1):
            blocks.append(
                Block(str(len(blocks)), "heading", words, "#" * min(level, 6) + " ", page=page)
            )
        path = now
        for page, words in _paragraphs(passage):
            lead = _lead(words)
            blocks.append(
                Block(str(len(blocks)), passage.kind, words[len(lead) :], lead, page=page)
            )
    return blocks


def _paragraphs(passage: Passage) -> Iterator[tuple[int, str]]:
    """A passage's parts as they stand on pages; one that goes on over a page's end is one."""
    at, page, words = 0, 0, ""
    for number, start, end in passage.slices:
        part = passage.text[at : at + end - start]
        at += end - start + 1
        if words and number != page and not _ENDED.search(words):
            words += ("" if HAN.match(part[:1]) and HAN.match(words[-1:]) else " ") + part
        else:
            if words.strip():
                yield page, words
            page, words = number, part
    if words.strip():
        yield page, words


def of_docx(data: bytes) -> list[Block]:
    """The paragraphs of a Word document, by the ids that put them back."""
    return [Block(s.id, str(s.kind), s.text) for s in docx_segments(data)]


def segments(blocks: Iterable[Block]) -> list[Segment]:
    """The blocks cut into sentences, but for those that mean something only whole."""
    found: list[Segment] = []
    for block in blocks:
        whole = block.kind in ("heading", "cell") or block.text != bare(block.text)
        text = block.text.strip()
        ranges = [(0, len(text))] if whole else sentences(text)
        for place, (start, end) in enumerate(ranges):
            found.append(
                Segment(
                    number=len(found) + 1, key=block.key, kind=block.kind, source=text[start:end],
                    lead=block.lead if place == 0 else "", page=block.page,
                    after=block.after if place == len(ranges) - 1 else "",
                )
            )  # fmt: skip
    return found


def joined(found: Sequence[Segment], into: Language) -> str:
    """The translation as text; a segment without one stands as in the source."""
    parts = []
    for _, block in groupby(found, key=lambda s: s.key):
        ones = list(block)
        parts.append(ones[0].lead + of_block(ones, into) + ones[-1].after)
    return "".join(parts).rstrip("\n")


def by_block(found: Sequence[Segment], into: Language) -> dict[str, str]:
    """The translation of each block, by its key."""
    return {key: of_block(list(block), into) for key, block in groupby(found, key=lambda s: s.key)}


def of_block(ones: Sequence[Segment], into: Language) -> str:
    words = [s.target or s.source for s in ones]
    text = words[0]
    for before, after in pairwise(words):
        close = into != "en" and (HAN.search(before) or HAN.search(after))
        text += after if close else f" {after}"
    return text


def _lead(line: str) -> str:
    """What stands before the words of a line; nothing where there are no words after it."""
    found = _LEAD.match(line)
    return found.group() if found and line[found.end() :].strip() else ""
