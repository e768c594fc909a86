"""What a file is taken for, and what is refused by name."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lionrock.documents.parsing.detect import Format, detect
from lionrock.errors import UnreadableDocument


def written(folder: Path, data: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(folder: Path, *names: str) -> Path:
    path = folder / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return path


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (b"%PDF-1.7\n", "a.pdf", Format.PDF),
        (b"\n\n%PDF-1.4", "a.txt", Format.PDF),
        (b"<!DOCTYPE html><html></html>", "a.html", Format.HTML),
        (b"\xef\xbb\xbf  <html lang='en'>", "a.txt", Format.HTML),
        (b"<?xml version='1.0'?><html xmlns='x'>", "a", Format.HTML),
        (b"<p>a fragment</p>", "a.htm", Format.HTML),
        (b"# Title\n", "a.md", Format.MARKDOWN),
        (b"# Title\n", "a.txt", Format.TEXT),
        (b"MZ is a town; BM too", "a.txt", Format.TEXT),
        ("客戶".encode("big5"), "a.txt", Format.TEXT),
        ("客戶 text".encode("utf-16"), "a.txt", Format.TEXT),
        ("plain text without a mark".encode("utf-16-be"), "a.txt", Format.TEXT),
    ],
)
def test_the_content_tells_the_format(
    tmp_path: Path, data: bytes, name: str, found: Format
) -> None:
    assert detect(written(tmp_path, data), name) is found


def test_office_files_are_told_by_what_they_hold(tmp_path: Path) -> None:
    assert detect(zipped(tmp_path, "word/document.xml"), "a.bin") is Format.DOCX
    assert detect(zipped(tmp_path, "xl/workbook.xml"), "a.docx") is Format.XLSX


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0", "found: application/x-executable"),
        (b"MZ\x90\0\x03\0\0\0", "found: application/x-executable"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is an image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "OCR is not part of this release"),
        (b"{\\rtf1 text}", "found: application/rtf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "before 2007"),
        (bytes(range(256)) * 4, "found: application/octet-stream"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        detect(written(tmp_path, data), "a.pdf")


def test_a_password_protected_office_file_is_refused_as_such(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(UnreadableDocument, match="password-protected"):
        detect(written(tmp_path, ole), "a.docx")


def test_the_refusal_names_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"PowerPoint.*it reads PDF, DOCX, XLSX"):
        detect(zipped(tmp_path, "ppt/presentation.xml"), "a.pptx")
    with pytest.raises(UnreadableDocument, match="application/zip"):
        detect(zipped(tmp_path, "photos/one.jpg"), "a.zip")
