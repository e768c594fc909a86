"""The styles of a Word document: what a paragraph takes from its own, and whether it is a heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lionrock.documents.parsing.ooxml import W, number, value

_HEADING_NAME = re.compile(r"heading ([1-9])$", re.IGNORECASE)


@dataclass(slots=True)
class Style:
    """What a paragraph takes from its style, directly or from the one it is based on."""

    name: str
    outline: int | None
    numbering: tuple[str, int] | None


def styles(root: Any | None) -> dict[str, Style]:
    elements = {
        value(style, "styleId") or "": style
        for style in (root.iter(f"{W}style") if root is not None else ())
    }
    return {key: _resolved(elements, key) for key in elements}


def _resolved(elements: dict[str, Any], key: str) -> Style:
    """The style with what it inherits; a chain that bites its tail ends there."""
    name = value(elements[key].find(f"{W}name")) or ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None
    seen: set[str] = set()
    current: str | None = key
    while current in elements and current not in seen:
        seen.add(current)
        style = elements[current]
        properties = style.find(f"{W}pPr")
        if properties is not None:
            outline = number(properties.find(f"{W}outlineLvl")) if outline is None else outline
            numbering = numbering or numbering_of(properties)
        current = value(style.find(f"{W}basedOn"))
    return Style(name, outline, numbering)


def numbering_of(properties: Any) -> tuple[str, int] | None:
    element = properties.find(f"{W}numPr")
    if element is None:
        return None
    instance = value(element.find(f"{W}numId"))
    return (instance, number(element.find(f"{W}ilvl")) or 0) if instance is not None else None


def style_key(properties: Any | None) -> str:
    found = value(properties.find(f"{W}pStyle")) if properties is not None else None
    return found or "Normal"


def outline_of(properties: Any | None, style: Style | None) -> int | None:
    """Heading level from 0, None for text."""
    own = number(properties.find(f"{W}outlineLvl")) if properties is not None else None
    level = own if own is not None else style.outline if style else None
    named = _HEADING_NAME.match(style.name) if style else None
    if level is None and named:
        return int(named[1]) - 1
    if level is None and style and style.name in ("Title", "Subtitle"):
        return 0 if style.name == "Title" else 1
    return level if level is not None and level < 9 else None
