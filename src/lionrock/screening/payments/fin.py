"""SWIFT FIN messages MT103, MT202 and MT202 COV: the blocks, and the fields of the text block.

After SWIFT's User Handbook, FIN message format: blocks 1 (basic header), 2 (application header), 3 (user
header), 4 (text) and trailers. A file may hold several, one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lionrock.errors import InvalidInput
from lionrock.screening.payments.fin_party import Field
from lionrock.screening.payments.fin_payment import Headers, payment_from
from lionrock.screening.payments.payment import MessageType, Payment

_BLOCK_1: Final = re.compile(r"\{1:[A-Z][0-9]{2}([A-Z0-9]{12})[0-9]{10}\}")
_BLOCK_2: Final = re.compile(
    r"\{2:(?:I(?P<sent>[0-9]{3})(?P<to>[A-Z0-9]{12})[A-Z0-9]{0,5}"
    r"|O(?P<got>[0-9]{3})[0-9]{10}(?P<by>[A-Z0-9]{12})[0-9]{20}[A-Z]?)\}"
)
_BLOCK_3: Final = re.compile(r"\{3:((?:\{[0-9]{3}:[^{}]{0,100}\}){0,20})\}")
_TAGGED: Final = re.compile(r"\{([0-9]{3}):([^{}]*)\}")
_BLOCK_4: Final = re.compile(r"\{4:\r?\n")
_END: Final = re.compile(r"\r?\n-\}")
_TRAILER: Final = re.compile(r"\{[5S]:(?:\{[A-Z]{3}:[^{}]{0,100}\}){0,20}\}")
_BETWEEN: Final = re.compile(r"[\s$\x01\x03]*")
_FIELD: Final = re.compile(r":([0-9]{2}[A-Z]?):")
_X: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_Z: Final = re.compile(r"""[^A-Za-z0-9/\-?:().,'+ ="!%&*<>;{@#_]""")
_LONGEST: Final = 20_000
"""Characters of a text block; FIN delivers at most 10,000."""
_TYPES: Final = {"103": MessageType.MT103, "202": MessageType.MT202}


def read_fin(data: bytes) -> Iterator[Payment]:
    """Every message of the file, in order. Raises `InvalidInput` naming what is wrong and where; what was
    yielded before an error is part of a file that is refused."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput(
            f"Line {at} holds a character that SWIFT messages do not have."
        ) from None
    at, number, lines = _between(text, 0), 0, Lines(text)
    while at < len(text):
        number += 1
        message, at = _message(text, at, lines)
        yield payment_from(message.headers, message.fields, number)
        at = _between(text, at)
    if not number:
        raise InvalidInput("The file is empty.")


@dataclass(frozen=True, slots=True)
class _Message:
    headers: Headers
    fields: list[Field]


class Lines:
    """Numbers of the lines of a file, from 1, counted on from the place that was last asked for."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._line = text, 0, 1

    def line(self, at: int) -> int:
        if at < self._at:
            self._line -= self._text.count("\n", at, self._at)
        else:
            self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line


def _message(text: str, at: int, lines: Lines) -> tuple[_Message, int]:
    """The message that starts at `at`, and where it ends."""
    first, at = _need(_BLOCK_1, at, lines, "a basic header ({1:…})", text)
    second, at = _need(_BLOCK_2, at, lines, "an application header ({2:…})", text)
    third = _BLOCK_3.match(text, at)
    at = third.end() if third else at
    _, start = _need(_BLOCK_4, at, lines, "a user header ({3:…}) or the text block ({4:)", text)
    end = _END.search(text, start, start + _LONGEST)
    if not end:
        raise InvalidInput(
            f"The text block at line {lines.line(start)} has no end (-}}) within"
            f" {_LONGEST} characters."
        )
    user = dict(_TAGGED.findall(third[1])) if third else {}
    headers = Headers(
        type=_type(second, user, lines.line(at)),
        sender=first[1] if second["sent"] else second["by"],
        receiver=second["to"] if second["sent"] else first[1],
        uetr=user.get("121", ""),
        line=lines.line(first.start()),
    )
    fields = list(_fields(text[start : end.start()], lines.line(start)))
    at = end.end()
    while trailer := _TRAILER.match(text, at):
        at = trailer.end()
    return _Message(headers, fields), at


def _type(second: re.Match[str], user: dict[str, str], line: int) -> MessageType:
    number = second["sent"] or second["got"]
    if number not in _TYPES:
        raise InvalidInput(
            f"The message at line {line} is an MT{number}. Read are MT103, MT202 and MT202 COV."
        )
    cover = number == "202" and user.get("119") == "COV"
    return MessageType.MT202_COV if cover else _TYPES[number]


def _fields(block: str, line: int) -> Iterator[Field]:
    """The fields of a text block, each with its lines and the number of its first one."""
    tag, lines, first = "", [""], line
    for number, words in enumerate(block.replace("\r\n", "\n").split("\n"), line):
        start = _FIELD.match(words)
        if start:
            if tag:
                yield Field(tag, tuple(lines), first)
            tag, lines, first = start[1], [words[start.end() :]], number
        elif not tag:
            raise InvalidInput(f"Line {number} does not begin with a field, such as :20:.")
        elif words.startswith((":", "-")) and tag != "77T":
            raise InvalidInput(f"Line {number} is neither a field nor the rest of field {tag}.")
        else:
            lines.append(words)
        strange = (_Z if tag == "77T" else _X).search(lines[-1])
        if strange:
            raise InvalidInput(
                f"Line {number} (field {tag}) holds the character U+{ord(strange[0]):04X}, which the"
                " field's character set does not have."
            )
    yield Field(tag, tuple(lines), first)


def _need(
    pattern: re.Pattern[str], at: int, lines: Lines, what: str, text: str
) -> tuple[re.Match[str], int]:
    found = pattern.match(text, at)
    if not found:
        raise InvalidInput(f"Line {lines.line(at)} is not {what} of a SWIFT message.")
    return found, found.end()


def _between(text: str, at: int) -> int:
    """After what files put between messages: blanks, "$", the control characters of telex lines."""
    found = _BETWEEN.match(text, at)
    return found.end() if found else at
