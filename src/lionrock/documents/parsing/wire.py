"""A `ParsedDocument` on the pipe from the child: a JSON header and a binary tail.

The child has read a stranger's file with native code, so the parent takes nothing on trust: every
slice and run is checked against the text before the document is let in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from lionrock.documents.parsed import (
    Block,
    BlockKind,
    PackedRuns,
    ParsedDocument,
    ParsedPage,
    Run,
    Slice,
    pack_runs,
)

_KINDS = frozenset(get_args(BlockKind))


def encoded(document: ParsedDocument) -> tuple[bytes, bytes]:
    """Header and tail. The tail holds the runs of each page and then the reading copy."""
    packed = [pack_runs(page.runs) for page in document.pages]
    copy = document.reading_copy
    header = {
        "title": document.title,
        "media_type": document.media_type,
        "pages": [
            [
                page.number,
                page.width,
                page.height,
                page.text,
                len(runs),
                page.turn,
                page.confidence,
                page.unread,
            ]
            for page, runs in zip(document.pages, packed, strict=True)
        ],
        "blocks": [
            [
                block.kind,
                block.level,
                block.number,
                [[s.page, s.start, s.end] for s in block.slices],
            ]
            for block in document.blocks
        ],
        "copy": copy is not None,
        "facts": dict(document.facts),
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace"), b"".join([*packed, copy or b""])


def decoded(header: bytes, tail: bytes) -> ParsedDocument:
    """The document. Raises `ValueError` if what arrived is not a consistent one."""
    try:
        fields = json.loads(header)
        pages, at = [], 0
        for number, width, height, text, length, turn, confidence, unread in fields["pages"]:
            runs = PackedRuns(tail[at : at + length])
            read = (_turn(turn), _confidence(confidence), bool(unread))
            pages.append(ParsedPage(number, width, height, text, runs, *read))
            at += length
        blocks = tuple(_block(*block) for block in fields["blocks"])
        document = ParsedDocument(
            str(fields["title"]),
            str(fields["media_type"]),
            tuple(pages),
            blocks,
            tail[at:] if fields["copy"] else None,
            _facts(fields["facts"]),
        )
        _check(document)
    except (KeyError, TypeError, IndexError, OverflowError, ArithmeticError) as error:
        raise ValueError("not a parsed document") from error
    return document


def _block(kind: Any, level: Any, number: Any, slices: Any) -> Block:
    if kind not in _KINDS or not slices:
        raise ValueError("not a block")
    return Block(kind, int(level), str(number), tuple(Slice(*map(int, s)) for s in slices))


def _facts(facts: Any) -> dict[str, str]:
    if not isinstance(facts, dict) or len(facts) > 20:
        raise ValueError("no facts")
    return {str(name)[:40]: str(said)[:4000] for name, said in facts.items()}


def _turn(turn: Any) -> int:
    if turn not in range(4):
        raise ValueError("a turn that is none")
    return int(turn)


def _confidence(confidence: Any) -> float | None:
    if confidence is not None and not 0 <= confidence <= 1:
        raise ValueError("a confidence that is none")
    return None if confidence is None else float(confidence)


def _check(document: ParsedDocument) -> None:
    for number, page in enumerate(document.pages, 1):
        if page.number != number or not _orderly(page.runs, len(page.text)):
            raise ValueError(f"page {number} is not consistent")
    lengths = [len(page.text) for page in document.pages]
    for part in _slices(document.blocks):
        if not 1 <= part.page <= len(lengths) or not 0 <= part.start < part.end:
            raise ValueError("a slice of no page")
        if part.end > lengths[part.page - 1]:
            raise ValueError("a slice beyond its page")


def _slices(blocks: Sequence[Block]) -> Iterator[Slice]:
    for block in blocks:
        yield from block.slices


def _orderly(runs: Iterable[Run], length: int) -> bool:
    at = 0
    for run in runs:
        if not at <= run.start < run.end <= length:
            return False
        at = run.end
    return True
