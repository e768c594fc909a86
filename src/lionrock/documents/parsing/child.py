"""The confined process: reads one request on standard input, answers on standard output.

It answers with lines `P done total` for progress, then either `E` and a reason as JSON, or `R`,
the lengths of header and tail, and those. Only the reader that the file needs is imported.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from lionrock.documents.parsed import ParsedDocument
from lionrock.documents.parsing.confine import confine, limit
from lionrock.documents.parsing.detect import Format, detect
from lionrock.documents.parsing.wire import encoded
from lionrock.errors import UnreadableDocument
from lionrock.kernel.confinement import cut_network
from lionrock.kernel.processes import dies_with_parent

Answer = tuple[bytes, bytes]


def main() -> None:
    """Do the one thing that is asked."""
    gc.disable()  # a short life with few cycles: looking for them takes a tenth of it
    cut_network()  # now, though `confine` refuses sockets too: detecting the format reads the file
    request = json.load(sys.stdin)
    dies_with_parent(parent=request["parent"])
    limit(request["memory_bytes"], request["seconds"])
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
    read = _reader(found)
    confine()

    def on_page(done: int, total: int) -> None:
        output.write(b"P %d %d\n" % (done, total))
        output.flush()

    return encoded(read(path, Path(request["name"]).stem, on_page))


def _reader(found: Format) -> Callable[[Path, str, Callable[[int, int], None]], ParsedDocument]:
    """The function that reads the format, its libraries imported."""
    if found is Format.PDF:
        from lionrock.documents.parsing.pdf import parse_pdf

        return parse_pdf
    from lionrock.documents.parsing.typeset import typeset

    parse = _flow_reader(found)
    return lambda path, stem, on_page: typeset(parse(path), found.value, stem, on_page)


def _flow_reader(found: Format) -> Callable[[Path], Any]:
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
    return b"", page_png(Path(request["path"]), page, dpi, request.get("mask"))


_TASKS: dict[str, Callable[[dict[str, Any], BinaryIO], Answer]] = {
    "parse": _parse,
    "page-image": _page_image,
}

if __name__ == "__main__":
    main()
