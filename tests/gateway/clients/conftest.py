"""Offices for clients: before an engine that is not there, and before the embedded llama.cpp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lionrock.gateway.pool import embedded
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.llamacpp import LocalEngine
from tests.gateway.door_making import Office, office_of
from tests.small_engine import CONTEXT, small_engine

OUTPUT = 256


@pytest.fixture(scope="package")
async def local(small_model_weights: Path) -> AsyncIterator[LocalEngine]:
    async with small_engine(small_model_weights) as started:
        yield started


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
