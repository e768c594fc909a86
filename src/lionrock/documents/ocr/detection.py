"""From a map of probabilities to the corners of lines (DB's post-processing)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""RGB: height × width × 3."""

Floats = npt.NDArray[np.float32]

_LINK = 0.3  # least probability of a pixel to belong to a line
_SURE = 0.5  # least mean of a line's pixels
_GROW = 1.6  # a line's core is grown by area * this / perimeter
_LEAST_SIDE = 3.0
_MOST_LINES = 3000
_GRID = 32  # the network halves its input five times
_AREA = 480 * 1024  # pixels of a strip, which take 150 MB while it is looked at
_WIDEST = 2048
_OVERLAP = 96


def in_tiles(picture: Picture, chances: Callable[[Picture], Floats]) -> Floats:
    """The map of the whole picture, made strip by strip: memory follows the strip, not the page."""
    height, width = picture.shape[:2]
    whole = np.zeros((height, width), np.float32)
    wide = min(width, _WIDEST)
    for left, right in _cuts(width, wide):
        for top, bottom in _cuts(height, max(_AREA // wide, 3 * _OVERLAP)):
            tile = picture[top:bottom, left:right]
            below, beside = -tile.shape[0] % _GRID, -tile.shape[1] % _GRID
            if below or beside:
                edge = ((0, below), (0, beside), (0, 0))
                tile = np.pad(tile, edge, mode="edge")
            part = chances(tile)[: bottom - top, : right - left]
            # Near a cut both tiles see half a line: each is believed up to the overlap's middle.
            y, x = _OVERLAP // 2 if top else 0, _OVERLAP // 2 if left else 0
            whole[top + y : bottom, left + x : right] = part[y:, x:]
    return whole


def _cuts(length: int, most: int) -> Iterator[tuple[int, int]]:
    """Stretches of at most so much that overlap."""
    if length <= most:
        yield 0, length
        return
    count = -(-(length - _OVERLAP) // (most - _OVERLAP))
    step = -(-(length - _OVERLAP) // count)
    for i in range(count):
        yield i * step, min(i * step + step + _OVERLAP, length)


def corners(chances: Floats) -> list[Floats]:
    """Four points (x, y) a line: upper left, upper right, lower right, lower left."""
    mask = cv2.dilate((chances > _LINK).astype(np.uint8), np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines[:_MOST_LINES]:
        middle, (a, b), angle = cv2.minAreaRect(outline)
        if min(a, b) < _LEAST_SIDE:
            continue
        if _mean(chances, outline[:, 0].astype(np.int32)) < _SURE:
            continue
        grow = a * b * _GROW / (a + b)  # on both sides of each axis: 2 * area * ratio / perimeter
        grown = cv2.boxPoints((middle, (a + grow, b + grow), angle))
        limit = np.array([chances.shape[1] - 1, chances.shape[0] - 1], np.float32)
        found.append(_ordered(np.clip(grown, 0, limit)))
    return found


def _ordered(points: npt.NDArray[np.floating]) -> Floats:
    left, right = np.split(points[np.argsort(points[:, 0], kind="stable")], 2)
    (a, d), (b, c) = (side[np.argsort(side[:, 1], kind="stable")] for side in (left, right))
    return np.array([a, b, c, d], np.float32)


def _mean(chances: Floats, outline: npt.NDArray[np.int32]) -> float:
    x0, y0 = outline.min(axis=0)
    x1, y1 = outline.max(axis=0)
    mask = np.zeros((y1 - y0 + 1, x1 - x0 + 1), np.uint8)
    cv2.fillPoly(mask, [outline - [x0, y0]], [1])
    return float(cv2.mean(chances[y0 : y1 + 1, x0 : x1 + 1], mask)[0])
