"""`lionrock mcp`: the Model Context Protocol on standard input and output, for a client on this machine."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.client import connect
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser(
        "mcp", help="serve a Model Context Protocol client on standard input and output"
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    from lionrock.cli.mcp_bridge import serve  # heavy, and this command's alone

    async with connect(settings) as client:
        await serve(client)
    return 0
