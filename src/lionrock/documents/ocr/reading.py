"""Reading a page's picture: lines found, the page turned upright, lines read and put right."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from lionrock.documents.language import detect
from lionrock.documents.ocr import seals
from lionrock.documents.ocr.cantonese import Cantonese
from lionrock.documents.ocr.cutting import cut, is_tall, laid_flat, size_of
from lionrock.documents.ocr.detection import Floats, Picture
from lionrock.documents.ocr.lines import Line
from lionrock.documents.ocr.marks import small_marks
from lionrock.documents.ocr.networks import Networks
from lionrock.documents.ocr.ordering import in_order
from lionrock.documents.ocr.placing import placed
from lionrock.documents.ocr.recognised import Recognised
from lionrock.documents.ocr.script import put_into_traditional

_FIND_AT = 150
"""Lines are looked for at this many dots an inch; finer costs time and memory and finds no more."""

_LEAST = 0.5
"""A line less sure than this on the mean is no text: a picture's texture, a seal's rim."""

_GOOD = 0.9
_SAMPLES = 6
_COLUMN = 2.2
"""A box this many times as high as wide is no single character."""


def read_picture(
    networks: Networks, cantonese: Cantonese, picture: Picture, dpi: float
) -> Recognised:
    """See `Recogniser.page`."""
    boxes = _found(networks, picture, dpi)
    turn, lines, vertical = _upright(networks, picture, boxes)
    height, width = picture.shape[:2]
    if turn:
        picture = np.ascontiguousarray(np.rot90(picture, -turn))
        over = [_over(box, width, height) for box in boxes]
        # Of a page on its side the strips went across the lines: they are looked for again.
        boxes = over if turn == 2 else _found(networks, picture, dpi)
        lines = {}
        height, width = picture.shape[:2]
    read = {id(boxes[i]): line for i, line in lines.items()}
    marks = small_marks(networks, picture, boxes) if not vertical else []
    read |= {id(mark.cut.corners): mark for mark in marks}
    boxes += [mark.cut.corners for mark in marks]
    kept = [read.get(id(box)) or _read(networks, picture, box, vertical) for box in in_order(boxes)]
    kept = [line for line in kept if line.letters]
    kept = seals.read_through(networks, picture, kept)
    kept = [line for line in kept if line.confidence >= _LEAST]
    text = "\n".join("".join(line.text) for line in kept)
    put_into_traditional(kept, text)
    cantonese.correct(kept)
    fragments, doubtful, confidence = placed(kept, 72 / dpi, width, height)
    language = detect("\n".join(fragment.text for fragment in fragments))
    return Recognised(
        fragments, width * 72 / dpi, height * 72 / dpi, turn, confidence, doubtful, language
    )


def _found(networks: Networks, picture: Picture, dpi: float) -> list[Floats]:
    """The lines; on a page with red ink those seen without it, and the red ones."""
    scale = min(_FIND_AT / dpi, 1.0)
    small = picture
    if scale < 1:
        size = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    boxes = networks.lines(small)
    if seals.is_stamped(small):
        clean = networks.lines(seals.without_red(small))
        boxes = clean + [box for box in boxes if not any(_overlap(box, other) for other in clean)]
    return [box / scale for box in boxes]


def _overlap(a: Floats, b: Floats) -> bool:
    (ax0, ay0), (ax1, ay1) = a.min(axis=0), a.max(axis=0)
    (bx0, by0), (bx1, by1) = b.min(axis=0), b.max(axis=0)
    across, down = min(ax1, bx1) - max(ax0, bx0), min(ay1, by1) - max(ay0, by0)
    return bool(across > 0 and down > 0 and across * down > 0.2 * (ax1 - ax0) * (ay1 - ay0))


def _upright(
    networks: Networks, picture: Picture, boxes: Sequence[Floats]
) -> tuple[int, dict[int, Line], bool]:
    """Quarter turns clockwise that make the page upright, what was read to tell, and whether it is
    in vertical writing.

    The longest lines are read as they stand. Only when they read badly are other ways tried: a page
    the right way up, which most are, costs nothing. The reader knows characters that lie on their
    side, so the ways of reading a tall box are told apart by how sure it is, not by whether.
    """
    areas = [float(np.prod(size_of(box))) for box in boxes]
    tall = [is_tall(box) for box in boxes]
    sideways = 2 * sum(a for a, t in zip(areas, tall, strict=True) if t) > sum(areas)
    chosen = sorted((i for i in range(len(boxes)) if tall[i] == sideways), key=lambda i: -areas[i])[
        :_SAMPLES
    ]
    if sideways:
        ways = {turn: [_line(networks, picture, boxes[i], turn) for i in chosen] for turn in (1, 3)}
        ways[0] = [_column(networks, picture, boxes[i]) for i in chosen]
        best = max(ways, key=lambda turn: _mean(ways[turn]))
        return best, dict(zip(chosen, ways[0], strict=True)), best == 0
    read = [_line(networks, picture, boxes[i], 0) for i in chosen]
    turn = 0
    if chosen and _mean(read) < _GOOD:
        over = [_line(networks, picture, boxes[i], 2) for i in chosen]
        turn = 2 if _mean(over) > _mean(read) + 0.05 else 0
    return turn, dict(zip(chosen, read, strict=True)), False


def _mean(lines: Sequence[Line]) -> float:
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / letters if letters else 0.0


def _line(networks: Networks, picture: Picture, box: Floats, turn: int) -> Line:
    part = cut(picture, box, turn)
    return Line(part, networks.read(part.picture))


def _column(networks: Networks, picture: Picture, box: Floats) -> Line:
    flat = laid_flat(cut(picture, box))
    return Line(flat, networks.read(flat.picture))


def _read(networks: Networks, picture: Picture, box: Floats, vertical: bool) -> Line:
    """The line as it reads best: a tall box may hold one narrow character, a column of
    characters, or a line on its side."""
    width, height = size_of(box)
    found = []
    if height < _COLUMN * width:
        found.append(_line(networks, picture, box, 0))
        if not is_tall(box) or found[0].confidence >= _GOOD:
            return found[0]
    found.append(_column(networks, picture, box))
    if not vertical or found[-1].confidence < _GOOD:
        found += [_line(networks, picture, box, turn) for turn in (3, 1)]
    return max(found, key=lambda line: line.confidence)


def _over(box: Floats, width: int, height: int) -> Floats:
    """The corners on the page turned upside down, again clockwise from the upper left."""
    return np.roll(np.array([width, height], np.float32) - box, 2, axis=0).astype(np.float32)
