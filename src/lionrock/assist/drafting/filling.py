"""A template filled: its lines with the values given, blanks where none were, sections as written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lionrock.assist.drafting.body import Line, Piece, Shape
from lionrock.assist.drafting.lines import DraftLine, Said, State
from lionrock.assist.drafting.template import Template
from lionrock.assist.drafting.values import blank

Sections = Mapping[str, Sequence[Said]]

_HEADINGS: Final[frozenset[Shape]] = frozenset({"heading", "subheading"})
_UNDER: Final[frozenset[Shape]] = frozenset({"left", "row", "section"})


def filled(
    template: Template, values: Mapping[str, str], sections: Sections
) -> tuple[list[list[DraftLine]], list[str]]:
    """The blocks of the draft, and what is open in them: labels of fields, names of sections."""
    wanted = iter(_wanted(template, values))
    blocks = [
        [_line(template, line, values, sections) for line in block if next(wanted)]
        for block in template.body.blocks
    ]
    missing = [
        field.label for field in template.front.field if field.required and field.name not in values
    ]
    missing += [line.name for line in template.body.sections() if not sections.get(line.name)]
    return [block for block in blocks if block], missing


def about(template: Template, section: Line, values: Mapping[str, str]) -> str:
    """What a section is about, in words; of a field not given its label."""
    named = template.fields
    return "".join(
        values.get(piece.field, named[piece.field].label) if piece.field else piece.text
        for piece in section.cells[0]
    )


def _wanted(template: Template, values: Mapping[str, str]) -> list[bool]:
    """Which lines of the body stand. A heading goes when all that stood under it went; words set to the
    right or in the middle close a text and stand under none."""
    wanted: list[bool] = []
    under: list[bool] = []
    for line in reversed(list(template.body.lines())):
        stands = _given(template, line, values)
        if line.shape in _UNDER:
            under.append(stands)
        else:
            bare = line.shape in _HEADINGS and not line.fields() and under and not any(under)
            stands, under = stands and not bare, []
        wanted.append(stands)
    return wanted[::-1]


def _given(template: Template, line: Line, values: Mapping[str, str]) -> bool:
    """Not so a line of optional fields only, none of which was given; a section stays."""
    if line.shape == "section":
        return True
    fields = [template.fields[name] for name in line.fields()]
    return not fields or any(field.required or field.name in values for field in fields)


def _line(
    template: Template, line: Line, values: Mapping[str, str], sections: Sections
) -> DraftLine:
    if line.shape == "section":
        return DraftLine(shape="section", cells=[_section(template, line, sections)])
    cells = [[_said(template, piece, values) for piece in cell] for cell in line.cells]
    return DraftLine(shape=line.shape, cells=[[s for s in cell if s.text] for cell in cells])


def _section(template: Template, line: Line, sections: Sections) -> list[Said]:
    written = list(sections.get(line.name, ()))
    label = f"[{line.name}]" if template.language == "en" else f"【{line.name}】"
    return written or [Said(text=label, state=State.OPEN)]


def _said(template: Template, piece: Piece, values: Mapping[str, str]) -> Said:
    if not piece.field:
        return Said(text=piece.text, bold=piece.bold)
    if piece.field in values:
        return Said(text=values[piece.field], state=State.GIVEN, bold=piece.bold)
    field = template.fields[piece.field]
    text = blank(field, template.language) if field.required else ""
    return Said(text=text, state=State.OPEN, bold=piece.bold)
