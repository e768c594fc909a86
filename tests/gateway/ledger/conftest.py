from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from lionrock.kernel.database import Database
from lionrock.kernel.migrate import SEARCH_PATH


@pytest.fixture
async def admin(postgres: str, database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The server's superuser, who sees past everything."""
    connection = await asyncpg.connect(postgres, server_settings={"search_path": SEARCH_PATH})
    try:
        yield connection
    finally:
        await connection.close()
