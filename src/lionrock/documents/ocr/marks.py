"""Marks too small for the finder of lines: the dash of an empty cell, a lone bracket or currency.

In a financial table they tell nothing from something, and a loss from a gain.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from lionrock.documents.ocr.cutting import Cut, cut, size_of
from lionrock.documents.ocr.detection import Floats, Picture
from lionrock.documents.ocr.lines import Line
from lionrock.documents.ocr.networks import Letter, Networks

_READ = frozenset("()（）$")
_MOST = 600
_SURE = 0.8
_FEATURES = 120


def small_marks(networks: Networks, picture: Picture, boxes: Sequence[Floats]) -> list[Line]:
    """Lines of one mark each, on the rows of the boxes and in none of them."""
    if len(boxes) < 2:
        return []
    high = float(np.median([min(size_of(box)) for box in boxes]))
    middles = np.array([box[:, 1].mean() for box in boxes])
    found = _blobs(picture, boxes, high)
    lines: list[Line] = []
    for x, y, width, height in found[:_MOST]:
        if np.abs(middles - (y + height / 2)).min() > 0.3 * high:
            continue
        if _is_dash(width, height, high):
            if _alone(found, x, y, width, high):
                lines.append(_dash(picture, x, y, width, height, high))
        elif 0.5 * high <= height <= 1.1 * high and 0.08 * high <= width <= 0.5 * high:
            line = _read(networks, picture, x, y, width, height, high)
            if "".join(line.text).strip() in _READ and line.confidence >= _SURE:
                lines.append(line)
    return lines


def _blobs(
    picture: Picture, boxes: Sequence[Floats], high: float
) -> list[tuple[int, int, int, int]]:
    """Left, top, width, height of what is inked outside all boxes and no larger than a letter."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if ink.mean() > 0.5:
        return []  # light on dark, or a photograph
    cv2.fillPoly(ink, [box.astype(np.int32) for box in boxes], [0])
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    found: npt.NDArray[np.int32] = np.asarray(stats[1:count, :5], np.int32)
    fits = (found[:, 2] <= high) & (found[:, 3] <= 1.2 * high) & (found[:, 4] >= 4)
    return [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in found[fits]]


def _is_dash(width: int, height: int, high: float) -> bool:
    return 0.12 * high <= width <= 0.9 * high and height <= 0.2 * high and width >= 1.8 * height


def _alone(
    found: Sequence[tuple[int, int, int, int]], x: int, y: int, width: int, high: float
) -> bool:
    """No neighbour on its row: a dashed rule or the dots of a table of contents has many."""
    return not any(
        0 < abs(other[0] - x) < 2.5 * high and abs(other[1] - y) < 0.5 * high for other in found
    )


def _corners(x: float, y: float, width: float, height: float) -> Floats:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def _dash(picture: Picture, x: int, y: int, width: int, height: int, high: float) -> Line:
    # As high as its row, as a fragment of text has to be.
    corners = _corners(x, y + height / 2 - high / 2, width, high)
    letter = Letter(width / 2, [("-", 0.9)], np.zeros(_FEATURES, np.float32))
    blank: Picture = np.full((max(round(high), 1), max(width, 1), 3), 255, np.uint8)
    return Line(Cut(blank, corners), [letter])


def _read(
    networks: Networks, picture: Picture, x: int, y: int, width: int, height: int, high: float
) -> Line:
    beside = 0.25 * high
    top = y + height / 2 - 0.6 * high
    part = cut(picture, _corners(x - beside, top, width + 2 * beside, 1.2 * high))
    return Line(part, networks.read(part.picture))
