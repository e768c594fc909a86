"""From lines and rows to blocks: which lines make one paragraph, and what each block is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lionrock.documents.parsed import BlockKind, joint
from lionrock.documents.parsing.fragments import Fragment
from lionrock.documents.parsing.layout import Group, Line, Row
from lionrock.documents.parsing.numbering import Label, footnote_mark

_CONTENTS_LINE = re.compile(r"(?:[.…·]\s?){3,}\d{1,4}$")
# The end of a sentence or of a list item.
_ENDED = re.compile(
    r"(?:[.!?;:。！？；：…][\"'”’」』)）\]⁰¹²³⁴-⁹]*|[;,；，、]\s?(?:and|or|及|或|和))$"
)
_SMALL = 0.92
"""A footnote's type is at most this part of the body's."""


@dataclass(slots=True)
class Draft:
    """A block being built: for each page it stands on, fragments and what stands before each."""

    kind: BlockKind
    number: str
    pieces: list[tuple[int, str, Fragment]]
    first: Line
    last: Line
    lines: int = 1
    level: int = 0
    label: Label | None = None
    centred: bool = False

    def text(self) -> str:
        return "".join(f"{before}{fragment.text}" for _, before, fragment in self.pieces)

    def add(self, page: int, line: Line) -> None:
        """Append a line; across a page's end no joint is needed, a new slice begins."""
        glue = joint(self.last.pieces[-1][1].text, line.text)
        for i, (before, fragment) in enumerate(line.pieces):
            self.pieces.append((page, before if i else glue, fragment))
        self.centred = abs(_centre(self.last) - _centre(line)) < line.size and (
            abs(self.last.x0 - line.x0) > line.size
        )
        self.last = line
        self.lines += 1


@dataclass(slots=True)
class PageFacts:
    """What the lines of a page say about it: where they end, how far apart they stand."""

    right: float
    width: float
    lead: float
    """The usual distance from line to line, in font sizes."""

    footnotes: set[int] = field(default_factory=set)
    """The `id` of each line among the footnotes."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on a page and reads one way up; `height` is measured that way."""

    page: int
    turn: int
    height: float
    groups: list[Group]


def drafts_of(parts: Sequence[Part], body: float) -> list[Draft]:
    """The blocks of a document, in reading order, not yet told apart into headings and text;
    `body` is the size its text is set in."""
    drafts: list[Draft] = []
    for part in parts:
        page = part.page
        facts = _facts(part.groups, part.height, body)
        open_draft = None if part.turn else _last_text(drafts, page)
        for group in part.groups:
            if isinstance(group, Row):
                drafts.append(_row(page, group))
                open_draft = None
            elif open_draft is not None and _continues(open_draft, page, group, facts):
                open_draft.add(page, group)
            else:
                open_draft = _draft(page, group, facts)
                drafts.append(open_draft)
    return drafts


def _last_text(drafts: Sequence[Draft], page: int) -> Draft | None:
    """The block of the page before that may run on: its last one that is not a footnote."""
    for draft in reversed(drafts):
        if draft.kind != "footnote":
            recent = draft.pieces[-1][0] == page - 1
            return draft if recent and draft.kind != "row" else None
    return None


def body_size(parts: Iterable[Part]) -> float:
    """The font size most of the document's text is set in, in points."""
    sizes: Counter[float] = Counter()
    for line in _all_lines(parts):
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _all_lines(parts: Iterable[Part]) -> Iterator[Line]:
    for part in parts:
        for group in part.groups:
            yield from group.lines if isinstance(group, Row) else [group]


def _facts(groups: Sequence[Group], height: float, body: float) -> PageFacts:
    lines = [group for group in groups if isinstance(group, Line)]
    right = max((line.x1 for line in lines), default=0.0)
    left = min((line.x0 for line in lines), default=0.0)
    leads: Counter[float] = Counter()
    for above, below in pairwise(lines):
        lead = (below.y1 - above.y1) / max(below.size, 1.0)
        if 0.8 < lead < 2.6 and abs(above.size - below.size) < 0.5:
            leads[round(lead * 20) / 20] += 1
    lead = min(leads, key=lambda step: (-leads[step], step), default=1.3)
    return PageFacts(right, right - left, lead, set(_footnotes(groups, height, body)))


def _footnotes(groups: Sequence[Group], height: float, body: float) -> Iterator[int]:
    """The lines at the foot of a page that are set small and begin with a mark."""
    start = len(groups)
    while start and _is_small(groups[start - 1], body) and groups[start - 1].y0 > 0.4 * height:
        start -= 1
    marked = False
    for group in groups[start:]:
        lines = group.lines if isinstance(group, Row) else [group]
        marked = marked or bool(footnote_mark(lines[0].text)[0])
        if marked:
            yield from map(id, lines)


def _is_small(group: Group, body: float) -> bool:
    lines = group.lines if isinstance(group, Row) else [group]
    return all(line.size <= _SMALL * body for line in lines)


def _row(page: int, row: Row) -> Draft:
    pieces: list[tuple[int, str, Fragment]] = []
    above: Line | None = None
    for cell in row.cells:
        for i, line in enumerate(cell):
            glue = "" if above is None else "  " if i == 0 else joint(above.text, line.text)
            for j, (before, fragment) in enumerate(line.pieces):
                pieces.append((page, before if j else glue, fragment))
            above = line
    first = row.cells[0][0]
    number = first.label.number if first.label else ""
    return Draft("row", number, pieces, first, row.cells[-1][-1], len(row.lines))


