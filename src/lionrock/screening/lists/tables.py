"""Rows of CSV files, streamed: any of the encodings met in Hong Kong, any usual delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from lionrock.documents.parsing.encoding import best_encoding
from lionrock.errors import InvalidInput
from lionrock.screening.lists.sources import Source

_LONGEST_LINE = 2**20
_MOST_COLUMNS = 500
_DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 2**18
_SAMPLE = 20_000


def encoding_of(source: Source) -> str:
    """By byte order mark; UTF-8 if the whole file is; else the likeliest of Big5, GB18030, Windows.

    The likeliest is not tried on the whole file: bytes that it does not know are refused by `rows`, while
    another encoding would read them, and all the rest, as other characters.
    """
    if marked := _marked(source):
        return marked
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        return best_encoding(_foreign(source))


def is_guessed(source: Source, encoding: str) -> bool:
    """Whether nothing but the look of its characters speaks for the encoding."""
    return encoding != "utf-8" and not _marked(source)


def _marked(source: Source) -> str:
    head = source.head(4)
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")


def _foreign(source: Source) -> bytes:
    """The first lines that are not ASCII, from wherever in the file they stand: they alone tell."""
    found = bytearray()
    with source.open() as stream:
        while len(found) < _SAMPLE and (line := stream.readline(_SAMPLE)):
            if not line.isascii():
                found += line
    return bytes(found)


def delimiter_of(source: Source, encoding: str) -> str:
    """The one that stands most often in the first line; a comma if none does."""
    with source.open() as stream:
        line = next(_lines(source, stream, encoding), "")
    return max(_DELIMITERS, key=line.count)


def rows(source: Source, encoding: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row. Blank lines are passed over.

    Raises `InvalidInput` for a line beyond 1 MB or with a zero byte, a cell beyond 128 kB, a quote that is
    not closed, and bytes that are not of the encoding: signs that the file is cut off or no CSV.
    """
    with source.open() as stream:
        reader = csv.reader(_lines(source, stream, encoding), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if len(row) > _MOST_COLUMNS:
                    raise InvalidInput(
                        f"{source.name}, line {reader.line_num}: more than {_MOST_COLUMNS} columns."
                        " Choose the right delimiter or check the file."
                    )
                if row:
                    yield reader.line_num, row
        except (UnicodeError, csv.Error) as error:
            raise InvalidInput(
                f"{source.name}, line {reader.line_num + 1}: this is not readable as CSV ({error})."
                " The file may be cut off or damaged; nothing of it is used."
            ) from error


def ends_with_line_break(source: Source) -> bool:
    return source.tail(4).replace(b"\0", b"").endswith((b"\n", b"\r"))


def _lines(source: Source, stream: BinaryIO, encoding: str) -> Iterator[str]:
    number = 0
    with io.TextIOWrapper(stream, encoding, errors="strict", newline="") as text:
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE or "\0" in line:
                raise InvalidInput(
                    f"{source.name}, line {number}: the line is longer than 1 MB or holds zero bytes:"
                    " this is not a CSV file."
                )
            yield line
