"""What kinds of files are called on pages."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "application/pdf": "PDF", "text/html": "HTML", "text/markdown": "Markdown", "text/csv": "CSV",
    "text/plain": "TXT", "application/xml": "XML", "message/rfc822": "EML", "application/zip": "ZIP",
    "application/hklm+xml": "HKLM", "image/png": "PNG", "image/jpeg": "JPEG", "image/tiff": "TIFF",
    "image/webp": "WebP", "image/bmp": "BMP", "image/gif": "GIF",
    "application/vnd.ms-outlook": "MSG", "application/rtf": "RTF",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.oasis.opendocument.presentation": "ODP",
}  # fmt: skip
"""What kinds of files are called, in every language."""
