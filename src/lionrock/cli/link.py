"""`lionrock link`: a new one-time sign-in link for the running server."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.client import connect, running
from lionrock.cli.output import emit
from lionrock.errors import Unavailable
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("link", help="a new one-time sign-in link")
    command.add_argument(
        "--operator",
        action="store_true",
        help="of who runs the installation, not of its first member",
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    facts = running(settings.home)
    if facts is None or not facts["url"]:
        raise Unavailable("No server is running here. Start one with `lionrock up`.")
    async with connect(settings, operator=arguments.operator) as client:
        link = facts["url"] + (await client.post("/v1/sign-in-links", {}))["path"]
    emit({"link": link}) if arguments.json else print(link)
    return 0
