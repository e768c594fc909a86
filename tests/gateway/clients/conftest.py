"""Offices for clients: before an engine that is not there, and before the embedded llama.cpp."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.gateway.pool import embedded
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.door_making import Office, office_of

CONTEXT, OUTPUT = 1024, 256


@pytest.fixture(scope="package")
async def local(small_model_weights: Path) -> AsyncIterator[LocalEngine]:
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        made = LocalEngine(
            small_model_weights,
            name="small",
            context=CONTEXT,
            threads=1,
            runtime_dir=Path(directory),
        )
        await made.start()
        yield made
        await made.stop()


@pytest.fixture
async def real(
    database: Database, actor: Actor, tmp_path: Path, local: LocalEngine
) -> AsyncIterator[Office]:
    """Its model is the 0.5B, called `small` as the fake's."""
    own = embedded(
        local.socket, model="small", key=local.key, context=CONTEXT, output=OUTPUT, at_once=1,
        sha256=None,
    )  # fmt: skip
    async with office_of(database, actor, tmp_path, own, patience=60.0) as found:
        yield found
