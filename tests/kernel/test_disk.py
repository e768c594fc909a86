from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lionrock.kernel import disk


class Stops(Exception):
    pass


def tree(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_: int) -> None:
        raise Stops

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("write", [disk.write, disk.write_soon])
def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    for data in (b"first, long", b"second"):
        write(tmp_path / "file", data)
        assert tree(tmp_path) == {"file": data}
    assert mode(tmp_path / "file") == 0o600


def test_a_public_file_is_as_open_as_the_umask_lets_it_be(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    disk.write(tmp_path / "file", b"", disk.PUBLIC)
    assert mode(tmp_path / "file") == mode(tmp_path / "usual")


def test_a_new_file_never_takes_the_place_of_one_that_is_there(tmp_path: Path) -> None:
    assert disk.write_new(tmp_path / "file", b"first")
    assert not disk.write_new(tmp_path / "file", b"second")
    assert tree(tmp_path) == {"file": b"first"}


def test_many_are_put_together_with_the_folders_they_need(tmp_path: Path) -> None:
    disk.write_all([(tmp_path / "a" / "b" / "1", b"one"), (tmp_path / "2", b"two")])
    assert tree(tmp_path) == {"a/b/1": b"one", "2": b"two"}
    assert mode(tmp_path / "a") == mode(tmp_path / "a" / "b") == 0o700


def test_of_many_none_is_put_when_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, left = os.fsync, 2

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stops
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(Stops):
        disk.write_all([(tmp_path / n, b"x") for n in "abc"])
    assert tree(tmp_path) == {}


@pytest.mark.usefixtures("full")
def test_what_cannot_be_synced_leaves_the_old_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    for write in (disk.write, disk.write_soon, disk.write_new):
        with pytest.raises(Stops):
            write(file, b"new")
    with pytest.raises(Stops), disk.replacing(file) as written:
        written.write(b"new")
    assert tree(tmp_path) == {"file": b"old"}


def test_a_file_written_in_parts_appears_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with disk.replacing(file) as written:
        written.write(b"one, ")
        written.write(b"two")
        assert not file.exists()
    assert tree(tmp_path) == {"file": b"one, two"}


def test_an_error_half_way_leaves_the_old_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"old")
    with pytest.raises(Stops), disk.replacing(file) as written:
        written.write(b"half")
        raise Stops
    assert tree(tmp_path) == {"file": b"old"}


def test_the_half_of_a_killed_writer_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half")
    with disk.replacing(tmp_path / "file") as written:
        written.write(b"whole")
    assert tree(tmp_path) == {"file": b"whole"}


def test_what_a_killed_writer_leaves_is_found_by_its_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Stops

    monkeypatch.setattr(os, "replace", killed)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Stops):
        disk.write(tmp_path / "file", b"half")
    (left,) = tmp_path.glob(disk.LEFT)
    assert left.read_bytes() == b"half"


def test_what_is_destroyed_is_overwritten_first(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"secret")
    os.link(tmp_path / "key", tmp_path / "the same blocks")
    disk.destroy(tmp_path / "key")
    disk.destroy(tmp_path / "key")
    assert list(tree(tmp_path)) == ["the same blocks"]
    assert tree(tmp_path)["the same blocks"] != b"secret"
