"""The embedding process: `python -m lionrock.models.embedding_child WEIGHTS THREADS`.

Answers the frames on its standard input (`embedding_frames`) until that ends. It has no state but
the model: on any error it exits, with a traceback that never holds the texts on standard error,
and its parent starts another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import onnxruntime

from lionrock.kernel.processes import dies_with_parent
from lionrock.models.e5 import Floats, PackedModel, Tokenizer
from lionrock.models.e5_graph import encoder
from lionrock.models.embedding_frames import LENGTH, Kind, frame, unpack_texts


class Encoder:
    """The model in memory. `threads` is the number of cores one batch may use."""

    def __init__(self, weights: Path, threads: int) -> None:
        self._model = PackedModel(weights)
        self._tokenizer = Tokenizer(self._model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the core from whoever else has work to do.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            encoder(self._model), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, kind: Kind, texts: Sequence[str]) -> Floats:
        """One batch: float32 (len(texts), hidden), each row of length 1."""
        rows = [self.tokens(kind, text) for text in texts]
        ids = np.full((len(rows), max(map(len, rows))), self._model.padding_id, np.int64)
        mask = np.zeros(ids.shape, np.float32)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        inputs = {"words": self._model.word_vectors(ids), "mask": mask}
        vectors: Floats = self._session.run(["vectors"], inputs)[0]
        return vectors

    def tokens(self, kind: Kind, text: str) -> list[int]:
        """The ids the model reads: e5 was trained with the kind in front of each text."""
        return self._tokenizer.ids(f"{kind}: {text}")


def serve(model: Encoder, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer frames until the input ends."""
    _send(answers, b"")
    while header := requests.read(LENGTH.size):
        kind, texts = unpack_texts(requests.read(*LENGTH.unpack(header)))
        _send(answers, model.encode(kind, texts).astype("<f4").tobytes())


def _send(answers: BinaryIO, content: bytes) -> None:
    answers.write(frame(content))
    answers.flush()


def main() -> None:
    dies_with_parent()
    weights, threads = sys.argv[1:]
    # A library that prints must not write into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(Encoder(Path(weights), int(threads)), sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
