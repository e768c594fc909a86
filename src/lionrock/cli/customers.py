"""`lionrock customers add|import|list|show|end`: who is screened for as long as they are customers."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.cli.screen_output import padded
from lionrock.errors import InvalidInput
from lionrock.screening.entities import IdentifierKind, Schema
from lionrock.settings import Settings

_FEW, _SECONDS = 20, 10


def register(commands: Any) -> None:
    action = group(commands, "customers", "customers, screened whenever they or a list change")
    adding = action("add", "add a customer, or change them", run_add)
    adding.add_argument("reference", metavar="REFERENCE", help="your own number for them")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument("--chinese-name", default="", metavar="NAME")
    adding.add_argument("--schema", choices=[s.value for s in Schema], default="Person")
    adding.add_argument("--birth", action="append", default=[], metavar="DATE")
    adding.add_argument("--country", action="append", default=[], metavar="C")
    adding.add_argument("--id", action="append", default=[], metavar="KIND=VALUE")
    adding.add_argument("--type", default="", help="type of customer: lists have thresholds by it")
    importing = action("import", "add and change customers from a file", run_import)
    importing.add_argument("file", type=Path, metavar="FILE", help="CSV, XLSX or JSON lines")
    listing = action("list", "customers: reference, name, state", run_list)
    listing.add_argument("--limit", type=int, default=100, metavar="N")
    for name, summary, run in (
        ("show", "a customer as they are kept", run_show),
        ("end", "they are a customer no more", run_end),
    ):
        one = action(name, summary, run)
        one.add_argument("reference", metavar="REFERENCE")


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    body = {
        "name": arguments.name, "chinese_name": arguments.chinese_name,
        "schema": arguments.schema, "birth": arguments.birth, "country": arguments.country,
        "identifiers": [identifier(i) for i in arguments.id], "type": arguments.type,
    }  # fmt: skip
    async with connect(settings) as client:
        made = await client.put(_path(arguments.reference), body)
        await _screened(client)
    emit(made) if arguments.json else say(f"✓ {arguments.reference}")
    return 0


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise InvalidInput(f"There is no file {arguments.file}.")
    async with connect(settings) as client:
        found = await client.send_files("/v1/screening/customers/files", [arguments.file])
        await _screened(client)
    if arguments.json:
        emit(found)
        return 0
    told = ", ".join(f"{found[k]:,} {k}" for k in ("added", "changed", "unchanged", "refused"))
    say(f"✓ {arguments.file.name}: {told}")
    for fault in found["faults"][:_FEW]:
        say(f"  row {fault['row']}: {fault['fault']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/screening/customers", limit=arguments.limit)
    if arguments.json:
        emit(found)
        return 0
    for one in found["customers"]:
        say(
            f"{padded(one['reference'], 20)} {padded(one['caption'], 30)} {one['type']:<12} {_state(one)}"
        )
    if found["next"]:
        say("There are more (--limit).")
    return 0


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get(_path(arguments.reference))
    if arguments.json:
        emit(found)
        return 0
    say(f"{found['reference']}  {found['caption']}  {found['type']}  {_state(found)}")
    for name, values in found["entity"]["properties"].items():
        say(f"  {name}: {'; '.join(map(str, values))}")
    return 0


async def run_end(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        await client.delete(_path(arguments.reference))
    done = {"reference": arguments.reference, "active": False}
    emit(done) if arguments.json else say(f"✓ {arguments.reference}: screened no more")
    return 0


async def _screened(client: Client) -> None:
    """Wait until the first thousand are screened, ten seconds at most: this command may be all the
    server there is. Who is left is screened by the next one, or by a server that runs."""
    for _ in range(_SECONDS):
        page = await client.get("/v1/screening/customers", limit=1000)
        if not any(one["pending"] for one in page["customers"]):
            return
        await asyncio.sleep(1)


def identifier(given: str) -> dict[str, str]:
    kind, equals, value = given.partition("=")
    if not equals or kind not in set(IdentifierKind):
        kinds = ", ".join(k.value for k in IdentifierKind)
        raise InvalidInput(f"--id {given}: say KIND=VALUE, as passport=K1234567. Kinds: {kinds}.")
    return {"kind": kind, "value": value}


def _path(reference: str) -> str:
    return f"/v1/screening/customers/{quote(reference)}"


def _state(customer: dict[str, Any]) -> str:
    if not customer["active"]:
        return "ended"
    return "to be screened" if customer["pending"] else "screened"
