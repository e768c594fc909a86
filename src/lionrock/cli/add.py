"""`lionrock add PATH…`: take documents in and wait until they can be asked about.

Given a directory again it goes on where it was stopped: bytes that are there already are known, and
cost their reading here only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from lionrock.cli import changes
from lionrock.cli.add_files import Tally, counts, detail_of, expand, summary
from lionrock.cli.client import Client, Problem, connect
from lionrock.cli.output import emit, emit_line, harmless
from lionrock.settings import Settings

_DONE = {"ready", "failed"}
_STEPS = {"queued": "reading", "parsed": "indexing", "indexed": "embedding"}


def register(commands: Any) -> None:
    command = commands.add_parser("add", help="take documents in (files or directories)")
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    command.add_argument(
        "--replaces", metavar="DOC", help="the file is a new version of this document (name or id)"
    )
    command.add_argument(
        "--effective", metavar="DATE", help="the day from which it holds (2026-01-01)"
    )
    command.add_argument("--no-wait", action="store_true", help="leave once the files are taken in")
    command.add_argument(
        "--lines", action="store_true", help="print a line of JSON for each file as it is done"
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    files = expand(arguments.paths)
    async with connect(settings) as client:
        if arguments.replaces or arguments.effective:
            outcomes = [await changes.add_version(client, files, arguments)]
        else:
            outcomes = await add(
                client, files, quiet=arguments.json or arguments.lines,
                wait=not arguments.no_wait, lines=arguments.lines,
            )  # fmt: skip
    if arguments.lines:
        emit_line(counts(outcomes))
    elif arguments.json:
        emit({"documents": outcomes, **counts(outcomes)})
    elif len(outcomes) > 1:
        summary(outcomes)
    return 1 if any(o["state"] == "failed" for o in outcomes) else 0


async def add(
    client: Client, files: list[Path], *, quiet: bool, wait: bool = True, lines: bool = False
) -> list[dict[str, Any]]:
    """Upload all, then wait for each; a file that cannot be read does not stop the others."""
    outcomes: list[dict[str, Any]] = []
    tally = Tally(len(files), quiet=quiet)
    for number, path in enumerate(files):
        tally.uploaded(number, path.name)
        try:
            added = await client.upload(path)
        except Problem as error:
            added = {"name": path.name, "state": "failed", "error": error.detail}
        except OSError as error:
            added = {"name": path.name, "state": "failed", "error": f"{error.strerror}"}
        outcomes.append(added | {"path": str(path)})
        if added["state"] == "failed" and not quiet:
            print(harmless(f"✗ {path.name}: {added['error']}"), file=sys.stderr)
    settled = []
    for outcome in outcomes:
        settled.append(await _settled(client, outcome, tally, quiet) if wait else outcome)
        if lines:
            emit_line(settled[-1])
    return settled


async def _settled(
    client: Client, added: dict[str, Any], tally: Tally, quiet: bool
) -> dict[str, Any]:
    if "document_id" not in added:
        return added
    while True:
        document = await client.get(f"/v1/documents/{added['document_id']}")
        if document["state"] in _DONE:
            break
        pages = document["done"] if document["state"] == "queued" else document["pages"]
        tally.working(added["name"], detail_of(document, _STEPS), pages)
        await asyncio.sleep(0.2)
    inside = await _inside(client, document) if document.get("members") else []
    tally.settled(document, _line(document, added["duplicate"]))
    if not quiet:
        for member in inside:
            _tell(member)
    told = {**document, "duplicate": added["duplicate"], "path": added["path"]}
    return told | ({"files": inside} if inside else {})


def _line(document: dict[str, Any], duplicate: bool) -> str:
    if document["state"] != "ready":
        return f"✗ {document['name']}: {document['error']}"
    unread = len(document.get("unread", ()))
    left = f", {unread} of them not read" if unread else ""
    again = " (already here)" if duplicate else ""
    return f"✓ {document['name']}: {document['pages']} pages{left}{again}"


async def _inside(client: Client, document: dict[str, Any]) -> list[dict[str, Any]]:
    """What came in the document, once each of it is read, with what came in that in turn."""
    while True:
        reply = await client.get(f"/v1/documents/{document['id']}/members")
        members: list[dict[str, Any]] = reply["members"]
        if all(m["state"] in (*_DONE, None) for m in members):
            break
        await asyncio.sleep(0.2)
    for member in members:
        if member["document_id"] and not member["shared"]:
            held = await client.get(f"/v1/documents/{member['document_id']}")
            if held["members"]:
                member["files"] = await _inside(client, held)
    return members


def _tell(member: dict[str, Any], depth: int = 1) -> None:
    """A line on what came in a file: read, known from before, or why it was not taken in."""
    margin, path = "  " * depth, member["path"]
    if member["state"] == "ready":
        known = " (already here)" if member["shared"] else ""
        print(harmless(f"{margin}✓ {path}: {member['pages']} pages{known}"), file=sys.stderr)
    else:
        print(harmless(f"{margin}✗ {path}: {member['reason']}"), file=sys.stderr)
    for inner in member.get("files", ()):
        _tell(inner, depth + 1)
