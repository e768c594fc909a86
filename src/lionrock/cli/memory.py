"""`lionrock memory list|import|export|remove`: the translation memory."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(
        commands, "memory", "segments that people accepted, for translations to use again"
    )
    listing = action("list", "units, the newest first", run_list)
    listing.add_argument("--containing", metavar="WORDS", default="")
    listing.add_argument("--limit", type=int, default=100, metavar="N")
    importing = action("import", "take in a TMX file", run_import)
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument("--skip-bad", action="store_true", help="leave bad units out")
    exporting = action("export", "write the memory to a TMX file", run_export)
    exporting.add_argument("file", type=Path, metavar="FILE")
    removing = action("remove", "take a unit out", run_remove)
    removing.add_argument("unit", metavar="ID")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/memory", q=arguments.containing, limit=arguments.limit)
    if arguments.json:
        emit(found)
        return 0
    for one in found["units"]:
        say(f"{one['id']}  {one['source']}  =  {one['target']}")
    if not found["units"]:
        say("Nothing in the memory. Import some: lionrock memory import FILE")
    return 0


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    fields = {"skip_bad": "true"} if arguments.skip_bad else {}
    async with connect(settings) as client:
        found = await client.send_files("/v1/memory/file", [arguments.file], **fields)
    if arguments.json:
        emit(found)
        return 0
    say(f"Added {found['added']}; {found['known']} were there.")
    for bad in found["bad"]:
        say(f"  line {bad['row']}: {bad['reason']}")
    return 0


async def run_export(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        size = await client.save("/v1/memory/file", arguments.file)
    if arguments.json:
        emit({"file": str(arguments.file), "bytes": size})
    else:
        say(f"Wrote {arguments.file} ({size} bytes).")
    return 0


async def run_remove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        await client.delete(f"/v1/memory/{arguments.unit}")
    emit({"removed": arguments.unit}) if arguments.json else say("Removed.")
    return 0
