"""`lionrock screen NAME…`: names, a file of names, a payment or a document against the lists, with the evidence."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from lionrock.cli.client import Client, connect
from lionrock.cli.customers import identifier
from lionrock.cli.lists import find as find_list
from lionrock.cli.output import Bar, emit, say
from lionrock.cli.screen_output import say_document, say_name, say_payments
from lionrock.errors import InvalidInput, LionrockError
from lionrock.screening.entities import IdentifierKind, Schema
from lionrock.screening.matching.scoring import MIDDLE
from lionrock.settings import Settings

_WEIGHTS: Final = f"Weights in bits: +1 makes it twice as likely; {MIDDLE:g} bits score 0.5."
_KINDS: Final = ", ".join(k.value for k in IdentifierKind)


def register(commands: Any) -> None:
    command = commands.add_parser(
        "screen", help="screen names, a file, a payment or a document against the lists"
    )
    command.add_argument("names", nargs="*", metavar="NAME", help="in any script, each in quotes")
    command.add_argument("--schema", choices=[s.value for s in Schema], help="what is asked about")
    command.add_argument(
        "--birth", action="append", default=[], metavar="DATE", help="1970-08-12, Aug 1970, 1970"
    )
    command.add_argument("--gender", choices=("male", "female"))
    command.add_argument("--country", action="append", default=[], metavar="C", help="name or code")
    command.add_argument("--id", action="append", default=[], metavar="KIND=VALUE", help=_KINDS)
    command.add_argument(
        "--list",
        action="append",
        default=[],
        dest="lists",
        metavar="L",
        help="this list alone; by name or id",
    )
    command.add_argument(
        "--threshold", type=float, metavar="T", help="between 0 and 1, for all lists"
    )
    command.add_argument(
        "--limit", type=int, default=10, metavar="N", help="most hits shown a name"
    )
    command.add_argument(
        "--file", type=Path, metavar="F", help="a CSV, XLSX or JSON lines file of names"
    )
    command.add_argument(
        "--out", type=Path, metavar="F", help="results of --file: ends in .csv or .jsonl"
    )
    command.add_argument("--payment", type=Path, metavar="F", help="an ISO 20022 or SWIFT message")
    command.add_argument(
        "--held-country",
        action="append",
        default=[],
        metavar="C",
        help="with --payment: hold what touches it",
    )
    command.add_argument(
        "--document", type=UUID, metavar="ID", help="the names in a document of the library"
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    given = (arguments.names, arguments.file, arguments.payment, arguments.document)
    if sum(map(bool, given)) != 1:
        raise InvalidInput("Say names, or --file with --out, --payment or --document: one of them.")
    if arguments.file and not arguments.out:
        raise InvalidInput("Say by --out where the results go: a .csv or a .jsonl file.")
    for path in (arguments.file, arguments.payment):
        if path is not None and not path.is_file():
            raise InvalidInput(f"There is no file {path}.")
    async with connect(settings) as client:
        if arguments.file:
            return await _file(client, arguments)
        if arguments.payment:
            return await _payment(client, arguments)
        if arguments.document:
            return await _document(client, arguments)
        return await _names(client, arguments)


async def _names(client: Client, arguments: argparse.Namespace) -> int:
    body = await _about(client, arguments)
    found = []
    for name in arguments.names:
        found.append(
            {"name": name, **await client.post("/v1/screening/names", {**body, "name": name})}
        )
        if not arguments.json:
            say_name(found[-1], arguments.limit)
    if arguments.json:
        emit({"screened": found})
    else:
        say(_WEIGHTS)
    return 0


async def _about(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """What is the same for all names."""
    body: dict[str, Any] = {
        "birth": arguments.birth, "country": arguments.country,
        "identifiers": [identifier(i) for i in arguments.id], "limit": arguments.limit,
    }  # fmt: skip
    for name in ("schema", "gender", "threshold"):
        if getattr(arguments, name) is not None:
            body[name] = getattr(arguments, name)
    if arguments.lists:
        body["lists"] = [(await find_list(client, one))["id"] for one in arguments.lists]
    return body


async def _payment(client: Client, arguments: argparse.Namespace) -> int:
    params = [("held_country", c) for c in arguments.held_country]
    found = await client.send_body("/v1/screening/payments", arguments.payment, params)
    emit(found) if arguments.json else say_payments(found)
    return 0


async def _document(client: Client, arguments: argparse.Namespace) -> int:
    path, found = f"/v1/screening/documents/{arguments.document}", None
    bar = Bar("names", quiet=arguments.json)
    async for event, data in client.stream(path, {}):
        if event == "progress":
            bar.show(data["done"], data["total"], data["stage"])
        else:
            found = data
    bar.close()
    if found is None:
        raise LionrockError("The server ended without a result: the document is not screened.")
    if arguments.json:
        emit(found)
    else:
        say_document(found, arguments.limit)
        say(_WEIGHTS)
    return 0


async def _file(client: Client, arguments: argparse.Namespace) -> int:
    output = arguments.out.suffix.lower().removeprefix(".")
    if output not in ("csv", "jsonl"):
        raise InvalidInput(f"{arguments.out}: the results are a .csv or a .jsonl file.")
    batch = await client.send_files("/v1/screening/batches", [arguments.file])
    bar = Bar(arguments.file.name, quiet=arguments.json)
    while batch["state"] in ("reading", "running"):
        bar.show(batch["done"], batch["total"], f"{batch['hits']} hits")
        await asyncio.sleep(0.2)
        batch = await client.get(f"/v1/screening/batches/{batch['id']}")
    bar.close()
    path = f"/v1/screening/batches/{batch['id']}/results"
    size = await client.save(path, arguments.out, format=output)
    if arguments.json:
        emit({**batch, "file": str(arguments.out), "bytes": size})
    else:
        say(
            f"✓ {arguments.file.name}: {batch['done']} names, {batch['hits']} hits → {arguments.out}"
        )
    return 0 if batch["state"] == "done" else 1
