from __future__ import annotations

from pathlib import Path

import pytest

from lionrock.models.unfinished import Unfinished


@pytest.fixture
def begun(tmp_path: Path) -> Unfinished:
    unfinished = Unfinished.of(tmp_path, "a source and a hash")
    unfinished.directory.mkdir()
    return unfinished


def test_nothing_is_joined_at_first(begun: Unfinished) -> None:
    assert begun.joined() == (0, 0)
    assert begun.bytes == 0


def test_what_was_recorded_is_found_again(begun: Unfinished) -> None:
    begun.data.write_bytes(bytes(100))
    begun.record(3, 90)
    assert Unfinished.of(begun.directory.parent, "a source and a hash").joined() == (3, 90)


def test_a_record_of_more_than_there_is_does_not_count(begun: Unfinished) -> None:
    begun.data.write_bytes(bytes(89))
    begun.record(3, 90)
    assert begun.joined() == (0, 0)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"parts": "x", "bytes": 1}', "null"])
def test_a_damaged_record_does_not_count(begun: Unfinished, text: str) -> None:
    begun.data.write_bytes(bytes(100))
    (begun.directory / "joined.json").write_text(text)
    assert begun.joined() == (0, 0)


def test_claiming_drops_what_other_sources_left(begun: Unfinished) -> None:
    begun.data.write_bytes(b"mine")
    other = Unfinished.of(begun.directory.parent, "another")
    other.directory.mkdir()
    other.data.write_bytes(b"theirs")
    begun.claim()
    assert not other.directory.exists()
    assert begun.data.read_bytes() == b"mine"
