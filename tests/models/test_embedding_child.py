from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from lionrock.models.embedding_child import Encoder, serve
from lionrock.models.embedding_frames import frame, pack_texts
from tests.models.tiny_e5 import TinyE5, make_tiny_e5


@pytest.fixture(scope="module")
def tiny_e5(tmp_path_factory: pytest.TempPathFactory) -> TinyE5:
    return make_tiny_e5(tmp_path_factory.mktemp("weights"))


def test_frames_are_answered_in_order_until_the_input_ends(tiny_e5: TinyE5) -> None:
    model = Encoder(tiny_e5.path, threads=1)
    requests = [("query", ["abc"]), ("passage", ["客戶", "z"])]
    asked = b"".join(
        frame(pack_texts(kind, [text.encode() for text in texts])) for kind, texts in requests
    )
    answers = BytesIO()
    serve(model, BytesIO(asked), answers)
    vectors = [model.encode(kind, texts) for kind, texts in requests]
    ready = frame(b"")
    assert answers.getvalue() == ready + b"".join(frame(v.tobytes()) for v in vectors)
    assert [v.shape for v in vectors] == [(1, 32), (2, 32)]
    assert all(np.allclose(np.linalg.norm(v, axis=1), 1) for v in vectors)
