"""The two networks of PP-OCRv6 small: where lines are, and what a line says.

The weights come in the `rapidocr` wheel (Apache-2.0; Baidu's PaddleOCR, converted) and are opened
there as files. Its Python code is not imported: it brings a downloader, and several times the
memory. Their surroundings follow Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization" (2020), and rapidocr's constants.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from lionrock.documents.ocr.detection import Floats, Picture, corners, in_tiles
from lionrock.errors import Unavailable

STEP = 8
"""Pixels of a line's width for one step of the reader's answer."""

HEIGHT = 48
"""Pixels to which a line's height is brought."""

_WIDEST = 4096
_CHOICES = 5
_FEATURES = "p2o.pd_op.transpose.8.0"
"""What the reader's last layer, which tells characters apart, is given."""


@dataclass(slots=True)
class Letter:
    """One character as read: where its middle stands along the line's picture in pixels, what it
    may be with the probability of each, best first, and the features that was decided from."""

    at: float
    choices: list[tuple[str, float]]
    features: Floats


class Networks:
    """Both networks, loaded. Opens no file afterwards."""

    def __init__(self, threads: int) -> None:
        cv2.setNumThreads(1)
        onnxruntime.disable_telemetry_events()
        folder = models()
        self._detector = _session((folder / "PP-OCRv6_det_small.onnx").read_bytes(), threads)
        reader = (folder / "PP-OCRv6_rec_small.onnx").read_bytes()
        self._reader = _session(reader + _one_more_output(_FEATURES), threads)
        listed = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.characters = ["", *listed, " "]

    def read(self, line: Picture) -> list[Letter]:
        """Read one line, cut out and level. Repeated steps are one character, class 0 is none:
        the best path of CTC (Graves et al. 2006)."""
        height, width = line.shape[:2]
        wide = min(max(round(width * HEIGHT / height / STEP), 2) * STEP, _WIDEST)
        small: Picture = np.asarray(cv2.resize(line, (wide, HEIGHT)), np.uint8)
        chances, features = (out[0] for out in self._reader.run(None, {"x": _normal(small)}))
        best = chances.argmax(axis=1)
        starts = np.flatnonzero(np.diff(best, prepend=0))
        letters = []
        for start, end in zip(starts, [*starts[1:], len(best)], strict=False):
            if best[start]:
                peak = start + int(chances[start:end, best[start]].argmax())
                at = float(start + end) / 2 * width / len(best)
                letters.append(Letter(at, self._choices(chances[peak]), features[peak]))
        return letters

    def _choices(self, chances: Floats) -> list[tuple[str, float]]:
        most = np.argpartition(chances, -_CHOICES)[-_CHOICES:]
        most = most[np.argsort(-chances[most])]
        return [(self.characters[i], float(chances[i])) for i in most if i]

    def lines(self, picture: Picture) -> list[Floats]:
        """The corners of each line: four points (x, y), the first at the upper left, clockwise."""
        return corners(in_tiles(picture, self._chances))

    def _chances(self, tile: Picture) -> Floats:
        chances: Floats = self._detector.run(None, {"x": _normal(tile)})[0][0, 0]
        return chances


def models() -> Path:
    """The folder of the weights. Raises Unavailable where the package is not installed."""
    package = importlib.util.find_spec("rapidocr")
    if package is None or package.origin is None:
        raise Unavailable("OCR needs the package rapidocr, which holds its weights: install it.")
    return Path(package.origin).parent / "models"


def _session(model: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _one_more_output(name: str) -> bytes:
    """Appended to a serialised ONNX model, makes an inner value an output: protobuf merges messages
    that are concatenated. ModelProto.graph is field 7, GraphProto.output 12, its name 1."""
    encoded = name.encode()
    for field in (1, 12, 7):
        encoded = bytes([*_varint(field << 3 | 2), *_varint(len(encoded))]) + encoded
    return encoded


def _varint(number: int) -> list[int]:
    return [number] if number < 128 else [number % 128 + 128, *_varint(number // 128)]


def _normal(picture: Picture) -> Floats:
    """A batch of one, blue first, from -1 to 1: what both networks were trained on."""
    planes = picture[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    planes /= 127.5
    planes -= 1
    return planes
