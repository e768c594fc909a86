"""Rich text of Outlook messages: unpacked (MS-OXRTFCP), and its words without their looks.

Only the text is wanted: it stands in for a body where a message has no other. HTML inside RTF
(MS-OXRTFEX) comes out as its text too, for the RTF's own copy of it is marked to be left out.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from lionrock.errors import UnreadableDocument

_PACKED: Final = 0x75465A4C
_PLAIN: Final = 0x414C454D
_MOST_BYTES: Final = 2**26
_DICTIONARY: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
# Groups that hold no text of the message.
_OTHER: Final = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer headerl headerr footerl footerr "
    b"themedata listtable listoverridetable generator xmlnstbl fldinst bkmkstart bkmkend "
    b"datastore latentstyles".split()
)
_BREAKS: Final = {b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n",
                  b"cell": "  ", b"tab": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•",
                  b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"}  # fmt: skip
_CHARSETS: Final = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs"}
_CODE_PAGES: Final = {936: "gb18030", 950: "big5hkscs", 951: "big5hkscs", 65001: "utf-8"}


def unpacked(data: bytes) -> bytes:
    """The RTF of a PR_RTF_COMPRESSED. Raises `UnreadableDocument` if it is not one."""
    if len(data) < 16:
        raise UnreadableDocument("its text is damaged")
    _, raw, kind, _ = struct.unpack_from("<IIII", data)
    if kind == _PLAIN:
        return data[16 : 16 + raw]
    if kind != _PACKED or raw > _MOST_BYTES:
        raise UnreadableDocument("its text is damaged")
    window = bytearray(_DICTIONARY.ljust(4096, b"\0"))
    at, made, place = len(_DICTIONARY), bytearray(), 16
    while place < len(data) and len(made) < raw:
        control = data[place]
        place += 1
        for bit in range(8):
            if control >> bit & 1:
                if place + 2 > len(data):
                    return bytes(made)
                reference = int.from_bytes(data[place : place + 2], "big")
                place += 2
                start, length = reference >> 4, (reference & 15) + 2
                if start == at % 4096:
                    return bytes(made)
                for i in range(length):  # one by one: a reference may run into what it writes
                    letter = window[(start + i) % 4096]
                    window[at % 4096] = letter
                    made.append(letter)
                    at += 1
            elif place < len(data):
                window[at % 4096] = data[place]
                made.append(data[place])
                at, place = at + 1, place + 1
    return bytes(made)


@dataclass(slots=True)
class _Group:
    """What holds until the group closes: whether it is left out, and how its bytes are read."""

    silent: bool = False
    repeated: bool = False
    """In RTF that repeats what HTML said."""
    encoding: str = "cp1252"
    skip: int = 1


def text_of_rtf(data: bytes) -> str:
    """The words of an RTF text, a line a paragraph."""
    return _Reader().read(data)


class _Reader:
    def __init__(self) -> None:
        self._groups = [_Group()]
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._skipping = 0
        self._starred = self._in_fonts = False

    def read(self, data: bytes) -> str:
        for token in _TOKEN.finditer(data):
            word, number, code, symbol, brace, text = token.groups()
            if word:
                self._flush()
                self._word(word, int(number) if number else None)
            elif brace:
                self._flush()
                self._brace(brace)
            elif symbol:
                self._symbol(symbol)
            elif code or text:
                self._add(bytes.fromhex(code.decode()) if code else text)
        self._flush()
        return "".join(self._parts)

    def _brace(self, brace: bytes) -> None:
        top = self._groups[-1]
        if brace == b"{":
            self._groups.append(_Group(top.silent, top.repeated, top.encoding, top.skip))
        elif len(self._groups) > 1:
            self._groups.pop()
        self._starred = False

    def _word(self, word: bytes, number: int | None) -> None:
        top = self._groups[-1]
        starred, self._starred = self._starred, False
        if word in _OTHER or (starred and word != b"htmltag"):
            top.silent = True
            self._in_fonts = word == b"fonttbl"
        elif word == b"htmltag":
            top.silent = True
        elif word == b"htmlrtf":
            top.repeated = number != 0
        elif word == b"ansicpg" and number is not None:
            top.encoding = _code_page(number)
        elif word == b"f" and number is not None:
            self._font = number
            top.encoding = self._fonts.get(number, top.encoding)
        elif word == b"fcharset" and number in _CHARSETS and number:
            self._fonts[self._font] = _CHARSETS[number]
        elif word == b"uc" and number is not None:
            top.skip = min(max(number, 0), 8)
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self._skipping = top.skip
        elif word in _BREAKS:
            self._say(_BREAKS[word])

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._starred = True
        elif symbol == b"~":
            self._add(b" ")
        elif symbol in b"\r\n":
            self._flush()
            self._say("\n")
        elif symbol in b"\\{}-_":
            self._add(symbol if symbol != b"_" else b"-")

    def _add(self, data: bytes) -> None:
        skipped = min(self._skipping, len(data))
        self._skipping -= skipped
        self._bytes += data[skipped:]

    def _flush(self) -> None:
        data, self._bytes = bytes(self._bytes), bytearray()
        if data:
            self._say(data.decode(self._groups[-1].encoding, "replace"))

    def _say(self, text: str) -> None:
        top = self._groups[-1]
        if not top.silent and not top.repeated:
            self._parts.append(text)


def _code_page(number: int) -> str:
    return _CODE_PAGES.get(
        number, f"cp{number}" if number in (932, 949, *range(1250, 1259)) else "cp1252"
    )
