"""Training in a process of its own, without a network: it takes memory and minutes that the server keeps."""

from __future__ import annotations

import asyncio
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

import numpy as np

from lionrock.assist.sentiment.classifier import Classifier
from lionrock.assist.sentiment.features import Floats
from lionrock.errors import Unavailable
from lionrock.kernel import confined
from lionrock.kernel.processes import dies_with_parent

SECONDS: Final = 1800.0
_MODULE: Final = "lionrock.assist.sentiment.training_child"

Measures = dict[str, dict[str, float]]


async def train_apart(
    texts: Sequence[str], labels: Sequence[int], vectors: Floats | None, embedder: str
) -> tuple[bytes, Measures]:
    """The packed weights, and what each head measured. `Unavailable` where the process fails."""
    given = await asyncio.to_thread(_packed, texts, labels, vectors, embedder)
    process = await asyncio.create_subprocess_exec(
        *confined.command(_MODULE),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        preexec_fn=partial(dies_with_parent, parent=os.getpid()),
        env={k: v for k, v in os.environ.items() if not k.startswith("LIONROCK_")},
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS):
            answer, _ = await process.communicate(given)
    except TimeoutError as error:
        raise Unavailable(f"Training took longer than {SECONDS:.0f} seconds.") from error
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    head, _, weights = answer.partition(b"\n")
    if process.returncode != 0 or not weights:
        raise Unavailable("The training process failed; the server's log has the cause.")
    Classifier.unpacked(weights)
    return weights, json.loads(head)


def _packed(
    texts: Sequence[str], labels: Sequence[int], vectors: Floats | None, embedder: str
) -> bytes:
    file = io.BytesIO()
    np.savez(
        file,
        texts=np.frombuffer(json.dumps(list(texts)).encode(), np.uint8), labels=np.array(labels),
        vectors=vectors if vectors is not None else np.zeros(0, np.float32),
        embedder=np.str_(embedder if vectors is not None else ""),
    )  # fmt: skip
    return file.getvalue()
