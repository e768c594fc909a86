"""The workers of screening go on, whatever befalls one of them."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from lionrock.kernel.tasks import stop
from lionrock.screening import service
from lionrock.screening.service import Screening


class Worker:
    """Loses its connection the first `failures` times."""

    def __init__(self, failures: int) -> None:
        self.failures, self.at_work = failures, asyncio.Event()

    async def run(self) -> None:
        if self.failures:
            self.failures -= 1
            raise asyncpg.InterfaceError("connection was closed in the middle of operation")
        self.at_work.set()
        await asyncio.Event().wait()


async def test_a_worker_that_lost_its_connection_begins_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "_PAUSE_SECONDS", 0.0)
    rescreening, files, alerts = Worker(2), Worker(0), Worker(1)
    parts: dict[str, Any] = {f.name: SimpleNamespace() for f in fields(Screening)}
    parts |= {"registry": SimpleNamespace(continuous=rescreening, batches=files), "alerts": alerts}
    screening = Screening(**parts)
    working = asyncio.create_task(screening.run())
    async with asyncio.timeout(5):
        for worker in (rescreening, files, alerts):
            await worker.at_work.wait()
    assert not working.done()
    await stop(working)
    assert working.cancelled()
