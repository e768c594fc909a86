"""What tests of answering and of the desk share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.assist import evidence
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.models.engines import Engine
from tests.building import Opened, house_of


@pytest.fixture
async def opened(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[Opened]:
    """A house around the engine that a test wants."""
    async with AsyncExitStack() as stack:

        async def house(engine: Engine | None = None) -> House:
            return await stack.enter_async_context(
                house_of(database, actor, tmp_path, engine=engine)
            )

        yield house


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model called `measured` was: its odds alone decide, from even on. Every question is weighed."""
    calibration = dict.fromkeys(("bias", "above", "pick", "score", "typical"), 0.0)
    known = evidence.coefficients() | {
        "judge:measured": calibration | {"odds": 1.0, "threshold": 0.5}
    }
    monkeypatch.setattr("lionrock.assist.judge.coefficients", lambda: known)
    monkeypatch.setattr("lionrock.assist.ask.HOPELESS", 0.0)
