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
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    ODP = "application/vnd.oasis.opendocument.presentation"
    EML = "message/rfc822"
    MSG = "application/vnd.ms-outlook"
    ZIP = "application/zip"
    HKLM = "application/hklm+xml"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    WEBP = "image/webp"
    BMP = "image/bmp"
    GIF = "image/gif"
    HTML = "text/html"
    MARKDOWN = "text/markdown"
    TEXT = "text/plain"


CONTAINERS = (Format.EML, Format.MSG, Format.ZIP)
"""The formats whose files hold files, which become documents of their own."""

IMAGES = (Format.PNG, Format.JPEG, Format.TIFF, Format.WEBP, Format.BMP, Format.GIF)
"""The formats of pictures, whose text is recognised."""

READS = (
    "it reads PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, EML, MSG, HTML, Hong Kong e-Legislation "
    "XML, Markdown, plain text, PNG, JPEG, TIFF, WebP, BMP and GIF, and ZIP archives of these"
)

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What an Office program before 2007 calls its stream, and what to save its files as.
_OLD_OFFICE = (("WordDocument", "Word document, .doc", "DOCX"), ("Workbook", "Excel workbook, .xls", "XLSX"),
               ("Book", "Excel workbook, .xls", "XLSX"),
               ("PowerPoint Document", "PowerPoint presentation, .ppt", "PPTX"))  # fmt: skip
_OPENDOCUMENT = {f.value: f for f in (Format.ODT, Format.ODS, Format.ODP)}
_IMAGES = ((b"\x89PNG\r\n\x1a\n", Format.PNG), (b"\xff\xd8\xff", Format.JPEG), (b"GIF87a", Format.GIF),
           (b"GIF89a", Format.GIF),
           (b"II*\0", Format.TIFF), (b"MM\0*", Format.TIFF))  # fmt: skip
_OTHERS = (
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"Rar!", "application/x-rar"),
    (b"BZh", "application/x-bzip2"),
    (b"SQLite format 3", "application/x-sqlite3"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),
    (b"RIFF", "media such as WAV or AVI"),
    (b"OggS", "media such as Ogg"),
    (b"ID3", "audio/mpeg"),
    (b"wOF", "font/woff"),
    (b"\0\0\x01\0", "image/x-icon"),
)
_TEXTUAL_OTHERS = (b"{\\rtf", b"%!PS")
_MAIL_HEADER = re.compile(
    rb"(?:From|To|Cc|Subject|Date|Received|Message-ID|MIME-Version|Return-Path|Delivered-To|Sender"
    rb"|Reply-To|Content-Type|DKIM-Signature|Authentication-Results|ARC-[\w-]+|X-[\w-]+)[ \t]*:",
    re.IGNORECASE,
)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|[ \t]")
_LEAST_HEADERS = 3
_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_HKLM = b"//www.xml.gov.hk/schemas/hklm/"
_HTML_NAMES = (".html", ".htm", ".xhtml")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def detect(path: Path, name: str) -> Format:
    """The format of the file at `path`, which the user calls `name`.

    The first that fits holds: ZIP, OLE and pictures by their first bytes, a PDF by its mark in the first
    kilobyte, then a mail, HTML, Markdown, text. So a file made to be two things is read as one.
    Raises `UnreadableDocument` for an empty file, an encrypted one, or another format.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise UnreadableDocument("it is empty (0 bytes)")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zipped(path)
    if head.startswith(_OLE):
        return _compound(path)
    if (image := _image(head)) is not None:
        return image
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    ending = Path(name).suffix.lower()
    if _is_mail(head, ending):
        return Format.EML
    _refuse_binary(head)
    bare = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if bare.lstrip().startswith(b"<") and _HKLM in bare:
        return Format.HKLM
    if _HTML.match(bare) or (ending in _HTML_NAMES and b"<" in bare):
        return Format.HTML
    return Format.MARKDOWN if ending in _MARKDOWN else Format.TEXT


def _image(head: bytes) -> Format | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Format.WEBP
    if head[:2] == b"BM" and head[6:10] == bytes(4) and head[15:18] == bytes(3):
        return Format.BMP  # two reserved words, and the size of a header below 256
    return next((found for magic, found in _IMAGES if head.startswith(magic)), None)


def _is_mail(head: bytes, ending: str) -> bool:
    """Whether it starts with the headers of a message: three known ones, or two in an .eml."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    lines = head.splitlines()
    if lines and lines[0].startswith(b"From ") and ending == ".eml":
        del lines[0]
    known = 0
    for line in lines:
        if not line.strip() or not _FIELD.match(line):
            break
        known += bool(_MAIL_HEADER.match(line))
    return known >= (2 if ending == ".eml" else _LEAST_HEADERS)


def _zipped(path: Path) -> Format:
    # Here, not above: a PDF should not wait for zipfile to be imported.
    from lionrock.documents.parsing.archive import opened
    from lionrock.documents.parsing.zipped import NO_LIMIT

    with opened(path, NO_LIMIT) as archive:
        names = frozenset(archive.namelist())
        kind = b""
        if "mimetype" in names and "content.xml" in names:
            with archive.open("mimetype") as stream:
                kind = stream.read(100)
    if "word/document.xml" in names:
        return Format.DOCX
    if "xl/workbook.xml" in names:
        return Format.XLSX
    if "ppt/presentation.xml" in names:
        return Format.PPTX
    if kind:
        found = kind.decode("ascii", "replace").strip().removesuffix("-template")
        if found in _OPENDOCUMENT:
            return _OPENDOCUMENT[found]
        raise unknown("an OpenDocument file of another kind")
    if "xl/workbook.bin" in names:
        raise unknown("a binary Excel workbook, .xlsb; save it as XLSX")
    if "META-INF/container.xml" in names:
        raise unknown("application/epub+zip")
    return Format.ZIP


def _compound(path: Path) -> Format:
    """An OLE file: an Outlook message is read; what Office wrote before 2007 is told by name."""
    import olefile

    from lionrock.documents.parsing.archive import PASSWORD

    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = {place[0] for place in ole.listdir(streams=True, storages=True)}
    except Exception as error:  # a stranger's file: olefile raises what it meets
        raise UnreadableDocument("it is damaged: not a complete Office or Outlook file") from error
    if "EncryptedPackage" in names:
        raise UnreadableDocument(PASSWORD)
    if "__properties_version1.0" in names:
        return Format.MSG
    for stream, kind, newer in _OLD_OFFICE:
        if stream in names:
            raise unknown(f"a {kind}, of before 2007; open it and save it as {newer}")
    raise unknown("an Office file of before 2007; open it and save it as DOCX, XLSX or PPTX")


def _refuse_binary(head: bytes) -> None:
    if head.startswith(_TEXTUAL_OTHERS):
        raise unknown("application/rtf" if head.startswith(b"{") else "application/postscript")
    controls = sum(head.count(code) for code in (*range(9), 11, *range(14, 27), *range(28, 32)))
    text = not head.count(0) and controls <= len(head) // 100
    if text or head.startswith(_BYTE_ORDER_MARKS) or _is_wide(head):
        return
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
