"""`lionrock add FILE…`: take documents in and wait until they can be asked about."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from lionrock.cli.client import Client, Problem, connect
from lionrock.cli.output import Bar, emit, harmless
from lionrock.errors import InvalidInput
from lionrock.settings import Settings

_DONE = {"ready", "failed"}
_STEPS = {"queued": "reading", "parsed": "indexing", "indexed": "embedding"}


def register(commands: Any) -> None:
    command = commands.add_parser("add", help="take documents in (files or directories)")
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    files = expand(arguments.paths)
    async with connect(settings) as client:
        outcomes = await add(client, files, quiet=arguments.json)
    if arguments.json:
        emit({"documents": outcomes})
    failed = [o for o in outcomes if o["state"] != "ready"]
    return 1 if failed else 0


def expand(paths: list[Path]) -> list[Path]:
    """The files named, and those beneath the directories named, hidden ones left out."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(
                p for p in path.rglob("*")
                if p.is_file() and not any(part.startswith(".") for part in p.relative_to(path).parts)
            )  # fmt: skip
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidInput(f"{path} does not exist.")
    if not files:
        raise InvalidInput("There is no file in what was named.")
    return files


async def add(client: Client, files: list[Path], *, quiet: bool) -> list[dict[str, Any]]:
    """Upload all, then wait for each; a file that cannot be read does not stop the others."""
    outcomes: list[dict[str, Any]] = []
    for path in files:
        try:
            added = await client.upload(path)
        except Problem as error:
            added = {"name": path.name, "state": "failed", "error": error.detail}
        except OSError as error:
            added = {"name": path.name, "state": "failed", "error": f"{error.strerror}"}
        outcomes.append(added)
        if added["state"] == "failed" and not quiet:
            print(harmless(f"✗ {path.name}: {added['error']}"), file=sys.stderr)
    return [await _settled(client, o, quiet=quiet) for o in outcomes]


async def _settled(client: Client, added: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    if "document_id" not in added:
        return added
    bar = Bar(added["name"], quiet=quiet)
    while True:
        document = await client.get(f"/v1/documents/{added['document_id']}")
        if document["state"] in _DONE:
            break
        bar.show(document["done"], document["total"], _STEPS[document["state"]])
        await asyncio.sleep(0.2)
    again = " (already here)" if added["duplicate"] else ""
    if document["state"] == "ready":
        bar.close(f"✓ {document['name']}: {document['pages']} pages{again}")
    else:
        bar.close(f"✗ {document['name']}: {document['error']}")
    return {**document, "duplicate": added["duplicate"]}
