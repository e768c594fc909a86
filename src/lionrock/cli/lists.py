"""`lionrock lists import|list|show|versions|diff|confirm|refuse`: lists to screen against."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.list_files import files_of, name_for, preview_of
from lionrock.cli.lists_output import say_difference, say_imported, say_list, say_version
from lionrock.cli.output import emit, say
from lionrock.cli.person import add_person, connect_as
from lionrock.errors import InvalidInput, NotFound
from lionrock.screening.lists.kinds import ListKind
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "lists", "lists to screen against: import, compare, confirm")
    importing = action("import", "read a file as a list's next version", run_import)
    importing.add_argument(
        "file", type=Path, metavar="FILE", help="or a folder of OFAC's CSV files"
    )
    importing.add_argument("--list", metavar="NAME", help="its list; made if there is none")
    importing.add_argument(
        "--kind", choices=[k.value for k in ListKind], help="else found by content"
    )
    importing.add_argument(
        "--mapping", metavar="JSON", help="of a table: column to field, or a file of it"
    )
    importing.add_argument(
        "--preview", action="store_true", help="of a table: show the mapping, import nothing"
    )
    importing.add_argument("--again", action="store_true", help="also if nothing changed")
    importing.add_argument(
        "--confirm", action="store_true", help="apply it even if it takes much away"
    )
    add_person(importing)
    action("list", "every list: name, kind, entries", run_list)
    for name, summary, run in (
        ("show", "a list, and its versions", run_show),
        ("versions", "what was imported, and what became of it", run_show),
    ):
        showing = action(name, summary, run)
        showing.add_argument("list", metavar="LIST", help="name or id")
    differing = action("diff", "what a version changed, or would change", run_diff)
    differing.add_argument("list", metavar="LIST")
    differing.add_argument(
        "version", type=int, nargs="?", metavar="VERSION", help="else the newest"
    )
    differing.add_argument("--limit", type=int, default=100, metavar="N")
    for name, summary in (("confirm", "apply a version that waits"), ("refuse", "drop one")):
        deciding = action(name, f"{summary}; by a person", run_decide)
        deciding.add_argument("list", metavar="LIST")
        deciding.add_argument(
            "version", type=int, nargs="?", metavar="VERSION", help="else the one that waits"
        )
        deciding.set_defaults(verb=name)
        add_person(deciding)


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    kind, files = files_of(arguments.file, arguments.kind)
    fields = {"mapping": _mapping(arguments.mapping)} if arguments.mapping else {}
    if arguments.kind:
        fields["kind"] = arguments.kind
    if arguments.preview:
        shown = await asyncio.to_thread(preview_of, kind, files[0], fields.get("mapping"))
        emit(shown) if arguments.json else _say_preview(shown)
        return 0
    async with connect_as(settings, arguments) as client:
        listed, made = await _list_for(client, arguments.list or name_for(kind, files), kind)
        path = f"/v1/screening/lists/{listed['id']}"
        if arguments.again:
            fields["again"] = "true"
        found = await client.send_files(f"{path}/versions", files, **fields)
        if found["version"]["state"] == "pending" and arguments.confirm:
            confirm = f"{path}/versions/{found['version']['number']}/confirm"
            found["version"] = await client.post(confirm, {})
    found = {"list": {**listed, "created": made}, **found}
    emit(found) if arguments.json else say_imported(found)
    return 0


async def _list_for(client: Client, name: str, kind: str) -> tuple[dict[str, Any], bool]:
    """The list of this name or id, or a new one; and whether it is new."""
    try:
        return await find(client, name), False
    except NotFound:
        made = await client.post("/v1/screening/lists", {"name": name, "kind": kind})
        return dict(made), True


def _mapping(given: str) -> str:
    """The JSON itself, or what the file of this name holds."""
    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text("utf-8")
        json.loads(text)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"--mapping is neither JSON nor a file of it: {error}.") from error
    return text


def _say_preview(found: dict[str, Any]) -> None:
    for head in found["headers"]:
        say(f"{head:<30} {found['mapping'].get(head, 'ignore')}")
    say(f"First names: {'; '.join(found['first'])}")
    say(f"To change it, import with --mapping '{json.dumps(found['mapping'], ensure_ascii=False)}'")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/screening/lists")
    if arguments.json:
        emit(found)
        return 0
    for one in found["lists"]:
        say_list(one)
    if not found["lists"]:
        say("There is no list. Import one: lionrock lists import FILE")
    return 0


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        listed = await find(client, arguments.list)
        found = await client.get(f"/v1/screening/lists/{listed['id']}/versions")
    if arguments.json:
        emit({"list": listed, **found})
        return 0
    say_list(listed)
    for version in found["versions"]:
        say_version(version)
    return 0


async def run_diff(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        listed = await find(client, arguments.list)
        number = arguments.version or (await _newest(client, listed["id"], ("applied", "pending")))
        path = f"/v1/screening/lists/{listed['id']}/versions/{number}/differences"
        found = await client.get(path, limit=arguments.limit)
    if arguments.json:
        emit({"list": listed["name"], "version": number, **found})
        return 0
    for one in found["differences"]:
        say_difference(one)
    say(
        f"Version {number} of {listed['name']}"
        + (": more there is (--limit)" if found["next"] else ".")
    )
    return 0


async def run_decide(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        listed = await find(client, arguments.list)
        number = arguments.version or await _newest(client, listed["id"], ("pending",))
        path = f"/v1/screening/lists/{listed['id']}/versions/{number}/{arguments.verb}"
        await client.post(path, {})
    state = "applied" if arguments.verb == "confirm" else "refused"
    done = {"list": listed["name"], "version": number, "state": state}
    emit(done) if arguments.json else say(f"✓ version {number} of {listed['name']}: {state}")
    return 0


async def _newest(client: Client, list_id: str, states: tuple[str, ...]) -> int:
    for version in (await client.get(f"/v1/screening/lists/{list_id}/versions"))["versions"]:
        if version["state"] in states:
            return int(version["number"])
    raise NotFound(f"The list has no version that is {' or '.join(states)}.")


async def find(client: Client, wanted: str) -> dict[str, Any]:
    """The list of this name or id."""
    for one in (await client.get("/v1/screening/lists"))["lists"]:
        if one["id"] == wanted or one["name"].casefold() == wanted.casefold():
            return dict(one)
    raise NotFound(f"There is no list {wanted}. `lionrock lists list` shows those there are.")
