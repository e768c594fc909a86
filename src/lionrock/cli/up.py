"""`lionrock up`: start everything, say where it is, run until Ctrl-C, stop what was started."""

from __future__ import annotations

import argparse
import asyncio
import time
from typing import Any

from lionrock.cli.client import connect
from lionrock.cli.demo import show
from lionrock.cli.models import pull
from lionrock.cli.output import emit
from lionrock.cli.server import serving
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("up", help="start the server and everything it needs")
    command.add_argument("--pull", action="store_true", help="fetch missing model weights first")
    command.add_argument("--demo", action="store_true", help="load the samples and ask about them")
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    started = time.monotonic()
    if arguments.pull:
        await pull(settings, [], quiet=arguments.json)
    async with serving(settings, web=True) as server:
        link = await server.house.sign_in_link(server.url)
        notices = [*server.house.audit.notices(), *server.house.notices]
        if arguments.json:
            emit({"url": server.url, "link": link, "notices": notices})
        else:
            _say(server.url, link, notices, time.monotonic() - started)
        if arguments.demo:
            async with connect(settings) as client:
                await show(client, quiet=arguments.json)
            if not arguments.json:
                print(f"\nLionrock goes on at {server.url}. Sign in once with: {link}", flush=True)
        await asyncio.Event().wait()
    return 0


def _say(url: str, link: str, notices: list[str], seconds: float) -> None:
    print(f"\nLionrock is ready at {url} ({seconds:.0f} s). Ctrl-C stops it.")
    print(f"Sign in once with: {link}", flush=True)
    for notice in notices:
        print(f"! {notice}", flush=True)
