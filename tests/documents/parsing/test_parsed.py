"""Runs packed and unpacked, boxes of slices, lines joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.documents.parsed import (
    Block,
    Box,
    ParsedDocument,
    ParsedPage,
    Run,
    Slice,
    joint,
    pack_runs,
    unpack_runs,
)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    length = draw(st.integers(1, 12))
    fraction = st.floats(0, 1)
    xs = sorted(draw(st.lists(fraction, min_size=length + 1, max_size=length + 1)))
    y0, y1 = sorted((draw(fraction), draw(fraction)))
    start = draw(st.integers(0, 10_000))
    return Run(start, start + length, y0, y1, tuple(xs))


@given(st.lists(runs(), max_size=5))
def test_packed_runs_come_back_to_within_a_hair(given_runs: list[Run]) -> None:
    back = unpack_runs(pack_runs(given_runs))
    assert [(r.start, r.end) for r in back] == [(r.start, r.end) for r in given_runs]
    for ours, theirs in zip(back, given_runs, strict=True):
        assert ours.xs == pytest.approx(theirs.xs, abs=1e-4)
        assert (ours.y0, ours.y1) == pytest.approx((theirs.y0, theirs.y1), abs=1e-4)
        assert list(ours.xs) == sorted(ours.xs)


@given(st.lists(runs(), min_size=1, max_size=3), st.data())
def test_torn_bytes_are_refused_not_misread(given_runs: list[Run], data: st.DataObject) -> None:
    packed = pack_runs(given_runs)
    cut = data.draw(st.integers(1, len(packed) - 1))
    whole = {len(pack_runs(given_runs[:k])) for k in range(len(given_runs))}
    if cut in whole:
        return
    with pytest.raises(ValueError, match="packed runs"):
        unpack_runs(packed[:cut])


def two_lines() -> ParsedPage:
    return ParsedPage(
        1,
        600,
        800,
        "one two",
        (
            Run(0, 3, 0.1, 0.12, (0.1, 0.2, 0.3, 0.4)),
            Run(4, 7, 0.13, 0.15, (0.1, 0.15, 0.2, 0.25)),
        ),
    )


def test_a_slice_over_two_lines_has_two_boxes() -> None:
    assert two_lines().boxes(1, 6) == [Box(0.2, 0.1, 0.4, 0.12), Box(0.1, 0.13, 0.2, 0.15)]


def test_a_slice_inside_one_line_has_one_box() -> None:
    assert two_lines().boxes(5, 6) == [Box(0.15, 0.13, 0.2, 0.15)]
    assert two_lines().boxes(3, 4) == []


def test_letters_set_one_below_the_other_make_one_box() -> None:
    page = ParsedPage(
        1, 600, 800, "直排", (Run(0, 1, 0.1, 0.12, (0.5, 0.52)), Run(1, 2, 0.12, 0.14, (0.5, 0.52)))
    )
    assert page.boxes(0, 2) == [Box(0.5, 0.1, 0.52, 0.14)]


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        ("the bank", "must", " "),
        ("本行須", "保存", ""),
        ("第3條", "and", " "),
        ("risk-", "based", ""),
        ("a dash -", "then", " "),
        ("and/", "or", ""),
        ("客戶，", "須", ""),
        ("end.", "Next", " "),
    ],
)
def test_lines_are_joined_as_their_script_is_written(before: str, after: str, between: str) -> None:
    assert joint(before, after) == between


def test_a_block_over_a_page_end_reads_as_one_text() -> None:
    pages = (
        ParsedPage(1, 600, 800, "records of cus-", ()),
        ParsedPage(2, 600, 800, "tomers\nNext", ()),
    )
    block = Block("paragraph", 0, "", (Slice(1, 0, 15), Slice(2, 0, 6)))
    document = ParsedDocument("t", "application/pdf", pages, (block,), None)
    assert document.text_of(block) == "records of cus-tomers"
