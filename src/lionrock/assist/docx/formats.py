"""The format of words in Word: which runs look alike, and the fonts and language of new words."""

from __future__ import annotations

import copy
import re
from typing import Any, Final

from lxml import etree

from lionrock.documents.language import HAN, Language
from lionrock.documents.parsing.ooxml import W, value

FACES: Final[dict[Language, str]] = {
    "zh-Hant": "PMingLiU", "yue": "PMingLiU", "zh-Hans": "SimSun",
}  # fmt: skip
"""The faces for Chinese of Word in Hong Kong and on the Mainland; others are put in their place where
they are missing."""

LATIN_FACE: Final = "Times New Roman"
TAGS: Final[dict[Language, str]] = {
    "en": "en-GB", "zh-Hant": "zh-HK", "yue": "zh-HK", "zh-Hans": "zh-CN",
}  # fmt: skip

_NOT_SEEN = ("lang", "noProof", "ins", "del", "moveFrom", "moveTo", "rPrChange")
_CHINESE_FACE = re.compile(
    r"(?:P|新)?MingLiU|SimSun|DFKai|BiauKai|JhengHei|YaHei|KaiTi|FangSong|SimHei|宋|黑體|楷|Ming",
    re.I,
)
_AFTER_LANG = ("eastAsianLayout", "specVanish", "oMath")


def look(properties: Any | None) -> bytes:
    """What tells two formats apart to the eye; the language of the words does not."""
    if properties is None:
        return b""
    seen = copy.deepcopy(properties)
    for name in _NOT_SEEN:
        for child in seen.findall(f"{W}{name}"):
            seen.remove(child)
    fonts = seen.find(f"{W}rFonts")
    if fonts is not None:
        fonts.attrib.pop(f"{W}hint", None)
        if not fonts.attrib:
            seen.remove(fonts)
    return bytes(etree.tostring(seen, method="c14n")) if len(seen) else b""


def has(properties: Any | None, name: str) -> bool:
    """Is this toggle ("b", "i", "u" …) on in the run itself?"""
    found = properties.find(f"{W}{name}") if properties is not None else None
    return found is not None and value(found) not in ("0", "false", "none")


def in_language(run: Any, language: Language) -> None:
    """Give a run of new words the language, and a face that has its letters."""
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    fonts = properties.find(f"{W}rFonts")
    if fonts is None:
        fonts = etree.Element(f"{W}rFonts")
        properties.insert(0 if properties.find(f"{W}rStyle") is None else 1, fonts)
    if language == "en":
        _latin(fonts)
    else:
        fonts.attrib.pop(f"{W}eastAsiaTheme", None)
        fonts.set(f"{W}eastAsia", FACES[language])
    if not fonts.attrib:
        properties.remove(fonts)
    _tag(properties, language)


def _latin(fonts: Any) -> None:
    """English is not set in the Latin letters of a Chinese face."""
    fonts.attrib.pop(f"{W}hint", None)
    for name in ("ascii", "hAnsi"):
        face = fonts.get(W + name) or ""
        if HAN.search(face) or _CHINESE_FACE.search(face):
            fonts.set(W + name, LATIN_FACE)


def _tag(properties: Any, language: Language) -> None:
    tag = properties.find(f"{W}lang")
    if tag is None:
        tag = etree.Element(f"{W}lang")
        later = (properties.find(W + name) for name in _AFTER_LANG)
        first = next((child for child in later if child is not None), None)
        if first is None:
            properties.append(tag)
        else:
            first.addprevious(tag)
    tag.set(f"{W}val" if language == "en" else f"{W}eastAsia", TAGS[language])
