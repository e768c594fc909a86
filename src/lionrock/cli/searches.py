"""`lionrock searches list|save|remove|new`: searches that are kept, and what is new for them."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "searches", "your saved searches, and what new documents brought")
    action("list", "your saved searches", run_list)
    saving = action("save", "save a search", run_save)
    saving.add_argument("name")
    saving.add_argument("query")
    saving.add_argument("--as-at", metavar="DATE", help="what was in force on this day")
    saving.add_argument("--language", action="append", default=[], help="of the passage")
    removing = action("remove", "remove a saved search", run_remove)
    removing.add_argument("search", metavar="NAME", help="its name or id")
    looking = action("new", "what is new for one of them, or for all", run_new)
    looking.add_argument("search", nargs="?", metavar="NAME", help="its name or id")
    looking.add_argument("--seen", action="store_true", help="and mark it as seen")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/search/saved")
    if arguments.json:
        emit(found)
        return 0
    for one in found["searches"]:
        say(f"{one['id']}  {one['new']:>4} new  {one['name']}: {one['question']}")
    if not found["searches"]:
        say("No saved search. Save one: lionrock searches save NAME QUERY")
    return 0


async def run_save(settings: Settings, arguments: argparse.Namespace) -> int:
    filters: dict[str, Any] = {"languages": arguments.language, "as_at": arguments.as_at}
    wanted = {"name": arguments.name, "question": arguments.query, "filters": filters}
    async with connect(settings) as client:
        made = await client.post("/v1/search/saved", wanted)
    if arguments.json:
        emit(made)
    else:
        say(f"Saved as {made['name']} ({made['id']}).")
    return 0


async def run_remove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        (one,) = await _named(client, arguments.search)
        await client.delete(f"/v1/search/saved/{one['id']}")
    if arguments.json:
        emit({"removed": one["id"]})
    else:
        say(f"Removed {one['name']}.")
    return 0


async def run_new(settings: Settings, arguments: argparse.Namespace) -> int:
    told: list[dict[str, Any]] = []
    async with connect(settings) as client:
        for one in await _named(client, arguments.search):
            found = (await client.get(f"/v1/search/saved/{one['id']}/new"))["matches"]
            told.append({"search": one, "matches": found})
            if arguments.seen and found:
                until = {"until": max(m["found_at"] for m in found)}
                await client.post(f"/v1/search/saved/{one['id']}/seen", until)
    if arguments.json:
        emit(told)
        return 0
    for each in told:
        say(f"{each['search']['name']}: {len(each['matches'])} new")
        for match in each["matches"]:
            passage = match["passage"]
            page = passage["slices"][0][0] if passage["slices"] else "?"
            say(f"  {passage['document']}, p. {page}  {passage['heading']}")
            say(f"    {' '.join(passage['text'].split())[:300]}")
    return 0


async def _named(client: Client, name: str | None) -> list[dict[str, Any]]:
    """The one of that name or id; all for none."""
    found: list[dict[str, Any]] = (await client.get("/v1/search/saved"))["searches"]
    if name is None:
        return found
    chosen = [s for s in found if name in (s["id"], s["name"])]
    if not chosen:
        raise NotFound(f"You have no saved search {name!r}. See: lionrock searches list")
    return chosen[:1]
