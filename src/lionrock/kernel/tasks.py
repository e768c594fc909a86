"""Ending tasks."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

log = logging.getLogger(__name__)
_AGAIN: Final = 1.0
"""Seconds after which a task that goes on is cancelled once more."""


async def stop(*tasks: asyncio.Task[Any]) -> None:
    """Cancel them until each is over. What one raised is logged by its kind.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which database drivers wait with too,
    loses a cancellation that comes in the moment in which what it waits for is done (bpo-37658).
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=_AGAIN)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("%s failed: %s", task.get_name(), type(error).__name__)
