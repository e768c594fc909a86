"""`lionrock worker`: read documents for a server, on its machine or on another, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from lionrock.app import open_worker
from lionrock.cli.output import emit
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("worker", help="read documents for a server that runs elsewhere")
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    async with open_worker(settings) as ingest:
        working = asyncio.create_task(ingest.run())
        await ingest.presence.begun()
        if arguments.json:
            emit({"worker": str(ingest.presence.id)})
        else:
            print("The worker is ready. Ctrl-C stops it.", flush=True)
        await working
    return 0
