"""The embedded engine, checked with the small model as an operator would check any other."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.gateway.conformance import CHECKS, Target, Verdict, check, line
from lionrock.gateway.conformance.probe import Patience
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.conformance.running import verdicts

CONTEXT = 1024
UNHURRIED = Patience(freed=60, stuck=90)
"""How soon it is free again is said by the check, not by this test."""


@pytest.fixture
async def engine(small_model_weights: Path) -> AsyncIterator[LocalEngine]:
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        local = LocalEngine(
            small_model_weights,
            name="small",
            context=CONTEXT,
            threads=1,
            runtime_dir=Path(directory),
        )
        await local.start()
        yield local
        await local.stop()


@pytest.mark.model
async def test_the_embedded_engine_passes_all_that_applies(engine: LocalEngine) -> None:
    target = Target(f"unix:{engine._socket}", key=engine._key, context=CONTEXT, at_once=1)
    found = {one.check: one async for one in check(target, patience=UNHURRIED)}
    print("\n".join(map(line, found.values())))
    assert list(found) == ["models", *CHECKS]
    assert verdicts(found, Verdict.FAIL) == set()
    assert verdicts(found, Verdict.COULD_NOT_TELL) == set()
    assert verdicts(found, Verdict.NOT_APPLICABLE) == {"tools", "embeddings", "priority"}
