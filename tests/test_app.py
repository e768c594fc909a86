"""The house's start: one part that fails ends the others' start, and is what is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, NoReturn

import pytest

from lionrock import app
from lionrock.errors import DatabaseUnavailable
from lionrock.settings import Settings


async def test_a_database_that_does_not_start_is_told_at_once_and_ends_an_engines_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = asyncio.Event()

    async def database(*parts: Any) -> NoReturn:
        await asyncio.sleep(0.01)
        raise DatabaseUnavailable("The database belongs to another user.")

    async def engines(*parts: Any) -> NoReturn:
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()
        raise AssertionError

    monkeypatch.setattr(app, "open_database", database)
    monkeypatch.setattr(app, "open_engines", engines)
    settings = Settings(home=tmp_path, model="none", embeddings="none")
    with pytest.raises(DatabaseUnavailable, match="belongs to another user"):
        async with asyncio.timeout(30), app.open_house(settings):
            raise AssertionError
    assert ended.is_set()
