"""Boxes found in any order come in that of reading."""

from __future__ import annotations

import random

import numpy as np

from lionrock.documents.ocr.detection import in_tiles
from lionrock.documents.ocr.ordering import in_order


def box(x: float, y: float, width: float, height: float = 20) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def read(boxes: list[np.ndarray]) -> list[tuple[int, int]]:  # type: ignore[type-arg]
    mixed = list(boxes)
    random.Random(4).shuffle(mixed)
    return [(int(b[0, 0]), int(b[0, 1])) for b in in_order(mixed)]


def places(boxes: list[np.ndarray]) -> list[tuple[int, int]]:  # type: ignore[type-arg]
    return [(int(b[0, 0]), int(b[0, 1])) for b in boxes]


def test_rows_come_from_the_top_each_from_the_left_though_not_quite_level() -> None:
    rows = [box(x, 40 * n + (x % 3), 80) for n in range(6) for x in (10, 200, 401)]
    assert read(rows) == places(rows)


def test_a_table_is_read_by_rows() -> None:
    rows = [box(x, 40 * n, w) for n in range(12) for x, w in ((10, 200), (400, 60), (520, 60))]
    assert read(rows) == places(rows)


def test_columns_under_a_title_are_read_one_after_the_other() -> None:
    title, foot = box(10, 0, 800), box(10, 600, 780)
    left = [box(10, 60 + 40 * n, 380) for n in range(8)]
    right = [box(430, 60 + 40 * n, 370) for n in range(8)]
    assert read([title, *left, *right, foot]) == places([title, *left, *right, foot])


def test_a_page_is_looked_at_in_strips_that_leave_no_gap() -> None:
    page = np.random.default_rng(1).integers(0, 255, (1500, 1300, 3), np.uint8)
    areas = []

    def chances(tile: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        assert tile.shape[0] % 32 == tile.shape[1] % 32 == 0
        areas.append(tile.shape[0] * tile.shape[1])
        return tile[:, :, 0].astype(np.float32)

    assert (in_tiles(page, chances) == page[:, :, 0]).all()
    assert max(areas) < 800_000
