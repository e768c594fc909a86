from __future__ import annotations

import pytest

from lionrock.documents.ocr import Recogniser


@pytest.fixture(scope="package")
def recogniser() -> Recogniser:
    return Recogniser()
