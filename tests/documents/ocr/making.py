"""Pages drawn for the tests, in the one font that the product brings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HONG_KONG = 4
"""Index of Noto Sans CJK HK in its collection."""


@cache
def font(size: int) -> Any:
    package = find_spec("noto_cjk_sans_otc")
    assert package is not None and package.origin is not None
    path = Path(package.origin).parent / "NotoSansCJK-Regular.ttc"
    return ImageFont.truetype(str(path), size, index=HONG_KONG)


def sheet(
    lines: Sequence[str], *, size: int = 26, width: int = 1000, left: int = 80, top: int = 80
) -> Image.Image:
    """Lines of text, black on white, as at 150 dpi."""
    picture = Image.new("RGB", (width, 2 * top + 2 * size * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        draw.text((left, top + 2 * size * i), line, fill="black", font=font(size))
    return picture


def pixels(picture: Image.Image) -> np.ndarray[Any, Any]:
    return np.array(picture.convert("RGB"))
