"""The embedded llama.cpp with the small model, in a child of its own, for as long as a test needs it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lionrock.models.llamacpp import LocalEngine

CONTEXT = 1024


@asynccontextmanager
async def small_engine(weights: Path) -> AsyncIterator[LocalEngine]:
    """Started, called `small`, with CONTEXT tokens and one thread. `weights`: `small_model_weights`."""
    # A directory of a short path, as a unix socket needs.
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        engine = LocalEngine(
            weights, name="small", context=CONTEXT, threads=1, runtime_dir=Path(directory)
        )
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()
