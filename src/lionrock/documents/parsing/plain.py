"""Plain text to blocks: paragraphs by blank lines, by labels, or a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from lionrock.documents.parsed import CJK, joint
from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, paragraph
from lionrock.documents.parsing.numbering import label_of

_HAN = re.compile(rf"[{CJK}]")
_STOP = re.compile(r"[.;:,。；：，、！!?？]$")
_RULE = re.compile(r"[-=_*~#]{3,}")
_LEAST_WRAP = 50
"""Lines shorter than this, on the whole, are not wrapped: each is a paragraph."""


def parse_text(path: Path) -> Flow:
    """Read a text file in whatever encoding it is in."""
    return Flow("", list(blocks_of(decoded(path.read_bytes()))))


def blocks_of(text: str) -> Iterator[FlowBlock]:
    """The blocks of a plain text."""
    lines = [line.expandtabs().rstrip() for line in text.splitlines()]
    texts = [_joined(chunk) for chunk in _chunks(lines, _is_wrapped(lines))]
    for i, joined in enumerate(texts):
        beside = texts[max(i - 1, 0) : i] + texts[i + 1 : i + 2]
        if _is_heading(joined) and not any(_is_sibling(joined, other) for other in beside):
            yield from heading(joined, _level(joined))
        else:
            yield from paragraph(joined)


def _is_sibling(text: str, other: str) -> bool:
    """Whether both are entries of one list: "一、客戶" and "二、員工"."""
    a, b = label_of(text), label_of(other)
    return a is not None and b is not None and a.kind == b.kind == "cjk"


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether lines were broken to a width: most that another follows are nearly as long as the
    longest."""
    followed = [len(a) for a, b in pairwise(lines) if a.strip() and b.strip()]
    if not followed:
        return False
    widest = sorted(followed)[int(0.95 * (len(followed) - 1))]
    near = sum(length > 0.75 * widest for length in followed)
    least = _LEAST_WRAP // 2 if _HAN.search("".join(lines[:50])) else _LEAST_WRAP
    return least <= widest <= 200 and near > 0.5 * len(followed)


def _chunks(lines: Sequence[str], wrapped: bool) -> Iterator[list[str]]:
    """Lines that make one paragraph."""
    chunk: list[str] = []
    for line in lines:
        blank = not line.strip() or _RULE.fullmatch(line.strip())
        starts = not wrapped or label_of(line.strip()) is not None
        if chunk and (blank or starts or _is_heading(chunk[0].strip())):
            yield chunk
            chunk = []
        if not blank:
            chunk.append(line)
    if chunk:
        yield chunk


def _joined(chunk: Sequence[str]) -> str:
    text = chunk[0].strip()
    for line in chunk[1:]:
        text += joint(text, line.strip()) + line.strip()
    return text


def _is_heading(line: str) -> bool:
    """A short line in capitals, or one with a Chinese or chapter label and no sentence."""
    if len(line) > 80 or _STOP.search(line) or not any(c.isalpha() for c in line):
        return False
    label = label_of(line)
    if label is None:
        return line.isupper() and not _HAN.search(line) and len(line) > 3
    if label.kind in ("article", "part"):
        return len(line) <= 40
    return (label.kind == "cjk" and len(line) <= 16) or (label.kind == "decimal" and line.isupper())


def _level(line: str) -> int:
    label = label_of(line)
    return label.depth if label else 1
