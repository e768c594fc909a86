"""Translation Memory eXchange 1.4b (LISA OSCAR, 2005): read and written, plain segments.

A unit of more than two languages is read as a pair with its first one each. Markup inside a segment is
left out with its content (it is the other tool's codes); what subflows hold is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from lxml import etree
from pydantic import ValidationError

from lionrock import __version__
from lionrock.assist.translate.memory.schemas import Pair, Unit
from lionrock.documents.language import Language
from lionrock.errors import InvalidInput
from lionrock.search.glossary.schemas import BadRow
from lionrock.search.glossary.tbx import language_of
from lionrock.search.glossary.xml import root_of

MOST_BYTES: Final = 50 * 2**20
TOO_LARGE: Final = f"The file is larger than {MOST_BYTES >> 20} MB. Import it in parts."
MOST_UNITS: Final = 100_000
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_CODES: Final = frozenset({"bpt", "ept", "ph", "it", "ut"})
_TAGS: Final[dict[Language, str]] = {
    "en": "en-GB", "zh-Hant": "zh-Hant-HK", "zh-Hans": "zh-Hans-CN", "yue": "yue-Hant-HK",
}  # fmt: skip


def read(data: bytes) -> tuple[list[Pair], list[BadRow]]:
    """Every pair, and the lines of those that are none. `InvalidInput` for what is not TMX, or declares
    entities of its own."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES >> 20} MB. Import it in parts.")
    root = root_of(data, "TMX", "tmx")
    pairs: list[Pair] = []
    bad: list[BadRow] = []
    for unit in root.iter("{*}tu"):
        try:
            pairs += _pairs(unit)
        except ValidationError as error:
            reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
            bad.append(BadRow(row=int(unit.sourceline or 0), reason=reason))
        except ValueError as error:
            bad.append(BadRow(row=int(unit.sourceline or 0), reason=str(error)))
        if len(pairs) > MOST_UNITS:
            raise InvalidInput(f"The file has more than {MOST_UNITS:,} pairs. Import it in parts.")
    return pairs, bad


def _pairs(unit: Any) -> Iterator[Pair]:
    sides: list[tuple[Language, str]] = []
    for variant in unit.iter("{*}tuv"):
        words = next((_text(s) for s in variant.iter("{*}seg")), "")
        language = language_of(variant.get(_XML_LANG) or variant.get("lang") or "", words)
        if language is not None:
            sides.append((language, words))
    if len(sides) < 2:
        raise ValueError("it has no two languages of English, Chinese and Cantonese")
    (language, source), *others = sides
    for into, target in others:
        yield Pair(source_language=language, into=into, source=source, target=target)


def _text(element: Any) -> str:
    """The words of a segment without the codes in it."""
    parts = [element.text or ""]
    for child in element:
        if etree.QName(child).localname not in _CODES:
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def write(units: Iterable[Unit | Pair]) -> Iterator[bytes]:
    """The units as one file, a piece each."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="Lionrock" creationtoolversion="{__version__}" segtype="sentence" '
        'o-tmf="Lionrock" adminlang="en-GB" srclang="*all*" datatype="plaintext"/>\n<body>\n'
    ).encode()
    for unit in units:
        yield _written(unit).encode()
    yield b"</body>\n</tmx>\n"


def _written(unit: Unit | Pair) -> str:
    about = ""
    if isinstance(unit, Unit):
        about = f' tuid="{unit.id}" changedate="{unit.accepted_at:%Y%m%dT%H%M%SZ}"'
    sides = ((unit.source_language, unit.source), (unit.into, unit.target))
    variants = "".join(
        f"<tuv xml:lang={quoteattr(_TAGS[language])}><seg>{escape(words)}</seg></tuv>"
        for language, words in sides
    )
    return f"<tu{about}>{variants}</tu>\n"
