"""Hong Kong e-Legislation XML to blocks (the HKLM schema of the Department of Justice, version 1.0).

A block's number is the path of its provision ("s26(1)(a)", "sch1/s2(1)", "s2(1)[data user]"), built from
the values of the numbers above it, so that it is the same in every language of a law. What the
source says of amendment and commencement stays in the text, where it stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import dropwhile
from pathlib import Path
from typing import Any, Final

from lxml import etree

from lionrock.documents.parsed import BlockKind
from lionrock.documents.parsing.flow import Flow, FlowBlock, clean, row
from lionrock.errors import UnreadableDocument

_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LEVELS: Final = {"part": ("P", 2), "schedule": ("sch", 2), "division": ("D", 3), "subdivision": ("SD", 3),
                  "crossHeading": ("", 3), "section": ("s", 4), "article": ("a", 4)}  # fmt: skip
"""What has a number and a heading: its letter in paths, and the level of the heading."""
_STEPS: Final = ("subsection", "paragraph", "subparagraph", "proviso")
_WORDS: Final = ("content", "leadIn", "continued", "text", "p")
_NOTES: Final = (
    "sourceNote",
    "editorialNote",
    "statutoryNote",
    "note",
    "commencementNote",
    "historicalNote",
)
_BLOCKS: Final = frozenset((*_STEPS, *_WORDS, *_NOTES[1:], "table", "def"))
_MARKS: Final = {
    "repealed": ("[Repealed]", "〔已廢除〕"),
    "omitted": ("[Omitted as spent]", "〔因已失時效而略去〕"),
    "pending": ("[Not yet in operation]", "〔尚未實施〕"),
}
_CAP: Final = re.compile(r"cap(\w+)", re.IGNORECASE)
_SMALL: Final = frozenset("a an and for in of on or the to".split())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the reader stands: the path of the provision, how deep its items are, the language."""

    path: str
    depth: int
    chinese: bool

    def within(self, step: str, *, deeper: bool = False) -> _Place:
        return _Place(self.path + step, self.depth + deeper, self.chinese)


def parse_hklm(path: Path) -> Flow:
    """Read a law. Raises `UnreadableDocument` for what is no XML, or declares a document type."""
    root = _root(path)
    main = next((e for e in root if _tag(e) == "main"), root)
    meta = {_tag(e): clean(_text(e)) for part in root if _tag(part) == "meta" for e in part}
    chinese = meta.get("language", root.get(_LANG) or "").startswith("zh")
    short = next((clean(_text(e)) for e in main.iter() if _tag(e) == "shortTitle"), "")
    facts = _facts(meta, short)
    title = _title(short, meta.get("docName", ""), facts.get("work", ""), chinese)
    blocks = [FlowBlock("heading", title, 1)] if title else []
    blocks += _children(main, _Place("", 0, chinese))
    return Flow(title, blocks, facts)


def _root(path: Path) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: Any = etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument("it is damaged: it is not well-formed XML") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableDocument("it declares a document type, which no e-Legislation file does")
    return root


def _facts(meta: dict[str, str], short: str) -> dict[str, str]:
    """The law it is a text of, since when, and what it is called."""
    identifier = meta.get("identifier", "").partition("!")[0].strip("/")
    cap = _CAP.search(identifier)
    names = [meta.get("docName", ""), *([f"第{cap[1]}章"] if cap else [])]
    bare = short.strip("《》")
    names += [bare, acronym(bare)]
    found = {
        "work": identifier.rpartition("/")[2].lower(), "effective": meta.get("date", ""),
        "status": meta.get("docStatus", ""), "names": "\n".join(n for n in names if n),
    }  # fmt: skip
    return {name: said for name, said in found.items() if said}


def acronym(title: str) -> str:
    """PDPO of "Personal Data (Privacy) Ordinance"; "" for what makes none of three letters."""
    words = re.findall(r"[A-Za-z][A-Za-z'’-]*", title)
    letters = "".join(w[0] for w in words if w.lower() not in _SMALL)
    return letters if len(letters) > 2 and letters.isupper() else ""


def _title(short: str, name: str, work: str, chinese: bool) -> str:
    number = (
        f"第{work.removeprefix('cap').upper()}章" if chinese and work.startswith("cap") else name
    )
    if not short:
        return number
    return f"{short}({number})" if chinese else f"{short} ({number})" if number else short


def _children(element: Any, place: _Place) -> Iterator[FlowBlock]:
    for child in element:
        tag = _tag(child)
        if tag in _LEVELS:
            yield from _level(child, tag, place)
        elif tag in _STEPS:
            yield from _step(child, tag, place)
        elif tag == "def":
            yield from _definition(child, place)
        elif tag == "table":
            yield from _rows(child)
        elif tag in _NOTES:
            yield from _block("footnote", child, 0, "")
        elif tag in ("num", "heading", "meta"):
            continue
        elif any(_tag(e) in ("table", *_STEPS, "def") for e in child.iter() if e is not child):
            yield from _children(child, place)
        elif tag in _WORDS or _tag(child.getparent()) in (
            "main",
            "longTitle",
            "preamble",
            "enactingFormula",
        ):
            # What goes on after items belongs to their provision; the first words of one start it.
            started = tag == "continued" or place.depth > 0
            kind: BlockKind = "item" if started else "paragraph"
            yield from _block(kind, child, place.depth, "" if tag == "continued" else place.path)
        else:
            yield from _children(child, place)


