"""`python -m lionrock.kernel.confined lionrock.assist.sentiment.training_child`: train one classifier.

On standard input an npz of `texts` (JSON, as bytes), `labels` and, with an embedder, `vectors`; on
standard output the npz of the weights, after a line of JSON: what was measured. Nothing else is kept.
"""

from __future__ import annotations

import io
import json
import sys

import numpy as np

from lionrock.assist.sentiment.training import train


def main() -> None:
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as given:
        texts = json.loads(given["texts"].tobytes())
        labels, embedder = given["labels"].tolist(), str(given["embedder"])
        vectors = given["vectors"] if embedder else None
    classifier, measured = train(texts, labels, vectors, embedder)
    sys.stdout.buffer.write(json.dumps(measured).encode() + b"\n" + classifier.packed())


if __name__ == "__main__":
    main()
