"""XML from strangers: read as it comes, with nothing outside it read and nothing in it expanded.

No document type, no entities but the five of XML, no network, UTF-8 only, and bounds on all that grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree

from lionrock.errors import InvalidInput, TooLarge

CHUNK: Final = 1 << 16
_DECLARED: Final = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"'>]*)["']""")
_UTF8: Final = (b"utf-8", b"utf8", b"us-ascii")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is read before a file is refused."""

    size: int = 256 << 20
    """Bytes of the whole file."""
    depth: int = 40
    """Elements within elements. The deepest element of the messages read here stands at 17."""
    elements: int = 20_000
    """Elements kept at one time: of the header and one transaction."""
    text: int = 20_000
    """Characters in one element. The longest element of the messages has room for 9,000."""
    characters: int = 1 << 20
    """Characters kept at one time, as `elements`."""


def events(
    chunks: Iterable[bytes], bounds: Bounds
) -> Iterator[tuple[Literal["start", "end"], Any]]:
    """Each element's start and end, in the file's order, while it is being read.

    An element's text is whole at its end. Comments and processing instructions are not seen; the text
    around them is one. Raises `InvalidInput` saying what is wrong at which line, `TooLarge` beyond
    `bounds.size` or `bounds.depth`.
    """
    parser: Any = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    read, depth = 0, 0
    for chunk in _whole_declaration(chunks):
        if read == 0:
            _check_encoding(chunk)
        read += len(chunk)
        if read > bounds.size:
            raise TooLarge(f"The message is larger than {bounds.size >> 20} MB. Send it in parts.")
        try:
            parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            raise _damaged(error) from None
        for event, element in parser.read_events():
            depth = _checked(event, element, depth, bounds)
            yield event, element
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _damaged(error) from None
    for event, element in parser.read_events():
        depth = _checked(event, element, depth, bounds)
        yield event, element


def name(element: Any) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Any) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def line(element: Any) -> int:
    return int(element.sourceline or 0)


def _whole_declaration(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks, the first long enough to hold the XML declaration unless the file is shorter."""
    first = b""
    started = False
    for chunk in chunks:
        if started:
            yield chunk
            continue
        first += chunk
        if len(first) >= 1024:
            started = True
            yield first
    if not started:
        yield first


def _check_encoding(start: bytes) -> None:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start[:4]:
        raise InvalidInput("The message is not in UTF-8, as ISO 20022 has it, but in UTF-16 or 32.")
    declared = _DECLARED.match(start.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in _UTF8:
        raise InvalidInput("The message declares another encoding than UTF-8. Convert it.")


def _checked(event: str, element: Any, depth: int, bounds: Bounds) -> int:
    if event == "end":
        if len(element) == 0 and element.text and len(element.text) > bounds.text:
            raise InvalidInput(
                f"{name(element)} at line {line(element)} holds more than {bounds.text} characters."
            )
        return depth - 1
    if depth == 0 and element.getroottree().docinfo.doctype:
        raise InvalidInput("The message declares a document type, which no payment message does.")
    if depth == bounds.depth:
        raise TooLarge(
            f"{name(element)} at line {line(element)} stands more than {bounds.depth} elements deep."
        )
    return depth + 1


def _damaged(error: Any) -> InvalidInput:
    """What is wrong and where, without what stands there: libxml2's words may quote the message."""
    last = error.error_log.last_error
    what = (
        last.type_name.removeprefix("ERR_").replace("_", " ").lower() if last else "it is cut short"
    )
    at = f" at line {last.line}, column {last.column}" if last and last.line else ""
    return InvalidInput(f"The message is not well-formed XML{at}: {what}.")
