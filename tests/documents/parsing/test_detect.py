"""What a file is taken for, and what is refused by name."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from lionrock.documents.parsing.detect import Format, detect
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.packing import message, ole, opendocument, presentation
from tests.documents.parsing.packing import zipped as archive


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
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0", "found: media such as WAV"),
        (b"{\\rtf1 text}", "found: application/rtf"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "damaged: not a complete Office or Outlook",
        ),
        (
            ole({"WordDocument": b"x"}),
            r"Word document, \.doc, of before 2007; open it and save it as DOCX",
        ),
        (
            ole({"Workbook": b"x"}),
            r"Excel workbook, \.xls, of before 2007; open it and save it as XLSX",
        ),
        (ole({"PowerPoint Document": b"x"}), r"\.ppt, of before 2007; open it and save it as PPTX"),
        (ole({"Contents": b"x"}), "an Office file of before 2007"),
        (bytes(range(256)) * 4, "found: application/octet-stream"),
    ],
)
def test_other_formats_are_refused_by_name(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason):
        detect(written(tmp_path, data), "a.pdf")


def test_a_password_protected_office_file_is_refused_as_such(tmp_path: Path) -> None:
    data = ole({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})
    with pytest.raises(UnreadableDocument, match="password-protected"):
        detect(written(tmp_path, data), "a.docx")


def test_the_refusal_names_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"\.xlsb.*it reads PDF, DOCX, XLSX, PPTX, ODT"):
        detect(zipped(tmp_path, "xl/workbook.bin"), "a.xlsb")


def test_presentations_opendocument_messages_and_archives_are_told_by_what_they_hold(
    tmp_path: Path,
) -> None:
    def found(data: bytes, name: str = "a.bin") -> Format:
        return detect(written(tmp_path, data), name)

    assert found(presentation([])) is Format.PPTX
    assert found(opendocument("text", "")) is Format.ODT
    assert found(opendocument("spreadsheet", "")) is Format.ODS
    assert found(opendocument("presentation", "")) is Format.ODP
    assert found(ole(message({}))) is Format.MSG
    assert found(archive({"a.txt": "x"})) is Format.ZIP
    assert found(b"PK\x05\x06" + bytes(18)) is Format.ZIP


@pytest.mark.parametrize(
    ("head", "name", "is_mail"),
    [
        (b"From: a@b\r\nTo: c@d\r\nSubject: x\r\n\r\n", "a.txt", True),
        (b"Received: from x\r\n by y\r\nX-Odd: 1\r\nDate: today\r\n\r\n", "a", True),
        (b"Subject: x\r\nFrom: a@b\r\n\r\n", "a.eml", True),
        (b"From someone Mon\nSubject: x\nFrom: a@b\n\n", "a.eml", True),
        (b"Subject: x\nFrom: a@b\n\nA memo.", "memo.txt", False),
        (b"To: all staff\nSubject: leave\nThe rest is prose.\nDate: none", "memo.txt", False),
        (b"Date: a diary\nentry\n", "a.eml", False),
    ],
)
def test_a_message_is_told_by_its_headers(
    tmp_path: Path, head: bytes, name: str, is_mail: bool
) -> None:
    assert detect(written(tmp_path, head), name) is (Format.EML if is_mail else Format.TEXT)


def test_a_file_made_to_be_two_things_is_read_as_one(tmp_path: Path) -> None:
    pdf, packed = b"%PDF-1.7\n", archive({"a.txt": "x"})
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w") as made:
        made.writestr("a.pdf", pdf)
    assert detect(written(tmp_path, pdf + packed), "a.zip") is Format.PDF
    assert detect(written(tmp_path, stored.getvalue()), "a.pdf") is Format.ZIP
    assert detect(written(tmp_path, b"<html>" + pdf), "a.html") is Format.PDF
    assert detect(written(tmp_path, b"<html>" + b" " * 1100 + pdf), "a.pdf") is Format.HTML


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Format.PNG),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", Format.JPEG),
        (b"II*\0\x08\0\0\0", Format.TIFF),
        (b"MM\0*\0\0\0\x08", Format.TIFF),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Format.WEBP),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0", Format.BMP),
        (b"GIF89a\x01\0\x01\0\x80\0\0", Format.GIF),
        (b"BMW and Mercedes are makers of cars.", Format.TEXT),
    ],
)
def test_pictures_are_told_by_their_first_bytes(
    tmp_path: Path, data: bytes, expected: Format
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    assert detect(path, "a.pdf") is expected
