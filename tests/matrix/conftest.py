"""One world for the whole matrix."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.matrix.world import World, world_of


@pytest.fixture(scope="package")
async def world(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    async with world_of(postgres, folder, "matrix") as made:
        yield made
