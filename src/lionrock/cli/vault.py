"""`lionrock vault status|rotate`: the key that everything here hangs from, and changing it."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from typing import Any

from lionrock.cli.output import emit
from lionrock.kernel.home import hold
from lionrock.kernel.vault.service import Vault
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("vault", help="the keys of encryption at rest")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    telling = actions.add_parser("status", help="which key wraps the tenants' keys")
    telling.set_defaults(run=run_status)
    rotating = actions.add_parser("rotate", help="wrap the tenants' keys with a new key")
    rotating.set_defaults(run=run_rotate)
    for parser in (telling, rotating):
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")


def _vault(settings: Settings) -> Vault:
    return Vault.open(
        settings.home / "keys", source=settings.key_source, key_file=settings.key_file, make=False
    )


async def run_status(settings: Settings, arguments: argparse.Namespace) -> int:
    """Reads the key and the key store only: a running server is not disturbed."""
    status = await asyncio.to_thread(lambda: _vault(settings).status())
    if arguments.json:
        emit(
            {
                "source": settings.key_source, "key": status.key_id, "tenants": status.tenants,
                "wrapped_by_another_key": status.behind, "retired": status.retired,
            }
        )  # fmt: skip
        return 0
    print(f"Key source {settings.key_source}, key {status.key_id}; tenants: {status.tenants}.")
    if status.behind:
        print(f"{status.behind} still wrapped by a key before: run `lionrock vault rotate`.")
    elif status.retired:
        print(_destroy(status.retired))
    return 0


async def run_rotate(settings: Settings, arguments: argparse.Namespace) -> int:
    """Takes the home, so that no server goes on with the key before."""
    async with AsyncExitStack() as stack:
        hold(stack, settings.home)
        done = await asyncio.to_thread(lambda: _vault(settings).rotate())
    if arguments.json:
        emit(
            {
                "key": done.key_id, "tenants": done.tenants, "rewrapped": done.rewrapped,
                "retired": done.retired,
            }
        )  # fmt: skip
        return 0
    print(f"{done.rewrapped} of {done.tenants} tenants' keys are wrapped anew, by {done.key_id}.")
    if done.retired:
        print(_destroy(done.retired))
    return 0


def _destroy(retired: str) -> str:
    return (
        f"Nothing here is wrapped by {retired} any more. Destroy it and its copies, once backups of "
        f"the key store made before are gone: shred -u {retired}"
    )
