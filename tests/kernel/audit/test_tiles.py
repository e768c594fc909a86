from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import NotVerified
from lionrock.kernel.audit import tiles
from lionrock.kernel.audit.tiles import Tile, decode_entries, encode_entries
from tests.kernel.audit.trees import Memory, entries


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 1234067), "tile/1/x001/x234/067"),
        (Tile(None, 1000), "tile/entries/x001/000"),
        (Tile(2, 5, 17), "tile/2/005.p/17"),
    ],
)
def test_paths_are_those_of_tlog_tiles(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert tiles.parse(path) == tile


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_every_path_is_read_back(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    ["tile/0/../../keys/audit.key", "tile/64/000", "tile/00/000", "tile/0/0", "tile/0/000.p/256",
     "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/x000/000", "tile/0/000/", "tile/entries/０００",
     "tile/0/001/x000", "tile/0/000\n", "checkpoint", ""],
)  # fmt: skip
def test_no_other_path_is_one(path: str) -> None:
    assert tiles.parse(path) is None


def test_a_log_of_70000_has_the_tiles_the_specification_names() -> None:
    of = list(tiles.tiles_of(70_000))
    assert len([t for t in of if t.level == 0 and t.width == 256]) == 273
    assert [t for t in of if t.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles.tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles.tiles_of(0)) == list(tiles.bundles_of(0)) == []


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 66_000])
def test_appending_writes_the_tiles_and_bundles_of_its_size_and_no_others(size: int) -> None:
    memory = Memory()
    memory.append(entries(size))
    expected = {t.path for t in (*tiles.tiles_of(size), *tiles.bundles_of(size))}
    assert memory.files.keys() == expected
    widths = {t.path: t.width for t in tiles.tiles_of(size)}
    assert all(len(memory.files[p]) == 32 * w for p, w in widths.items())


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entries_come_back_out_of_their_bundle(given_: list[bytes]) -> None:
    assert decode_entries(encode_entries(given_), len(given_)) == given_


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=5), st.data())
def test_a_bundle_that_is_cut_or_grown_is_refused(given_: list[bytes], data: st.DataObject) -> None:
    bundle = encode_entries(given_)
    cut = data.draw(st.integers(0, len(bundle) - 1))
    for wrong in (bundle[:cut], bundle + b"\x00", bundle + b"\x00\x00"):
        with pytest.raises(NotVerified):
            decode_entries(wrong, len(given_))


def test_an_entry_over_64_kb_is_refused() -> None:
    assert decode_entries(encode_entries([b"x" * 65_535]), 1) == [b"x" * 65_535]
    with pytest.raises(ValueError, match="65535"):
        encode_entries([b"x" * 65_536])
    with pytest.raises(ValueError, match="65535"):
        Memory().append([b"x" * 65_536])
