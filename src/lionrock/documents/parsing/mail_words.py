"""Words of mail headers: RFC 2047 and RFC 2231, and what mailers of the region make of them.

Encoded words are decoded as runs, for a Chinese character is often cut in two between them; names
of character sets are taken as `encoding` takes them (gb2312 is GB18030, big5 is Big5-HKSCS); bytes
that are not ASCII, which no header may hold, are told by how they read.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message
from itertools import groupby
from typing import Final

from lionrock.documents.parsing.encoding import decoded
from lionrock.documents.parsing.flow import clean

_WORD: Final = re.compile(r"=\?([\w.:-]+)(?:\*[\w-]*)?\?([bqBQ])\?([^?]*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?[\w.:*-]+\?[bqBQ]\?)")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
# Encodings in seven bits: their bytes are valid UTF-8 that means something else.
_SEVEN_BITS: Final = ("iso-2022-", "hz", "utf-7")


def text_of(data: bytes, charset: str) -> str:
    """Bytes of a mail as text, in the character set it states if they can be."""
    if charset.lower().startswith(_SEVEN_BITS):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(data, charset)


def header(message: Message, name: str) -> str:
    """A header as one tidy line; several of one name joined; "" if there is none."""
    return clean(", ".join(words(str(value)) for value in _raw(message, name)))


def _raw(message: Message, name: str) -> list[str]:
    # Not message[name]: it would make an object of a header with bytes beyond ASCII.
    return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]


def words(value: str) -> str:
    """A header's value with its encoded words and its stray bytes decoded."""
    value = _stray(_FOLD.sub(" ", value))
    value = _BETWEEN.sub(r"\1", value)
    parts, at = [], 0
    found = list(_WORD.finditer(value))
    for adjacent in _runs(found):
        parts.append(value[at : adjacent[0].start()])
        for charset, same in groupby(adjacent, key=lambda match: match[1].lower()):
            parts.append(text_of(b"".join(map(_bytes, same)), charset))
        at = adjacent[-1].end()
    return "".join([*parts, value[at:]])


def _runs(found: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Encoded words that stand directly one behind the other."""
    runs: list[list[re.Match[str]]] = []
    for match in found:
        if runs and runs[-1][-1].end() == match.start():
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _bytes(word: re.Match[str]) -> bytes:
    data = word[3].encode("ascii", "replace")
    if word[2] in "qQ":
        return quopri.decodestring(data, header=True)
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return data


def _stray(value: str) -> str:
    """Bytes beyond ASCII, which the mail parser keeps as surrogates, as the text they are."""
    if not any("\udc80" <= letter <= "\udcff" for letter in value):
        return value
    return decoded(value.encode("utf-8", "surrogateescape"))


def filename(part: Message) -> str:
    """The name an attachment is given: by RFC 2231, by encoded words, or by stray bytes."""
    for source, key in (("content-disposition", "filename"), ("content-type", "name")):
        plain = Message()
        for raw in _raw(part, source)[:1]:
            plain[source] = _stray(raw)
        value = plain.get_param(key, None, source)
        if isinstance(value, tuple):
            charset, _, text = value
            # What was percent-encoded comes as Latin-1, each letter a byte.
            try:
                return text_of(text.encode("latin-1"), charset or "")
            except UnicodeEncodeError:
                return words(text)
        if value:
            return words(str(value))
    return ""
