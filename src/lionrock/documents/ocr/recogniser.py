"""The recogniser: a picture of a page in, fragments out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lionrock.documents.ocr.recognised import Recognised

if TYPE_CHECKING:
    from lionrock.documents.ocr.detection import Picture


class Recogniser:
    """Holds the models of one process, about 190 MB of memory. Offline: it opens no file after
    `__init__`, and never a socket. Not safe for threads.

    onnxruntime and OpenCV are imported when it is made and not before, so that a document with
    text never waits for them. Raises `Unavailable` where the package with the weights is missing.
    """

    def __init__(self, threads: int = 1) -> None:
        from lionrock.documents.ocr.cantonese import Cantonese
        from lionrock.documents.ocr.networks import Networks

        self._networks = Networks(threads)
        self._cantonese = Cantonese()

    def page(self, image: Picture, dpi: float) -> Recognised:
        """Read `image`, an RGB array (height, width, 3) of a page at `dpi` pixels an inch."""
        from lionrock.documents.ocr.reading import read_picture

        return read_picture(self._networks, self._cantonese, image, dpi)
