"""What a person chooses of a summary."""

from __future__ import annotations

from enum import StrEnum


class Shape(StrEnum):
    PARAGRAPH = "paragraph"
    BRIEF = "brief"
    """Numbered sentences."""
    TABLE = "table"
    """Point, page, words of the source."""
    CHRONOLOGY = "chronology"
    BILINGUAL = "bilingual"
    """Each sentence in English and in Traditional Chinese."""


class Length(StrEnum):
    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Reader(StrEnum):
    EXECUTIVE = "executive"
    PRESS = "press"
    PLAIN = "plain"


class Wanted(StrEnum):
    """The language of the summary."""

    DOCUMENT = "document"
    EN = "en"
    ZH_HANT = "zh-Hant"
    ZH_HANS = "zh-Hans"
    YUE = "yue"