def _level(element: Any, tag: str, place: _Place) -> Iterator[FlowBlock]:
    """A part, division, schedule or section: its heading, then what it holds."""
    letter, level = _LEVELS[tag]
    number, value = _number(element)
    # A section has the same path whatever part it stands in, but for those of a schedule.
    above = place.path.partition("/")[0] if place.path.startswith("sch") else ""
    if tag in ("division", "subdivision"):
        above = place.path
    path = f"{above}/{letter}{value}" if above else f"{letter}{value}"
    said = clean(" ".join(_text(e) for e in element if _tag(e) == "heading"))
    mark = _mark(element, place.chinese)
    text = clean(" ".join(part for part in (number, said, mark) if part))
    if text:
        yield FlowBlock("heading", text, level, path if value else "")
    yield from _children(element, _Place(path if value else place.path, 0, place.chinese))


def _step(element: Any, tag: str, place: _Place) -> Iterator[FlowBlock]:
    """A subsection starts a paragraph; what is numbered below it is its items."""
    number, value = _number(element)
    deeper = tag != "subsection"
    inner = place.within(f"({value})" if value else "", deeper=deeper)
    kind: BlockKind = "item" if deeper else "paragraph"
    label = number
    mark = _mark(element, place.chinese)
    opening = clean(_opening(element))
    first = not opening
    if opening:
        yield FlowBlock(kind, clean(f"{label} {opening} {mark}"), inner.depth, inner.path)
    for child in dropwhile(lambda e: _tag(e) not in _BLOCKS, element):
        if _tag(child) in ("content", "leadIn", "text") and first:
            first = False
            text = clean(f"{label} {_text(child)} {mark}")
            yield FlowBlock(kind, text, inner.depth, inner.path)
            yield from (b for e in child if _tag(e) == "table" for b in _rows(e))
        elif _tag(child) != "num":
            held = list(_children([child], inner))
            if first and _tag(child) in (*_STEPS, "def") and label and held:
                # The number stands in front of what comes first under it.
                first = False
                held[0] = replace(held[0], text=clean(f"{label} {mark} {held[0].text}"))
            yield from held
    if first and (label or mark):
        yield FlowBlock(kind, clean(f"{label} {mark}"), inner.depth, inner.path)


def _definition(element: Any, place: _Place) -> Iterator[FlowBlock]:
    """A defined term, named in paths by its English words, which both languages give."""
    terms = [(e.get(_LANG) or "", clean(_text(e))) for e in element.iter() if _tag(e) == "term"]
    english = next((t for _, t in terms if t.isascii()), "")
    named = (english or (terms[0][1] if terms else element.get("name") or "")).lower()
    inner = _Place(f"{place.path}[{named}]", 0, place.chinese)
    parts = [e for e in element if _tag(e) in (*_STEPS, "continued", "leadIn", *_NOTES[1:3])]
    if not any(_tag(e) in (*_STEPS, "leadIn") for e in parts):
        yield from _block("paragraph", element, 0, inner.path)
        return
    opening = clean(_opening(element))
    if opening:
        yield FlowBlock("paragraph", opening, 0, inner.path)
    yield from _children([e for e in element if _tag(e) in _BLOCKS], inner)


def _opening(element: Any) -> str:
    """The words that stand in the element itself, before what it holds."""
    parts = [element.text or ""]
    for child in element:
        if _tag(child) in _BLOCKS:
            break
        words = "" if _tag(child) in ("num", "heading") else _text(child)
        parts += [words, child.tail or ""]
    return "".join(parts)


def _rows(table: Any) -> Iterator[FlowBlock]:
    for line in table.iter():
        if _tag(line) == "tr":
            yield from row(_text(cell) for cell in line if _tag(cell) in ("td", "th"))


def _block(kind: Any, element: Any, level: int, number: str) -> Iterator[FlowBlock]:
    text = clean(_text(element))
    if text:
        yield FlowBlock(kind, text, level, number)


def _number(element: Any) -> tuple[str, str]:
    """The number as printed, and its value; both "" without one."""
    for child in element:
        if _tag(child) == "num":
            printed = clean(_text(child))
            return printed, (child.get("value") or re.sub(r"\W", "", printed)).strip()
    return "", ""


def _mark(element: Any, chinese: bool) -> str:
    return _MARKS[element.get("status")][chinese] if element.get("status") in _MARKS else ""


def _text(element: Any) -> str:
    """All its words; what only makes room on the page is a blank."""
    parts = [element.text or ""]
    for child in element:
        tag = _tag(child)
        parts.append(" " if tag in ("marker", "br") else "")
        parts.append(" " if tag == "inline" and not (child.text or "").strip() else _text(child))
        parts.append(" " if tag in ("p", "td") else "")
        parts.append(child.tail or "")
    return "".join(parts)


def _tag(element: Any) -> str:
    return (
        str(etree.QName(element).localname)
        if isinstance(getattr(element, "tag", None), str)
        else ""
    )
