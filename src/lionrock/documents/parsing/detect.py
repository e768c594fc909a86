"""What a file is, by its content; its name only tells Markdown from plain text."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

from lionrock.errors import UnreadableDocument

_HEAD = 4096


class Format(StrEnum):
    """The formats read; the value is the media type."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"


READS = "it reads PDF, DOCX, XLSX, HTML, Markdown and plain text"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_PASSWORD = "it is password-protected; remove the password and add it again"
_IMAGES = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"II*\0", "tiff"),
           (b"MM\0*", "tiff"), (b"BM", "bmp"))  # fmt: skip
_OTHERS = (
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"Rar!", "application/x-rar"),
    (b"BZh", "application/x-bzip2"),
    (b"SQLite format 3", "application/x-sqlite3"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"RIFF", "media such as WAV or WebP"),
    (b"OggS", "media such as Ogg"),
    (b"ID3", "audio/mpeg"),
    (b"wOF", "font/woff"),
    (b"\0\0\x01\0", "image/x-icon"),
)
_TEXTUAL_OTHERS = (b"{\\rtf", b"%!PS")
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_NAMES = (".html", ".htm", ".xhtml")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def detect(path: Path, name: str) -> Format:
    """The format of the file at `path`, which the user calls `name`.

    Raises `UnreadableDocument` for an empty file, an encrypted one, or another format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise UnreadableDocument("it is empty (0 bytes)")
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(_OLE):
        raise _old_office(path)
    _refuse_binary(head)
    ending = Path(name).suffix.lower()
    bare = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if _HTML.match(bare) or (ending in _HTML_NAMES and b"<" in bare):
        return Format.HTML
    return Format.MARKDOWN if ending in _MARKDOWN else Format.TEXT


def _zipped(path: Path) -> Format:
    # Here, not above: a PDF should not wait for zipfile to be imported.
    from lionrock.documents.parsing.archive import names_in

    names = names_in(path)
    if "word/document.xml" in names:
        return Format.DOCX
    if "xl/workbook.xml" in names:
        return Format.XLSX
    found = "application/zip"
    if "ppt/presentation.xml" in names:
        found = "a PowerPoint presentation"
    elif "mimetype" in names and "content.xml" in names:
        found = "an OpenDocument file"
    elif "xl/workbook.bin" in names:
        found = "a binary Excel workbook, .xlsb"
    elif "META-INF/container.xml" in names:
        found = "application/epub+zip"
    raise unknown(found)


def _old_office(path: Path) -> UnreadableDocument:
    if _ENCRYPTED_OFFICE in path.read_bytes():
        return UnreadableDocument(_PASSWORD)
    return unknown("an Office file of before 2007 or an Outlook message; save it as DOCX or XLSX")


def _refuse_binary(head: bytes) -> None:
    if head.startswith(_TEXTUAL_OTHERS):
        raise unknown("application/rtf" if head.startswith(b"{") else "application/postscript")
    controls = sum(head.count(code) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    text = not head.count(0) and controls <= len(head) // 100
    if text or head.startswith(_BYTE_ORDER_MARKS) or _is_wide(head):
        return
    for magic, kind in _IMAGES:
        if head.startswith(magic):
            raise UnreadableDocument(
                f"it is an image (image/{kind}); OCR is not part of this release"
            )
    found = (kind for magic, kind in _OTHERS if head.startswith(magic))
    raise unknown(next(found, "application/octet-stream"))


def _is_wide(head: bytes) -> bool:
    """UTF-16 without a mark: Latin text has a zero in every other byte."""
    pairs = len(head) // 2
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    return pairs > 4 and max(even, odd) > 0.4 * pairs and min(even, odd) == 0


def unknown(found: str) -> UnreadableDocument:
    """The refusal of a format, naming what was found and what is read."""
    return UnreadableDocument(f"it is not a format Lionrock reads (found: {found}); {READS}")
