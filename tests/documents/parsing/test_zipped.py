"""Archives: what is listed, what is taken in, what is not and why."""

from __future__ import annotations

import stat
import struct
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from lionrock.documents.parsing import zipped as reader
from lionrock.documents.parsing.zipped import parse_zip, zip_members
from lionrock.errors import UnreadableDocument
from tests.documents.parsing.packing import written, zipped


def listed(folder: Path, data: bytes) -> list[tuple[str, str]]:
    return [(m.path, m.reason) for m in zip_members(written(folder, "a.zip", data))]


def named(name: bytes, flags: int = 0, extra: bytes = b"", data: bytes = b"text") -> bytes:
    """An archive of one stored file whose name is these bytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("x" * len(name))
        entry.extra = extra
        archive.writestr(entry, data)
    packed = bytearray(made.getvalue().replace(b"x" * len(name), name))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        packed[packed.index(mark) + at + 1] |= flags >> 8
    return bytes(packed)


def test_the_reading_copy_lists_files_sizes_and_reasons(tmp_path: Path) -> None:
    data = zipped({"a/收費.txt": "x" * 2048, "a/": "", ".DS_Store": "x", "empty.pdf": ""})
    blocks = parse_zip(written(tmp_path, "a.zip", data)).blocks
    assert [b.text for b in blocks] == [
        "Files in this archive:",
        "a/收費.txt  2.0 KB",
        "DS_Store  0.0 KB  not taken in: it is a file of the operating system, not a document",
        "empty.pdf  0.0 KB  not taken in: it is empty (0 bytes)",
        "3 files.",
    ]


@pytest.mark.parametrize(
    ("name", "flags", "extra"),
    [
        ("收費.txt".encode(), 0x800, b""),
        ("客戶收費.txt".encode("big5"), 0, b""),
        ("客户收费.txt".encode("gb18030"), 0, b""),
        (b"fees.txt", 0, struct.pack("<HHBI", 0x7075, 5 + 10, 1, 0) + "收費.txt".encode()),
    ],
)
def test_names_are_read_in_whatever_they_were_packed(
    tmp_path: Path, name: bytes, flags: int, extra: bytes
) -> None:
    ((path, reason),) = listed(tmp_path, named(name, flags, extra))
    assert path in ("收費.txt", "客戶收費.txt", "客户收费.txt")
    assert not reason


@pytest.mark.parametrize(
    ("name", "path", "reason"),
    [
        ("../../etc/passwd", "_/_/etc/passwd", r"out of the archive"),
        ("a\\..\\b.txt", "a/_/b.txt", r"out of the archive"),
        ("/etc/passwd", "etc/passwd", "absolute"),
        ("C:\\a.txt", "C:/a.txt", "absolute"),
        ("__MACOSX/._a.txt", "__MACOSX/_a.txt", "operating system"),
    ],
)
def test_names_that_point_elsewhere_are_listed_and_not_taken_in(
    tmp_path: Path, name: str, path: str, reason: str
) -> None:
    ((found, why),) = listed(tmp_path, named(name.encode()))
    assert found == path
    assert reason in why


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        entry = zipfile.ZipInfo("link.txt")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert listed(tmp_path, made.getvalue()) == [
        ("link.txt", "it is a link to another file, not a file")
    ]


def test_one_encrypted_file_among_others_is_listed_as_such(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "secret", "b.txt": "open"}))
    data[data.index(b"PK\1\2") + 8] |= 1
    first, second = listed(tmp_path, bytes(data))
    assert "password-protected" in first[1]
    assert second == ("b.txt", "")
    data[data.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(UnreadableDocument, match="password-protected"):
        listed(tmp_path, bytes(data))


def test_an_archive_without_files_or_with_too_many_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreadableDocument, match="holds no files"):
        listed(tmp_path, zipped({"a/": ""}))
    monkeypatch.setattr(reader, "MOST_MEMBERS", 2)
    with pytest.raises(UnreadableDocument, match="more than 2 files; split it"):
        listed(tmp_path, zipped({f"{n}.txt": "x" for n in range(3)}))


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": "x" * 100, "b.txt": "x" * 100}))
    data[data.rindex(b"PK\1\2") + 42 : data.rindex(b"PK\1\2") + 46] = bytes(4)
    with pytest.raises(UnreadableDocument, match="entries of the archive overlap"):
        listed(tmp_path, bytes(data))


def test_a_file_that_cannot_be_unpacked_says_so_when_it_is_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": bytes(range(256)) * 40}))
    data[60:80] = bytes(20)
    (member,) = zip_members(written(tmp_path, "a.zip", bytes(data)))
    with pytest.raises(UnreadableDocument, match="cannot be unpacked"):
        list(member.chunks())
