"""`lionrock changes DOC`: two versions of a document, paragraph by paragraph; and adding a version."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.errors import InvalidInput
from lionrock.settings import Settings

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "same": "="}
_DONE = ("ready", "failed")


def register(commands: Any) -> None:
    command = commands.add_parser("changes", help="two versions of a document, by paragraph")
    command.add_argument("document", help="its name or id")
    command.add_argument("--from", dest="older", metavar="V", help="a version: its day, name or id")
    command.add_argument("--to", dest="newer", metavar="V", help="a version: its day, name or id")
    command.add_argument("--all", action="store_true", help="show what is the same, too")
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        document = await found(client, arguments.document)
        reply = await client.get(f"/v1/documents/{document['id']}/versions")
        chosen = {
            side: version_of(reply["versions"], said)
            for side, said in (("older", arguments.older), ("newer", arguments.newer)) if said
        }  # fmt: skip
        compared = await client.get(f"/v1/documents/{document['id']}/comparison", **chosen)
    if arguments.json:
        emit(compared)
        return 0
    for side in ("older", "newer"):
        version = compared[side]
        say(f"{side}: {version['name']} {_when(version['held'])}".rstrip())
    for paragraph in compared["paragraphs"]:
        if arguments.all or paragraph["change"] != "same" or paragraph["moved"]:
            _tell(paragraph)
    counts = compared["counts"]
    print(", ".join(f"{counts[name]} {name}" for name in (*_SIGNS, "moved")))
    return 0


def _tell(paragraph: dict[str, Any]) -> None:
    """A line a side: what went in [-…-], what came in {+…+}, as `wdiff` shows them."""
    sign = _SIGNS[paragraph["change"]]
    place = paragraph["newer"] or paragraph["older"]
    moved = " (moved)" if paragraph["moved"] else ""
    say(f"{sign} p. {place['page']}{moved}  {place['heading'].rpartition(' › ')[2]}".rstrip())
    if paragraph["change"] == "changed":
        say(f"    - {_marked(paragraph['before'], '[-', '-]')}")
        say(f"    + {_marked(paragraph['after'], '{+', '+}')}")
    else:
        say(f"      {' '.join(place['text'].split())}")


def _marked(spans: Sequence[dict[str, Any]], opening: str, closing: str) -> str:
    text = "".join(f"{opening}{s['text']}{closing}" if s["marked"] else s["text"] for s in spans)
    return " ".join(text.split())


def _when(held: dict[str, Any]) -> str:
    since, until = held["since"], held["until"]
    return f"(from {since or 'the beginning'}{f' until {until}' if until else ''})"


async def found(client: Client, said: str) -> Any:
    """The document of that id, name or title. `InvalidInput` for none, or more than one."""
    try:
        return await client.get(f"/v1/documents/{UUID(said)}")
    except ValueError:
        documents = (await client.get("/v1/documents"))["documents"]
    folded = said.casefold()
    same = [d for d in documents if folded in (d["name"].casefold(), d["title"].casefold())]
    same = same or [d for d in documents if d["name"].rpartition(".")[0].casefold() == folded]
    if len(same) != 1:
        several = f"{len(same)} documents are" if same else "No document is"
        raise InvalidInput(f"{several} called {said!r}. Give its id (see `lionrock add --json`).")
    return same[0]


def version_of(versions: Sequence[dict[str, Any]], said: str) -> str:
    """The id of the version of that id, first day or name."""
    for version in versions:
        if said in (version["id"], version["held"]["since"], version["name"]):
            return str(version["id"])
    days = ", ".join(v["held"]["since"] or v["name"] for v in versions)
    raise InvalidInput(f"There is no version {said!r} of it. There are: {days}.")


async def add_version(
    client: Client, files: Sequence[Path], arguments: argparse.Namespace
) -> dict[str, Any]:
    """Upload one file as a new version, or with the day it holds from; wait until it is read."""
    if len(files) != 1:
        raise InvalidInput("--replaces and --effective go with one file.")
    fields = {"effective": arguments.effective} if arguments.effective else {}
    path = "/v1/documents"
    if arguments.replaces:
        path += f"/{(await found(client, arguments.replaces))['id']}/versions"
    added = await client.send_files(path, [files[0]], **fields)
    while True:
        reply = await client.get(f"/v1/documents/{added['document_id']}/versions")
        version = next(v for v in reply["versions"] if v["id"] == added["version_id"])
        if version["state"] in _DONE:
            break
        await asyncio.sleep(0.2)
    document = await client.get(f"/v1/documents/{added['document_id']}")
    if not arguments.json:
        good = version["state"] == "ready"
        what = f"{version['pages']} pages, {_when(version['held'])}" if good else document["error"]
        say(f"{'✓' if good else '✗'} {version['name']}: {what}")
    return {
        **document,
        "state": version["state"],
        "version": version,
        "duplicate": added["duplicate"],
    }
