"""A process that screens a file's chunks and is killed with SIGKILL after some of them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

from lionrock.kernel.database import Database
from lionrock.kernel.vault.service import Vault
from lionrock.screening.registry.batches import Batches
from lionrock.screening.registry.registry import Registry
from tests.screening.registry.small import ENGINE


async def work(told: dict[str, str]) -> None:
    home = Path(told["home"])
    database, vault = await Database.open(told["url"]), Vault.open(home / "keys")
    registry = Registry.open(database, vault, home, engine=ENGINE)
    left = [int(told["chunks"])]

    def die() -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    batches = Batches(database, vault, registry.screener, chunk=int(told["rows"]), after=die)
    await batches.work(UUID(told["tenant"]))


if __name__ == "__main__":
    asyncio.run(work(json.load(sys.stdin)))
