"""The body of a template: lines of text with fields and sections, nothing conditional, nothing that runs.

    # Heading                   ## a smaller one
    >> to the right             ^^ in the middle
    | From: | {{ sender }} |    a row of a table without lines
    **bold** and {{ field }} stand in any line; an empty line ends a paragraph.
    [[ answer: {{ enquiry }} ]] a section: what the chosen documents say on this

A line whose fields are all optional, and none of them given, is left out; so is a heading when nothing is
left under it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from lionrock.errors import InvalidInput

MOST_LINES: Final = 600
MOST_SECTIONS: Final = 12
MOST_CELLS: Final = 6

Shape = Literal["heading", "subheading", "left", "right", "center", "row", "section"]

_PART = re.compile(r"\{\{\s*(?P<field>[a-z][a-z0-9_]{0,39})\s*\}\}|\*\*(?P<bold>[^*\n]+)\*\*")
_FIELD = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
_SECTION = re.compile(r"\[\[\s*(?P<name>[^:\]\n]{1,60}?)\s*:\s*(?P<about>[^\n]{1,500}?)\s*\]\]")
_STARTS: Final[dict[str, Shape]] = {
    "## ": "subheading", "# ": "heading", ">> ": "right", "^^ ": "center",
}  # fmt: skip


class Piece(BaseModel):
    """Text, or the field of that name."""

    model_config = ConfigDict(frozen=True)
    text: str = ""
    field: str = ""
    bold: bool = False


class Line(BaseModel):
    """`cells`: one, or those of a row. Of a section the first is what it is about; `name` calls it."""

    model_config = ConfigDict(frozen=True)
    shape: Shape
    cells: list[list[Piece]]
    name: str = ""

    def fields(self) -> set[str]:
        return {piece.field for cell in self.cells for piece in cell if piece.field}


class Body(BaseModel):
    """Blocks of lines, parted by empty ones."""

    model_config = ConfigDict(frozen=True)
    blocks: list[list[Line]]

    def lines(self) -> Iterator[Line]:
        for block in self.blocks:
            yield from block

    def fields(self) -> set[str]:
        return {name for line in self.lines() for name in line.fields()}

    def sections(self) -> list[Line]:
        return [line for line in self.lines() if line.shape == "section"]


def parsed(text: str) -> Body:
    """Raises `InvalidInput` naming the line that is not right."""
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise InvalidInput(f"A template has at most {MOST_LINES} lines.")
    # The white space of Chinese at a line's start is kept: it indents a paragraph.
    numbered = [(number, line.strip(" \t")) for number, line in enumerate(lines, 1)]
    blocks = [
        [_line(number, line) for number, line in group]
        for filled, group in groupby(numbered, key=lambda one: bool(one[1]))
        if filled
    ]
    body = Body(blocks=blocks)
    if not blocks:
        raise InvalidInput("The template has no text.")
    names = [section.name for section in body.sections()]
    if len(names) > MOST_SECTIONS or len(set(names)) < len(names):
        raise InvalidInput(
            f"A template has at most {MOST_SECTIONS} sections, each of its own name."
        )
    return body


def _line(number: int, line: str) -> Line:
    if line.startswith("[["):
        match = _SECTION.fullmatch(line)
        if match is None:
            raise InvalidInput(f"Line {number}: a section is [[ name: what it is about ]], alone.")
        cells = [_pieces(number, match["about"])]
        return Line(shape="section", cells=cells, name=match["name"])
    if line.startswith("|"):
        cells = [_pieces(number, cell.strip()) for cell in line.strip("|").split("|")]
        if len(cells) > MOST_CELLS:
            raise InvalidInput(f"Line {number}: a row has at most {MOST_CELLS} cells.")
        return Line(shape="row", cells=cells)
    for start, shape in _STARTS.items():
        if line.startswith(start):
            return Line(shape=shape, cells=[_pieces(number, line.removeprefix(start).strip())])
    return Line(shape="left", cells=[_pieces(number, line)])


def _pieces(number: int, text: str) -> list[Piece]:
    found: list[Piece] = []
    at = 0
    for match in _PART.finditer(text):
        found.append(Piece(text=text[at : match.start()]))
        if match["field"]:
            found.append(Piece(field=match["field"]))
        else:
            found += [piece.model_copy(update={"bold": True}) for piece in _fielded(match["bold"])]
        at = match.end()
    found.append(Piece(text=text[at:]))
    if any("{{" in piece.text or "}}" in piece.text for piece in found):
        raise InvalidInput(
            f"Line {number}: a field is {{{{ name }}}}, its name of small letters, digits and _."
        )
    return [piece for piece in found if piece.text or piece.field]


def _fielded(text: str) -> list[Piece]:
    """Text that may hold fields, without regard to bold."""
    parts = _FIELD.split(text)
    return [Piece(field=p) if n % 2 else Piece(text=p) for n, p in enumerate(parts)]
