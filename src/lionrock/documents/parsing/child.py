"""The confined process: reads one request on standard input, answers on standard output.

It answers with lines, of which some announce bytes that follow:

    P done total            progress
    O number                page `number` is being recognised
    F number total length   a page read
    W until                 it wants the pages 1 to `until`: each comes as its length and itself
    E "reason"              the end: refused
    R header tail           the end: lengths of the two parts of the answer

Only the reader that the file needs is imported.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing.confine import allow, confine, limit
from lionrock.documents.parsing.detect import IMAGES, Format, detect
from lionrock.documents.parsing.wire import encoded
from lionrock.errors import UnreadableDocument
from lionrock.kernel.confinement import cut_network
from lionrock.kernel.processes import dies_with_parent

if TYPE_CHECKING:
    from lionrock.documents.parsing.paged import Paged

Answer = tuple[bytes, bytes]


def main() -> None:
    """Do the one thing that is asked."""
    gc.disable()  # a short life with few cycles: looking for them takes a tenth of it
    cut_network()  # now, though `confine` refuses sockets too: detecting the format reads the file
    request = json.loads(sys.stdin.buffer.readline())
    dies_with_parent(parent=request["parent"])
    limit(request["memory_bytes"], request["seconds"], more_seconds=request.get("page_seconds", 0))
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the answer
    try:
        answer = _TASKS[request["task"]](request, output)
        output.write(b"R %d %d\n" % (len(answer[0]), len(answer[1])))
        output.write(answer[0])
        output.write(answer[1])
    except UnreadableDocument as refusal:
        _refuse(output, refusal.detail)
    except MemoryError:
        _refuse(output, "")
    except Exception as error:
        # A stranger's file can raise anything; the name tells a developer where to look.
        _refuse(output, f"it is damaged, or unlike what its format allows ({type(error).__name__})")
    output.close()


def _refuse(output: BinaryIO, reason: str) -> None:
    """An empty reason stands for the memory limit, which the parent knows."""
    output.write(b"E " + json.dumps(reason).encode() + b"\n")


def _parse(request: dict[str, Any], output: BinaryIO) -> Answer:
    path = Path(request["path"])
    found = detect(path, request["name"])
    stem = Path(request["name"]).stem
    if found is Format.PDF:
        return encoded(_paged(request, output).parse(path, stem, found.value))
    if found in IMAGES:
        from lionrock.documents.ocr.pictures import picture_copy

        paged = _paged(request, output)
        copy = picture_copy(path)
        read_from = paged.parse(copy, stem, found.value)
        return encoded(replace(read_from, reading_copy=copy))
    read = _reader(found)
    confine()

    def on_page(done: int, total: int) -> None:
        output.write(b"P %d %d\n" % (done, total))
        output.flush()

    return encoded(read(path, stem, on_page))


def _paged(request: dict[str, Any], output: BinaryIO) -> Paged:
    """What reads files of pages, one by one, once this process is confined."""
    from lionrock.documents.parsing.paged import Paged, eyes

    parent = _Parent(output, request)
    skipped = frozenset(request.get("skipped", ()))
    confine()
    return Paged(parent, eyes(), request.get("ocr", False), skipped)


class _Parent:
    """The process at the other end of the pipes."""

    def __init__(self, output: BinaryIO, request: dict[str, Any]) -> None:
        self._output, self._seconds = output, request["seconds"]
        self.have, self.keeps = request.get("have", 0), request.get("keeps", False)

    def page(self, number: int, count: int, body: bytes) -> None:
        self._output.write(b"F %d %d %d\n" % (number, count, len(body)))
        self._output.write(body)
        self._output.flush()

    def trying(self, number: int) -> None:
        self._output.write(b"O %d\n" % number)
        self._output.flush()
        # The parent keeps the time of a page; of the processor's, as much as before and as of now.
        allow(self._seconds)

    def kept(self, until: int) -> Iterator[bytes]:
        self._output.write(b"W %d\n" % until)
        self._output.flush()
        source = sys.stdin.buffer
        for _ in range(until):
            length = int(source.readline())
            body = source.read(length)
            if len(body) != length:
                raise EOFError
            yield body


def _reader(found: Format) -> Callable[[Path, str, Callable[[int, int], None]], ParsedDocument]:
    """The function that reads the format, its libraries imported."""
    from lionrock.documents.parsing.typeset import typeset

    parse = _flow_reader(found)
    return lambda path, stem, on_page: typeset(parse(path), found.value, stem, on_page)


def _flow_reader(found: Format) -> Callable[[Path], Any]:
    from lionrock.documents.parsing.readers import flow_reader

    if (reader := flow_reader(found)) is not None:
        return reader
    if found is Format.DOCX:
        from lionrock.documents.parsing.docx import parse_docx

        return parse_docx
    if found is Format.XLSX:
        sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would spend 0.2 s on it
        from lionrock.documents.parsing.xlsx import parse_xlsx

        return parse_xlsx
    if found is Format.HTML:
        from lionrock.documents.parsing.html import parse_html

        return parse_html
    if found is Format.MARKDOWN:
        from lionrock.documents.parsing.markdown import parse_markdown

        return parse_markdown
    from lionrock.documents.parsing.plain import parse_text

    return parse_text


def _page_image(request: dict[str, Any], _output: BinaryIO) -> Answer:
    from lionrock.documents.parsing.picture import page_png

    confine()
    page, dpi = request["page"], request["dpi"]
    mask, turn = request.get("mask"), request.get("turn", 0)
    return b"", page_png(Path(request["path"]), page, dpi, mask, turn)


def _unpack(request: dict[str, Any], output: BinaryIO) -> Answer:
    from lionrock.documents.parsing.unpack import unpack

    return unpack(request, output)


_TASKS: dict[str, Callable[[dict[str, Any], BinaryIO], Answer]] = {
    "parse": _parse,
    "page-image": _page_image,
    "unpack": _unpack,
}

if __name__ == "__main__":
    main()
