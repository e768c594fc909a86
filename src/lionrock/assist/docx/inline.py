"""The content of a paragraph as words, marks and anchors.

Words can be rewritten. A mark stands for something that must come back (a field, a picture inline,
a note's reference). An anchor shows nothing (a bookmark, a comment's range, hidden text) and goes
before or after the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lionrock.assist.docx.leaves import Leaf, Pair, is_link, leaves, shown
from lionrock.documents.parsing.ooxml import W, value

BRACKETS = "⟦⟧"
_WHITE = re.compile(r"[\t\n\r]")
_BRACKET = re.compile(f"([{BRACKETS}])")
_SPOKEN = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011"}
_NOTES = frozenset(
    f"{W}{name}"
    for name in "footnoteReference endnoteReference footnoteRef endnoteRef annotationRef separator "
    "continuationSeparator ptab".split()
)
_UNSEEN = frozenset((f"{W}commentReference", f"{W}fldChar", f"{W}instrText"))
_DRAWN = frozenset((f"{W}drawing", f"{W}pict", f"{W}object"))
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_FLOATING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}anchor"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(slots=True, eq=False)
class Words:
    text: str
    properties: Any | None
    pairs: tuple[Pair, ...]


@dataclass(slots=True, eq=False)
class Mark:
    """`implied`: at either end of the paragraph it keeps its place without standing in the text."""

    leaves: list[Leaf]
    shown: str
    implied: bool
    pairs: tuple[Pair, ...]


@dataclass(slots=True, eq=False)
class Anchor:
    leaves: list[Leaf]
    at_end: bool


Atom = Words | Mark | Anchor


def atoms(paragraph: Any) -> list[Atom]:
    """What a paragraph (`w:p`) holds, in order."""
    return list(_folded(list(leaves(paragraph)), (), 0))


def _folded(found: Sequence[Leaf], around: tuple[Pair, ...], inside: int) -> Iterator[Atom]:
    """Atoms of the leaves, each field within the paragraph folded into one mark or pair.

    `around` are the pairs around all of them, which stand for the first `inside` of each leaf's own.
    """
    at = 0
    while at < len(found):
        leaf = found[at]
        if leaf.field_mark == "begin" and (end := _end_of_field(found, at)) is not None:
            yield from _field(found[at : end + 1], around, inside)
            at = end + 1
        elif leaf.field_mark == "begin":  # its result goes on in paragraphs below
            stop = _after_instruction(found, at)
            yield Anchor(list(found[at:stop]), at_end=False)
            at = stop
        else:
            yield from _atoms_of(leaf, (*around, *leaf.pairs[inside:]))
            at += 1


def _end_of_field(found: Sequence[Leaf], start: int) -> int | None:
    depth = 0
    for at in range(start, len(found)):
        depth += {"begin": 1, "end": -1}.get(found[at].field_mark, 0)
        if depth == 0:
            return at
    return None


def _after_instruction(found: Sequence[Leaf], start: int) -> int:
    depth = 0
    for at in range(start, len(found)):
        depth += {"begin": 1, "end": -1}.get(found[at].field_mark, 0)
        if depth == 1 and found[at].field_mark == "separate":
            return at + 1
    return len(found)


def _field(found: Sequence[Leaf], around: tuple[Pair, ...], inside: int) -> Iterator[Atom]:
    around = (*around, *found[0].pairs[inside:])
    cut = _after_instruction(found, 0)
    result = found[cut:-1]
    instruction = "".join(
        leaf.node.text or "" for leaf in found[:cut] if leaf.node.tag == f"{W}instrText"
    )
    if result and is_link(instruction):
        pair = Pair(before=list(found[:cut]), after=[found[-1]])
        yield from _folded(result, (*around, pair), len(found[0].pairs))
        return
    words = "".join(a.text for leaf in result for a in _atoms_of(leaf, ()) if isinstance(a, Words))
    yield Mark(list(found), words.strip(), False, around)


def _atoms_of(leaf: Leaf, pairs: tuple[Pair, ...]) -> Iterator[Atom]:
    tag = leaf.node.tag
    name = tag.rpartition("}")[2]
    if leaf.hidden:
        yield Anchor([leaf], at_end=False)
    elif tag == f"{W}t":
        yield from _text(leaf, pairs)
    elif tag in _SPOKEN or (tag == f"{W}br" and value(leaf.node, "type") in (None, "textWrapping")):
        yield Words(_SPOKEN.get(tag, "\n"), leaf.properties, pairs)
    elif name.endswith(("Start", "End")) or tag in _UNSEEN:
        at_end = name.endswith("End") or name == "commentReference" or leaf.field_mark == "end"
        yield Anchor([leaf], at_end)
    elif tag in _NOTES or tag == f"{W}br":
        yield Mark([leaf], "", True, pairs)
    elif tag in _DRAWN or tag == _ALTERNATE:
        floats = next(leaf.node.iter(_FLOATING), None) is not None
        yield Anchor([leaf], at_end=False) if floats else Mark([leaf], "", True, pairs)
    elif tag == f"{W}sym":
        yield Mark([leaf], "", False, pairs)
    else:
        yield Mark([leaf], shown(leaf.node), False, pairs)


def _text(leaf: Leaf, pairs: tuple[Pair, ...]) -> Iterator[Atom]:
    text = _WHITE.sub(" ", leaf.node.text or "")
    if leaf.node.get(_SPACE) != "preserve":
        text = text.strip(" ")
    for piece in _BRACKET.split(text):
        if piece in BRACKETS and piece:
            literal = Leaf(_bracket(leaf, piece), True, leaf.properties, pairs)
            yield Mark([literal], piece, False, pairs)
        elif piece:
            yield Words(piece, leaf.properties, pairs)


def _bracket(leaf: Leaf, piece: str) -> Any:
    """A bracket of the document's own, which must not be taken for one of ours."""
    node: Any = leaf.node.makeelement(f"{W}t")
    node.text = piece
    return node
