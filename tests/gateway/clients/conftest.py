"""Offices for clients: before an engine that is not there, and before the embedded llama.cpp."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.pool import embedded
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.door_making import Office, engine, office_of
from tests.gateway.fakes.server import FakeEngine, fake_engine

CONTEXT, OUTPUT = 1024, 256


@pytest.fixture
async def fake() -> AsyncIterator[FakeEngine]:
    async with fake_engine(EngineKind.VLLM, at_once=64) as found:
        yield found


@pytest.fixture
async def office(
    database: Database, actor: Actor, tmp_path: Path, fake: FakeEngine
) -> AsyncIterator[Office]:
    async with office_of(database, actor, tmp_path, engine(fake.url)) as found:
        yield found


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
