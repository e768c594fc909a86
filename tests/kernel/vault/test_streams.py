from __future__ import annotations

import os
from io import BytesIO
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.errors import SealBroken
from lionrock.kernel.vault import streams
from lionrock.kernel.vault.sealing import DataKey

KEY = DataKey(uuid4(), os.urandom(8), os.urandom(32))
SEGMENT = 64
SEALED = SEGMENT + 28


@pytest.fixture(autouse=True, scope="module")
def small_segments():  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "SEGMENT", SEGMENT)
        yield


def sealed(data: bytes, row: str = "v", pieces: int = 7) -> bytes:
    file = BytesIO()
    writer = streams.SealingWriter(file, KEY, "files", row, "content")
    for start in range(0, len(data), pieces):
        writer.write(data[start : start + pieces])
    writer.finish()
    return file.getvalue()


def opened(kept: bytes, row: str = "v", column: str = "content") -> bytes:
    return b"".join(streams.opened(BytesIO(kept), KEY, "files", row, column))


def segments(kept: bytes) -> list[bytes]:
    body = kept[streams.HEAD :]
    return [body[i : i + SEALED] for i in range(0, len(body), SEALED)]


def joined(kept: bytes, parts: list[bytes]) -> bytes:
    return kept[: streams.HEAD] + b"".join(parts)


@given(st.binary(max_size=5 * SEGMENT), st.integers(1, 200))
def test_a_file_of_any_length_comes_back(data: bytes, pieces: int) -> None:
    assert opened(sealed(data, pieces=pieces)) == data


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT])
def test_a_file_at_the_edge_of_a_segment_comes_back(size: int) -> None:
    data = os.urandom(size)
    assert opened(sealed(data)) == data
    assert len(segments(sealed(data))) == max(1, -(-size // SEGMENT))


@pytest.mark.parametrize("size", [0, 10, SEGMENT, 3 * SEGMENT, 3 * SEGMENT + 5])
def test_a_file_cut_off_anywhere_is_refused(size: int) -> None:
    kept = sealed(os.urandom(size))
    for length in range(len(kept)):
        with pytest.raises(SealBroken):
            opened(kept[:length])


def test_segments_dropped_swapped_or_repeated_are_refused() -> None:
    kept = sealed(os.urandom(4 * SEGMENT))
    a, b, c, d = segments(kept)
    for parts in (
        [b, a, c, d],
        [a, c, d],
        [a, b, b, d],
        [a, a, b, c, d],
        [a, b, c],
        [d],
        [a, b, c, d, d],
    ):
        with pytest.raises(SealBroken, match="changed, cut off"):
            opened(joined(kept, parts))


def test_a_segment_of_another_file_under_the_same_key_is_refused() -> None:
    one, other = sealed(os.urandom(2 * SEGMENT)), sealed(os.urandom(2 * SEGMENT))
    with pytest.raises(SealBroken):
        opened(joined(one, [segments(one)[0], segments(other)[1]]))


def test_a_file_in_the_place_of_another_is_refused() -> None:
    kept = sealed(b"of version v", "v")
    with pytest.raises(SealBroken):
        opened(kept, row="w")
    with pytest.raises(SealBroken):
        opened(kept, column="reading copy")


@given(st.integers(0, 10**6), st.integers(0, 7))
def test_a_changed_bit_is_refused(place: int, bit: int) -> None:
    kept = bytearray(sealed(b"x" * (2 * SEGMENT + 9)))
    kept[place % len(kept)] ^= 1 << bit
    with pytest.raises(SealBroken):
        opened(bytes(kept))


def test_no_more_than_a_segment_is_held_while_sealing() -> None:
    file = BytesIO()
    writer = streams.SealingWriter(file, KEY, "files", "v", "content")
    for n in range(1, 100):
        writer.write(bytes(10))
        assert n * 10 - (file.tell() // SEALED) * SEGMENT <= SEGMENT + 10
