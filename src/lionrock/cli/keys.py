"""`lionrock keys add|list|end`: service keys of the first tenant."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.members import find
from lionrock.cli.output import emit
from lionrock.errors import NotFound
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "keys", "service keys")
    adding = action("add", "make a key; it is shown once", run_add)
    adding.add_argument("name")
    adding.add_argument(
        "--scope", action="append", required=True, dest="scopes", metavar="PERMISSION"
    )
    adding.add_argument("--purpose", default="general")
    adding.add_argument("--days", type=int, default=90)
    adding.add_argument(
        "--address", action="append", default=[], dest="addresses", metavar="NETWORK"
    )
    adding.add_argument("--zero-retention", action="store_true", help="nothing it asks is kept")
    adding.add_argument("--owner", metavar="MEMBER", help="a machine's account; default: yourself")
    action("list", "every live key, by its first characters", run_list)
    ending = action("end", "end a key, now", run_end)
    ending.add_argument("key", metavar="KEY", help="its id, or the first characters of its secret")


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    wanted: dict[str, Any] = {
        "name": arguments.name, "scopes": arguments.scopes, "purpose": arguments.purpose,
        "days": arguments.days, "addresses": arguments.addresses,
        "zero_retention": arguments.zero_retention,
    }  # fmt: skip
    async with connect(settings) as client:
        if arguments.owner:
            wanted["owner"] = (await find(client, arguments.owner))["id"]
        made = await client.post("/v1/keys", wanted)
    if arguments.json:
        emit(made)
    else:
        print(f"✓ {made['id']}, until {made['expires_at'][:10]}. Its only copy:\n{made['key']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/keys")
    if arguments.json:
        emit(found)
        return 0
    for key in found["keys"]:
        scopes = "everything" if key["scopes"] is None else ", ".join(key["scopes"])
        print(f"{key['prefix']}…  {key['name']:<24} until {key['expires_at'][:10]}  {scopes}")
    return 0


async def run_end(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        listed = (await client.get("/v1/keys"))["keys"]
        found = [k for k in listed if arguments.key in (k["id"], k["prefix"])]
        if len(found) != 1:
            raise NotFound(
                f"There is not one key {arguments.key}. `lionrock keys list` shows them."
            )
        await client.delete(f"/v1/keys/{found[0]['id']}")
    emit({"id": found[0]["id"], "ended": True}) if arguments.json else print("✓ ended")
    return 0
