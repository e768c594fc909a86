"""`lionrock glossary list|import|export|mine|accept|refuse`: terms that search looks for together."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "glossary", "terms that mean one thing, in several languages")
    listing = action("list", "entries, by their first term", run_list)
    listing.add_argument("--containing", metavar="WORDS", default="")
    listing.add_argument("--limit", type=int, default=100, metavar="N")
    importing = action("import", "take in a TBX, CSV or XLSX file of terms", run_import)
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--preview", action="store_true", help="show it, import nothing")
    importing.add_argument("--skip-bad", action="store_true", help="leave bad rows out")
    exporting = action("export", "write every entry to a file, TBX or CSV by its name", run_export)
    exporting.add_argument("file", type=Path, metavar="FILE")
    mining = action("mine", "find pairs of terms in a document and its translation", run_mine)
    mining.add_argument("documents", nargs=2, metavar="DOCUMENT", help="name or id")
    listing = action("candidates", "mined pairs that wait for a decision", run_candidates)
    listing.add_argument("--limit", type=int, default=100, metavar="N")
    for name, summary in (("accept", "make entries of mined pairs"), ("refuse", "drop them")):
        deciding = action(name, summary, run_decide)
        deciding.add_argument("candidates", nargs="+", metavar="ID")
        deciding.set_defaults(accept=name == "accept")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/glossary", q=arguments.containing, limit=arguments.limit)
    if arguments.json:
        emit(found)
        return 0
    for entry in found["entries"]:
        terms = "; ".join(f"{k}: {' | '.join(v)}" for k, v in entry["terms"].items())
        say(f"{entry['id']}  {terms}" + (f"  ({entry['note']})" if entry["note"] else ""))
    if not found["entries"]:
        say("No entry. Import some: lionrock glossary import FILE")
    return 0


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    path = "/v1/glossary/preview" if arguments.preview else "/v1/glossary/file"
    fields = {"skip_bad": "true"} if arguments.skip_bad and not arguments.preview else {}
    async with connect(settings) as client:
        found = await client.send_files(path, [arguments.file], **fields)
    if arguments.json:
        emit(found)
        return 0
    if arguments.preview:
        say(f"{found['format']}: {found['good']} entries, {found['new']} of them new.")
        for head, field in found["columns"].items():
            say(f"  {head:<24} {field or 'passed over'}")
    else:
        say(f"Added {found['added']}; {found['known']} were there.")
    for bad in found["bad"]:
        say(f"  row {bad['row']}: {bad['reason']}")
    return 0


async def run_export(settings: Settings, arguments: argparse.Namespace) -> int:
    format = "csv" if arguments.file.suffix.lower() == ".csv" else "tbx"
    async with connect(settings) as client:
        size = await client.save("/v1/glossary/file", arguments.file, format=format)
    emit({"file": str(arguments.file), "bytes": size}) if arguments.json else say(
        f"Wrote {arguments.file} ({size} bytes)."
    )
    return 0


async def run_mine(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        listed = (await client.get("/v1/documents"))["documents"]
        first, second = (_document(listed, wanted) for wanted in arguments.documents)
        found = await client.post("/v1/glossary/candidates", {"first": first, "second": second})
    if arguments.json:
        emit(found)
        return 0
    say(f"{found['aligned']} passages set side by side, {found['found']} new pairs.")
    say("See them: lionrock glossary candidates")
    return 0


def _document(listed: list[dict[str, Any]], wanted: str) -> str:
    for one in listed:
        if wanted in (one["id"], one["name"]):
            return str(one["id"])
    raise NotFound(f"There is no document {wanted!r} here.")


async def run_candidates(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/glossary/candidates", limit=arguments.limit)
    if arguments.json:
        emit(found)
        return 0
    for one in found["candidates"]:
        say(f"{one['id']}  {one['score']:.2f} {one['places']:>4}  {one['first']} = {one['second']}")
    if not found["candidates"]:
        say("Nothing waits for a decision.")
    return 0


async def run_decide(settings: Settings, arguments: argparse.Namespace) -> int:
    body = {"candidates": arguments.candidates, "accept": arguments.accept}
    async with connect(settings) as client:
        found = await client.post("/v1/glossary/candidates/decide", body)
    emit(found) if arguments.json else say(f"Done. Entries added: {found['added']}.")
    return 0
