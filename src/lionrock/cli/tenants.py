"""`lionrock tenants add|list|suspend|restore|share`: for those who run the installation."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect, running
from lionrock.cli.output import emit
from lionrock.errors import NotFound
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "tenants", "tenants of this installation")
    adding = action("add", "make a tenant; prints its first administrator's invitation", run_add)
    adding.add_argument("name")
    adding.add_argument("--email", required=True, help="of its first administrator")
    adding.add_argument(
        "--handle", default="", help="what members sign in under; default: of the name"
    )
    action("list", "every tenant: handle, date, state", run_list)
    for verb in ("suspend", "restore"):
        closing = action(verb, f"{verb} a tenant", run_state)
        closing.add_argument("tenant", metavar="HANDLE", help="or its id")
        closing.set_defaults(verb=verb)
    sharing = action("share", "a tenant's part of a full engine, against others'", run_share)
    sharing.add_argument("tenant", metavar="HANDLE", help="or its id")
    sharing.add_argument("share", type=float, metavar="N", help="0.01 to 100; 1 at first")


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        made = await client.post(
            "/v1/tenants",
            {"name": arguments.name, "handle": arguments.handle, "email": arguments.email},
        )
    made["invitation"] = address(settings, made["invitation"])
    if arguments.json:
        emit(made)
    else:
        print(f"✓ {made['handle']}\nIts administrator accepts once, with: {made['invitation']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        found = await client.get("/v1/tenants")
    if arguments.json:
        emit(found)
        return 0
    for tenant in found["tenants"]:
        state = "suspended" if tenant["suspended_at"] else "active"
        share = "" if tenant["share"] == 1 else f"  share {tenant['share']:g}"
        made = tenant["created_at"][:10]
        print(f"{tenant['handle']:<40} {state:<10} {made}  {tenant['id']}{share}")
    return 0


async def run_state(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        tenant = await _find(client, arguments.tenant)
        await client.post(f"/v1/tenants/{tenant['id']}/{arguments.verb}", {})
    done = {"suspend": "suspended", "restore": "active"}[arguments.verb]
    emit({"id": tenant["id"], "state": done}) if arguments.json else print(f"✓ {done}")
    return 0


async def run_share(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        tenant = await _find(client, arguments.tenant)
        await client.put(f"/v1/tenants/{tenant['id']}/share", {"share": arguments.share})
    made = {"id": tenant["id"], "share": arguments.share}
    emit(made) if arguments.json else print(f"✓ share {arguments.share:g}")
    return 0


async def _find(client: Client, wanted: str) -> dict[str, Any]:
    for tenant in (await client.get("/v1/tenants"))["tenants"]:
        if wanted in (tenant["handle"], tenant["id"]):
            return dict(tenant)
    raise NotFound(f"There is no tenant {wanted}. `lionrock tenants list` shows those there are.")


def address(settings: Settings, path: str) -> str:
    """A path of the server as its full address, where one runs that has one."""
    facts = running(settings.home) or {}
    return facts.get("url", "") + path
