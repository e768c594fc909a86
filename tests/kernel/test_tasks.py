from __future__ import annotations

import asyncio

import pytest

from lionrock.kernel import tasks


async def test_a_task_that_lost_a_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "_AGAIN", 0.01)
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                lost += 1
                if lost == 3:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await tasks.stop(task)
    assert task.cancelled() and lost == 3


async def test_what_one_raised_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> None:
        raise ValueError("of its own")

    done = asyncio.create_task(broken(), name="the work")
    await asyncio.wait([done])
    await tasks.stop(done)
    await tasks.stop()
    assert caplog.messages == ["the work failed: ValueError"]
