"""Tidying characters: what a PDF, a web page or a word processor leaves in a text and a reader
never sees."""

from __future__ import annotations

import re
import unicodedata

# A hyphen that pdfium took for a word's break at a line's end; it swallows the line break too.
BREAK_HYPHEN = "\x02"

# Code points that pdfium's bulk text may have merged or skipped, so that it no longer counts one
# character a box: those beyond 16 bits.
CONFUSABLE = re.compile("[\ud800-\udfff\ufffd\U00010000-\U0010ffff]")

_SYMBOL_FONT = {
    0xF0B7: "•", 0xF0A7: "▪", 0xF06E: "■", 0xF06F: "□", 0xF0A8: "◻", 0xF071: "❑", 0xF0D8: "➢",
    0xF0FC: "✓", 0xF0FB: "✗", 0xF0E0: "→", 0xF0DE: "⇒", 0xF076: "❖", 0xF02D: "–", 0xF0BE: "—",
    0xF0B0: "°", 0xF0B1: "±", 0xF0B4: "×", 0xF0A3: "≤", 0xF0B3: "≥", 0xF0B9: "≠", 0xF0D7: "·",
    0xF061: "α", 0xF062: "β", 0xF067: "γ", 0xF064: "δ", 0xF06C: "λ", 0xF06D: "μ", 0xF072: "ρ",
    0xF073: "σ", 0xF053: "Σ", 0xF044: "Δ", 0xF0E5: "∑",
}  # fmt: skip
_SPACES = dict.fromkeys(
    [0x09, 0x0B, 0x0C, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F,
     0x3000],
    " ",
)  # fmt: skip
_ONE_TO_ONE: dict[int, str] = {**_SYMBOL_FONT, **_SPACES, 0xFFFE: BREAK_HYPHEN, 0x2010: "-"}
_ONE_TO_ONE.update(
    (code, plain)
    for code in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFAFF))
    if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1
)
_NOT_PLAIN = re.compile("[\t\x0b\x0c\x85\xa0\u1680\u2000-\u2010\u2028-\u202f\u205f"
                        "\u2e80-\u2fd5\u3000\uf000-\ufaff\ufffe]")  # fmt: skip

# Shown by nothing: controls, soft hyphen, joiners, direction marks, variation selectors, private
# use. The break hyphen is taken out by the line reader before this.
_UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ue000-\uf8ff\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U0010ffff"
)
_LIGATURES = "\ufb00-\ufb06"
UNTIDY = re.compile(rf"[{_UNSEEN}{_LIGATURES}]| [ {_UNSEEN}]+|[\r\n]")
# A glyph without a meaning at the start of a line, apart from the text: a bullet of a symbol font.
_NAMELESS_BULLET = re.compile("(?<![^\n])[\x01\x03-\x08\x0e-\x1f\ue000-\uf8ff](?= )")


def plain_characters(text: str) -> str:
    """`text` with look-alikes replaced one for one: odd spaces, Kangxi radicals, symbol bullets."""
    text = _NOT_PLAIN.sub(lambda match: _ONE_TO_ONE.get(ord(match[0]), match[0]), text)
    return _NAMELESS_BULLET.sub("•", text)


def replacement(untidy: str) -> str:
    """What a match of `UNTIDY` becomes: one space, a ligature's letters, or nothing."""
    if untidy[0] == " ":
        return " "
    return unicodedata.normalize("NFKC", untidy) if "\ufb00" <= untidy <= "\ufb06" else ""


def tidy(text: str) -> str:
    """One line of text as the product shows it: no unseen characters, single spaces."""
    text = plain_characters(text).replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return UNTIDY.sub(lambda match: replacement(match[0]), text).strip()
