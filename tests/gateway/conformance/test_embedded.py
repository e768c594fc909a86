"""The embedded engine, checked with the small model as an operator would check any other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.gateway.conformance import CHECKS, Target, Verdict, check, line
from lionrock.gateway.conformance.probe import Patience
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.conformance.running import verdicts
from tests.small_engine import CONTEXT, small_engine

UNHURRIED = Patience(freed=60, stuck=90)
"""How soon it is free again is said by the check, not by this test."""


@pytest.fixture
async def engine(small_model_weights: Path) -> AsyncIterator[LocalEngine]:
    async with small_engine(small_model_weights) as started:
        yield started


@pytest.mark.model
async def test_the_embedded_engine_passes_all_that_applies(engine: LocalEngine) -> None:
    target = Target(f"unix:{engine.socket}", key=engine.key, context=CONTEXT, at_once=1)
    found = {one.check: one async for one in check(target, patience=UNHURRIED)}
    print("\n".join(map(line, found.values())))
    assert list(found) == ["models", *CHECKS]
    assert verdicts(found, Verdict.FAIL) == set()
    assert verdicts(found, Verdict.COULD_NOT_TELL) == set()
    assert verdicts(found, Verdict.NOT_APPLICABLE) == {"tools", "embeddings", "priority"}
