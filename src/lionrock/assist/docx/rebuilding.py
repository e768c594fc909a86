"""New words put into a Word document: everything but the words of the changed paragraphs stays."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lionrock.assist.docx.formats import in_language
from lionrock.assist.docx.inline import Mark, Words
from lionrock.assist.docx.leaves import Pair, run_of
from lionrock.assist.docx.marks import marked_by_words, tokens
from lionrock.assist.docx.package import opened, parts, with_parts
from lionrock.assist.docx.paragraph import Around, Paragraph, paragraph
from lionrock.assist.docx.segments import paragraphs
from lionrock.documents.language import Language
from lionrock.documents.parsing.ooxml import W

_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NOT_XML = re.compile(r"[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PIECE = re.compile(r"([\t\n])")


def rebuilt(data: bytes, texts: Mapping[str, str], language: Language | None = None) -> bytes:
    """The document with new text in the segments of these ids.

    A text may carry the marks of `Segment.text` or of `Segment.marked`. A thing whose mark is
    missing is put at the end of its paragraph (`lost_marks` tells which). A span of another format
    that is not marked is kept where its own words stand in the new text; else the words take the format
    that most had. With `language` new words get its tag and a face that has its letters. A segment
    whose text is the same is not touched; a changed one has its tracked changes accepted. Only parts with
    a changed segment are written anew.

    Raises `UnreadableDocument`; `ValueError` for an id that the document does not have.
    """
    wanted = {key: _NOT_XML.sub("", text) for key, text in texts.items()}
    with opened(data) as archive:
        changed: dict[str, Any] = {}
        for name, root in parts(archive).items():
            found = {f"{name}#{place}": element for place, element in paragraphs(root)}
            touched = [
                _reworded(element, wanted.pop(key), language)
                for key, element in found.items()
                if key in wanted
            ]
            if any(touched):
                _mirror(root)
                changed[name] = root
        if wanted:
            raise ValueError(f"no such segment in this document: {min(wanted)}")
        return with_parts(archive, changed)


def _reworded(element: Any, text: str, language: Language | None) -> bool:
    taken = paragraph(element)
    if text == taken.text():
        return False
    if not any(f"⟦{number}⟧" in text for number in taken.spans):
        text = marked_by_words(text, {number: span.text for number, span in taken.spans.items()})
    _Writer(element, taken, language).write(text)
    return True


@dataclass(slots=True)
class _Writer:
    """Fills one paragraph anew. `open`: the pairs around what is written next, and their elements."""

    element: Any
    taken: Paragraph
    language: Language | None
    open: list[tuple[Pair, Any]] = field(default_factory=list)
    formats: list[Any] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)

    def write(self, text: str) -> None:
        taken = self.taken
        for child in list(self.element):
            if child.tag != f"{W}pPr":
                self.element.remove(child)
        self._anchors(at_end=False)
        for pair in taken.around:
            self._enter(pair)
        self._atoms(taken.lead)
        spans = {*taken.pairs, *taken.spans}
        for token in tokens(text, taken.things, spans):
            if token.sign == "words":
                self._words(token.text, self._format(), self.language)
            elif token.sign == "thing":
                self._thing(token.number)
            else:
                self._turn(token.number, token.sign == "open")
        self._return_lost()
        self._atoms(taken.tail)
        for _ in taken.around:
            self._leave()
        self._anchors(at_end=True)

    @property
    def _parent(self) -> Any:
        return self.open[-1][1] if self.open else self.element

    def _enter(self, pair: Pair) -> None:
        self.open.append((pair, pair.opened(self._parent)))

    def _leave(self) -> None:
        pair, _ = self.open.pop()
        pair.closed(self._parent)

    def _turn(self, number: int, opens: bool) -> None:
        """A span begins or ends: one of words in another format, or a pair."""
        if number in self.taken.spans:
            if opens:
                self.formats.append(self.taken.spans[number].words[0].properties)
            else:
                self.formats.pop()
        elif opens:
            self.placed.add(number)
            self._enter(self.taken.pairs[number])
        else:
            self._leave()

    def _format(self) -> Any | None:
        if self.formats:
            return self.formats[-1]
        here: Around = tuple(pair for pair, _ in self.open)
        usual = self.taken.usual
        return usual.get(here, next(iter(usual.values()), None))

    def _words(self, text: str, properties: Any | None, language: Language | None) -> None:
        """Words in a run; tabs and line breaks as Word has them."""
        run = run_of(properties)
        if language is not None:
            in_language(run, language)
        for piece in _PIECE.split(text):
            if piece in ("\t", "\n"):
                run.append(run.makeelement(f"{W}tab" if piece == "\t" else f"{W}br"))
            elif piece:
                node = run.makeelement(f"{W}t")
                node.set(_SPACE, "preserve")
                node.text = piece
                run.append(node)
        self._parent.append(run)

    def _thing(self, number: int) -> None:
        self.placed.add(number)
        self._put(self.taken.things[number])

    def _put(self, mark: Mark) -> None:
        for leaf in mark.leaves:
            leaf.put(self._parent)

    def _atoms(self, atoms: Sequence[Words | Mark]) -> None:
        for atom in atoms:
            if isinstance(atom, Mark):
                self._put(atom)
            else:
                self._words(atom.text, atom.properties, None)

    def _return_lost(self) -> None:
        """What the new text has not brought back goes to the end, with the words it had."""
        for number, pair in self.taken.pairs.items():
            if number not in self.placed:
                self._turn(number, True)
                held = [a for a in self.taken.inner if a.pairs[-1:] == (pair,)]
                self._atoms([atom for atom in held if isinstance(atom, Words)])
                self._turn(number, False)
        for number in self.taken.things:
            if number not in self.placed:
                self._thing(number)

    def _anchors(self, *, at_end: bool) -> None:
        for anchor in self.taken.anchors:
            if anchor.at_end is at_end:
                for leaf in anchor.leaves:
                    leaf.put(self.element)


def _mirror(root: Any) -> None:
    """A text box is in the file twice, the second time for old programs: say the same in both."""
    for alternate in list(root.iter(_ALTERNATE)):
        fallback = alternate.find(_FALLBACK)
        boxes = [
            box
            for child in alternate
            if child is not fallback
            for box in child.iter(f"{W}txbxContent")
        ]
        copies = list(fallback.iter(f"{W}txbxContent")) if fallback is not None else []
        if len(boxes) == len(copies):
            for box, old in zip(boxes, copies, strict=True):
                old[:] = [copy.deepcopy(child) for child in box]
