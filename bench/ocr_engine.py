"""One engine of bench/ocr.py in a process of its own: paths of pictures in, lines found out.

It imports nothing that is not needed to read, so that its memory is that of reading.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

DPI = 150

Piece = tuple[float, float, str]
"""Left edge, middle and text of a line found, in pixels."""


def ours() -> Callable[[Any], tuple[list[Piece], dict[str, Any]]]:
    from lionrock.documents.ocr import Recogniser

    recogniser = Recogniser()

    def read(picture: Any) -> tuple[list[Piece], dict[str, Any]]:
        found = recogniser.page(picture, DPI)
        scale = DPI / 72
        pieces = [(f.x0 * scale, f.middle * scale, f.text) for f in found.fragments]
        corrected = sum(bool(doubt.read) for doubt in found.doubtful)
        return pieces, {"turn": found.turn, "sure": found.confidence, "corrected": corrected}

    return read


def peer() -> Callable[[Any], tuple[list[Piece], dict[str, Any]]]:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(picture: Any) -> tuple[list[Piece], dict[str, Any]]:
        found = engine(picture[:, :, ::-1])
        boxes = found.boxes if found.boxes is not None else []
        texts = zip(boxes, found.txts or (), strict=True)
        return [(float(b[:, 0].min()), float(b[:, 1].mean()), t) for b, t in texts], {}

    return read


def serve(name: str) -> None:
    """Read pictures whose paths come on standard input."""
    read = {"ours": ours, "rapidocr": peer}[name]()
    for line in sys.stdin:
        picture = np.array(Image.open(line.strip()).convert("RGB"))
        started, wall = time.process_time(), time.monotonic()
        pieces, more = read(picture)
        more |= {"cpu": time.process_time() - started, "wall": time.monotonic() - wall}
        more["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps([pieces, more]), flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
