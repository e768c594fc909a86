"""Lines under a red seal: read again with the red taken out, kept where they read better so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lionrock.documents.ocr.cutting import Cut, cut
from lionrock.documents.ocr.detection import Picture
from lionrock.documents.ocr.lines import Line
from lionrock.documents.ocr.networks import Networks

_SURE = 0.95
_SHARE = 0.01
_STAMP = 0.001


def read_through(networks: Networks, page: Picture, lines: Sequence[Line]) -> list[Line]:
    """The lines; those with red ink in them and in doubt as they read best."""
    return [_better(networks, page, line) for line in lines]


def _better(networks: Networks, page: Picture, line: Line) -> Line:
    part = line.cut
    if line.confidence >= _SURE or part.cells is not None or _red(part.picture).mean() < _SHARE:
        return line
    flat = cut(page, part.corners, part.turn)
    clean = Cut(without_red(flat.picture), part.corners, part.turn)
    again = Line(clean, networks.read(clean.picture))
    better = len(again.text) >= 0.6 * len(line.text) and again.confidence > line.confidence
    return again if better else line


def without_red(picture: Picture) -> Picture:
    """Red ink reflects red light as paper does: seen through a red filter it is gone, black ink is
    not."""
    seen = picture[:, :, 0].copy()
    return np.repeat(seen[:, :, None], 3, axis=2)


def is_stamped(picture: Picture) -> bool:
    """Whether there is red ink enough for a seal."""
    return bool(_red(picture[::2, ::2]).mean() >= _STAMP)


def _red(picture: Picture) -> Picture:
    red, green, blue = (picture[:, :, i].astype(np.int16) for i in range(3))
    return (red > 100) & (red - np.maximum(green, blue) > 45)  # type: ignore[return-value]
