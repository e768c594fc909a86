"""Zip bombs and broken archives."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from lionrock.documents.parsing import archive
from lionrock.errors import UnreadableDocument


def packed(folder: Path, members: dict[str, bytes]) -> Path:
    path = folder / "made.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def test_an_honest_archive_is_read_whole(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.xml": b"x" * 1000, "b.xml": b"y"})
    assert archive.names_in(path) == {"a.xml", "b.xml"}
    assert zipfile.ZipFile(archive.checked(path)).read("b.xml") == b"y"


def test_a_bomb_is_refused_by_its_stated_size(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.xml": bytes(40 * 2**20)})
    with pytest.raises(UnreadableDocument, match="unpacks to more than 512 MB"):
        archive.names_in(path)


def test_a_bomb_that_lies_about_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 2**20)
    path = packed(tmp_path, {"a.xml": bytes(2**21)})
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 1000)  # the size the directory states
    path.write_bytes(bytes(data))
    assert archive.names_in(path) == {"a.xml"}
    with pytest.raises(UnreadableDocument, match=r"unpacks to more|cannot be unpacked"):
        archive.checked(path)


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_ENTRIES", 2)
    with pytest.raises(UnreadableDocument, match="more than 2 files"):
        archive.names_in(packed(tmp_path, {"a": b"", "b": b"", "c": b""}))


def test_an_encrypted_member_is_refused_as_password_protected(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.xml": b"x"})
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableDocument, match="password-protected"):
        archive.names_in(path)


def test_a_torn_archive_is_refused_as_damaged(tmp_path: Path) -> None:
    path = packed(tmp_path, {"a.xml": b"x" * 5000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(UnreadableDocument, match="damaged"):
        archive.names_in(path)
