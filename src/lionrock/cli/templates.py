"""`lionrock templates list|show|add|retire`: what drafts are made from."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "templates", "what drafts are made from")
    listing = action("list", "templates, by name", run_list)
    listing.add_argument("--all", action="store_true", help="retired ones too")
    showing = action("show", "a template's fields, sections and file", run_show)
    showing.add_argument("name", metavar="TEMPLATE")
    showing.add_argument("--version", type=int, metavar="N", help="else the newest")
    adding = action("add", "add a template's file, or a new version of it", run_add)
    adding.add_argument("file", type=Path, metavar="FILE")
    retiring = action("retire", "offer a template no more", run_retire)
    retiring.add_argument("name", metavar="TEMPLATE")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/templates")
    if arguments.json:
        emit(found)
        return 0
    for one in found["templates"]:
        if arguments.all or not one["retired"]:
            origin = "built in" if one["built_in"] else f"version {one['version']}"
            state = ", retired" if one["retired"] else ""
            say(f"{one['name']:<24} {one['title']}  ({one['language']}, {origin}{state})")
    return 0


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    wanted = {"version": arguments.version} if arguments.version else {}
    async with connect(settings) as client:
        found = await client.get(f"/v1/templates/{arguments.name}", **wanted)
    if arguments.json:
        emit(found)
        return 0
    say(f"{found['title']}  ({found['language']}, version {found['version']})")
    for field in found["named_fields"]:
        optional = "" if field["required"] else ", may be left out"
        choices = f": {'; '.join(field['choices'])}" if field["choices"] else ""
        say(f"  {field['name']:<20} {field['label']}  ({field['type']}{optional}){choices}")
    for name in found["named_sections"]:
        say(f"  [[{name}]]  from the documents")
    say("")
    say(found["text"].rstrip())
    return 0


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.send_files("/v1/templates", [arguments.file])
    emit(found) if arguments.json else say(f"Added {found['name']}, version {found['version']}.")
    return 0


async def run_retire(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        await client.post(f"/v1/templates/{arguments.name}/retire", {})
    emit({"retired": arguments.name}) if arguments.json else say(f"Retired {arguments.name}.")
    return 0
