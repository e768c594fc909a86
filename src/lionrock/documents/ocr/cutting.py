"""Cutting a line out of a page, level and in reading direction."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lionrock.documents.ocr.detection import Floats, Picture

TALL = 1.5
"""A box this many times as high as wide holds text on its side or from top to bottom."""


@dataclass(slots=True)
class Cut:
    """A line's picture, and how it was laid: `turn` quarter turns clockwise, or `cells` for
    characters that stood below one another, the upper and lower edge of each down the box."""

    picture: Picture
    corners: Floats
    turn: int = 0
    cells: list[tuple[int, int]] | None = None

    @property
    def side(self) -> int:
        """The width of a cell in the picture."""
        return int(self.picture.shape[0])


def size_of(corners: Floats) -> tuple[float, float]:
    """Width and height of a box whose corners run clockwise from the upper left."""
    a, b, c, d = corners
    return (
        float(max(np.hypot(*(a - b)), np.hypot(*(c - d)))),
        float(max(np.hypot(*(a - d)), np.hypot(*(b - c)))),
    )


def is_tall(corners: Floats) -> bool:
    width, height = size_of(corners)
    return height >= TALL * width


def cut(page: Picture, corners: Floats, turn: int = 0) -> Cut:
    """The box made level, then turned clockwise."""
    width, height = (max(round(side), 1) for side in size_of(corners))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), flat)
    level = cv2.warpPerspective(
        page, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return Cut(np.ascontiguousarray(np.rot90(level, -turn)), corners, turn)


def laid_flat(upright: Cut) -> Cut:
    """A column of characters as a line: cut between them and laid side by side."""
    column = upright.picture
    width = column.shape[1]
    cells = _cells(column)
    side = max(width, *(end - start for start, end in cells))
    line = np.full((side, side * len(cells), 3), np.median(column, axis=(0, 1)), np.uint8)
    for i, (start, end) in enumerate(cells):
        top, left = (side - (end - start)) // 2, i * side + (side - width) // 2
        line[top : top + end - start, left : left + width] = column[start:end]
    return Cut(line, upright.corners, 0, cells)


def _cells(column: Picture) -> list[tuple[int, int]]:
    """Cuts where there is least ink, about as far apart as the column is wide."""
    height, width = column.shape[:2]
    grey = cv2.cvtColor(column, cv2.COLOR_RGB2GRAY)
    _, dark = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if dark.mean() < 0.5:  # light on dark
        dark = 1 - dark
    ink = (1 - dark).sum(axis=1).astype(float)
    inked = np.flatnonzero(ink)
    if not inked.size:
        return [(0, height)]
    columns = np.flatnonzero((1 - dark).sum(axis=0))
    pitch = max(float(columns[-1] - columns[0] + 1) * 1.05, 4.0)
    cells, start, end = [], int(inked[0]), int(inked[-1]) + 1
    while end - start > 1.45 * pitch:
        low, high = start + round(0.6 * pitch), min(start + round(1.5 * pitch), end)
        away = np.abs(np.arange(low, high) - start - pitch) / pitch
        at = low + int((ink[low:high] + 0.3 * width * away).argmin())
        cells.append((start, at))
        following = inked[inked >= at]
        start = int(following[0]) if following.size else end
    if end > start:
        cells.append((start, end))
    return cells