def _draft(page: int, line: Line, facts: PageFacts) -> Draft:
    pieces = [(page, before, fragment) for before, fragment in line.pieces]
    if id(line) in facts.footnotes:
        mark, _ = footnote_mark(line.text)
        return Draft("footnote", mark, pieces, line, line)
    label = line.label
    if label is None or label.length == len(line.text) < 2:
        return Draft("paragraph", "", pieces, line, line)
    numbered = label.kind in ("article", "part") or (label.kind == "decimal" and label.depth > 1)
    kind: BlockKind = "paragraph" if numbered else "item"
    return Draft(kind, label.number, pieces, line, line, label=label)


def _continues(draft: Draft, page: int, line: Line, facts: PageFacts) -> bool:
    """Whether the line belongs to the paragraph so far."""
    above = draft.last
    if (draft.kind == "footnote") != (id(line) in facts.footnotes):
        return False
    if draft.kind == "footnote" and footnote_mark(line.text)[0] and line.x0 <= draft.first.x0 + 3:
        return False
    moved = page != draft.pieces[-1][0] or line.y0 < above.y0 - 0.5 * line.size
    if abs(line.size - above.size) > 0.12 * above.size:
        return False
    if _CONTENTS_LINE.search(above.text):
        return False
    ended = bool(_ENDED.search(above.text))
    runs_on = not ended and line.text[0].islower()
    if _begins_anew(draft, line, facts, ended, runs_on):
        return False
    if moved:
        return _runs_over(above, line, facts, ended, runs_on)
    if (line.y1 - above.y1) / line.size > max(_lead_of(draft) or 0.0, facts.lead) * 1.28:
        return False
    return runs_on or not (_breaks(above, line, facts, ended) or _indents(draft, line, ended))


def _begins_anew(draft: Draft, line: Line, facts: PageFacts, ended: bool, runs_on: bool) -> bool:
    """Whether the line opens with a label that is one, or is set in another weight."""
    if line.label is not None and _is_new_item(draft, line, line.label, facts, ended):
        return True
    return line.bold != draft.last.bold and not runs_on


def _is_new_item(draft: Draft, line: Line, label: Label, facts: PageFacts, ended: bool) -> bool:
    """Whether the label opens a block. "(iii)" may begin a line inside a sentence, "3.7" may too."""
    if line.set_apart or (label.kind == "bullet" and line.text[0] != "o"):
        return True
    if line.x0 < draft.first.body_x0 - 0.5 * line.size:
        return True
    own = draft.label
    aligned = abs(line.x0 - draft.first.x0) < 0.5 * line.size
    if own and own.kind == label.kind and aligned:
        return label.follows(own) or draft.last.x0 > line.x0 + 3 or ended
    if label.kind == "article" and draft.last.x1 < draft.first.x1 - line.size:
        return True
    inline = label.kind == "paren" and not draft.last.text.endswith((":", "：", "–", "—"))
    return ended and (not inline or _room(draft.last, line, facts) > 0)


def _runs_over(above: Line, line: Line, facts: PageFacts, ended: bool, runs_on: bool) -> bool:
    """Whether a paragraph goes on at the head of the next page or column."""
    if ended or (above.bold and line.bold):
        return False
    return runs_on or facts.right - above.x1 < 0.15 * facts.width


def _lead_of(draft: Draft) -> float | None:
    """Distance of the draft's own first lines in font sizes, when it has two on this page."""
    if draft.lines < 2 or draft.last.y1 <= draft.first.y1:
        return None
    if draft.pieces[0][0] != draft.pieces[-1][0]:
        return None
    return (draft.last.y1 - draft.first.y1) / (draft.lines - 1) / draft.last.size


def _breaks(above: Line, line: Line, facts: PageFacts, ended: bool) -> bool:
    """Whether the line above stops short though the next word would have fitted."""
    room = facts.right - above.x1
    wide = room > max(0.3 * facts.width, 4 * line.size)
    return _room(above, line, facts) > 0 and (ended or wide)


def _room(above: Line, line: Line, facts: PageFacts) -> float:
    """Space left at the end of the line above after the first word of this one."""
    first = line.pieces[0][1]
    word = first.text.find(" ")
    end = word if 0 < word < 20 and line.text.isascii() else min(2, len(first.text))
    return facts.right - above.x1 - (first.xs[end] - first.xs[0]) - 0.8 * line.size


def _indents(draft: Draft, line: Line, ended: bool) -> bool:
    """Whether the line stands further in or out than the paragraph's lines do."""
    if draft.centred or abs(_centre(draft.last) - _centre(line)) < 0.5 * line.size:
        return False
    body = draft.last.x0 if draft.lines > 1 else draft.first.body_x0
    shift = (line.x0 - body) / line.size
    if draft.lines == 1 and shift < 0:
        # The first line may be indented; a hanging label's text may fall back under the label.
        return line.x0 < draft.first.x0 - 4.5 * line.size
    return shift < -1.2 or (shift > 1.2 and ended) or shift > 6


def _centre(line: Line) -> float:
    return (line.x0 + line.x1) / 2
