"""Markdown to blocks, by CommonMark with tables. HTML inside it is text, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lionrock.documents.parsing.broken_lines import joined, line_width, runs_on
from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import Flow, FlowBlock, heading, item, paragraph, row

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)


def parse_markdown(path: Path) -> Flow:
    """Read a Markdown file; front matter gives the title if it names one."""
    text = decoded(path.read_bytes())
    front = _FRONT_MATTER.match(text)
    named = _TITLE.search(front[1]) if front else None
    body = text[front.end() :] if front else text
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(body)
    return Flow(named[1] if named else "", list(_blocks(_mended(tokens))))


@dataclass(slots=True)
class _Place:
    """Where in the token stream the reader stands."""

    lists: list[str | int] = field(default_factory=list)
    """What the next item of each open list is labelled with."""

    fresh: bool = False
    """Whether an item was opened whose text has not come yet."""

    cells: list[str] = field(default_factory=list)


def _mended(tokens: Sequence[Token]) -> Sequence[Token]:
    """Paragraphs that stand in nothing else, put together where each is a printed line."""
    lines = {i: _text(token) for i, token in enumerate(tokens)
             if token.type == "inline" and token.level == 1 and tokens[i - 1].type == "paragraph_open"}  # fmt: skip
    width = line_width(list(lines.values()))
    if not width:
        return tokens
    kept: list[Token] = []
    for i, token in enumerate(tokens):
        above = kept[-2] if len(kept) > 1 and kept[-2].type == "inline" else None
        if i in lines and above and runs_on(_text(above), lines[i], width):
            kept.pop()
            above.children = [Token("text", "", 0, content=joined(_text(above), lines[i]))]
        elif token.type != "paragraph_close":  # tells nothing
            kept.append(token)
    return kept


def _blocks(tokens: Sequence[Token]) -> Iterator[FlowBlock]:
    place = _Place()
    for i, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open":
                place.lists.append("•")
            case "ordered_list_open":
                place.lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                place.lists.pop()
            case "list_item_open":
                place.fresh = True
            case "tr_close":
                yield from row(place.cells)
                place.cells = []
            case "inline":
                yield from _inline(place, tokens[i - 1], _text(token))
            case "fence" | "code_block":
                for line in token.content.splitlines():
                    yield from paragraph(line)


def _inline(place: _Place, opening: Token, text: str) -> Iterator[FlowBlock]:
    """Text, by the token that opened its block."""
    if opening.type in ("th_open", "td_open"):
        place.cells.append(text)
    elif opening.type == "heading_open":
        yield from heading(text, int(opening.tag[1]))
    elif place.fresh and place.lists:
        place.fresh = False
        yield from item(_next_label(place.lists), text, len(place.lists))
    else:
        yield from paragraph(text)


def _next_label(lists: list[str | int]) -> str:
    label = lists[-1]
    if isinstance(label, str):
        return label
    lists[-1] = label + 1
    return f"{label}."


def _text(inline: Token) -> str:
    """The words of an inline token: emphasis gone, links and images by their text."""
    parts = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image" or child.type in ("text", "code_inline", "html_inline"):
            parts.append(child.content)
    return "".join(parts)
