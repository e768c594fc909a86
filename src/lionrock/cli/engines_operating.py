"""`lionrock engines list|drain|resume`: how engines stand, and taking one out for maintenance."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from lionrock.cli.actions import Action
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound, Unavailable
from lionrock.settings import Settings

_LOOK_SECONDS = 1.0
_USED = ("ready", "trying")
_WORDS = {
    "ready": "in use",
    "trying": "tried with one request",
    "circuit-open": "left alone",
    "unhealthy": "NOT WELL",
    "draining": "draining",
    "drained": "drained",
}


def register(action: Action) -> None:
    action("list", "every engine: state, since when and why, how busy", run_list)
    draining = action("drain", "send an engine nothing more; it lasts until resume", run_drain)
    draining.add_argument("engine", metavar="NAME")
    draining.add_argument("--wait", action="store_true", help="until it works on nothing any more")
    draining.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="with --wait: give up waiting, exit 1"
    )
    action("resume", "use a drained engine again", run_resume).add_argument(
        "engine", metavar="NAME"
    )


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        found = await client.get("/v1/gateway/engines")
    if arguments.json:
        emit(found)
        return 0
    for engine in found["engines"]:
        for line in told(engine):
            say(line)
    if not found["engines"]:
        say("There is no engine: no model is set up.")
    return 0


def used(engine: dict[str, Any]) -> bool:
    return engine["state"] in _USED


def standing(engine: dict[str, Any]) -> str:
    """State, since when and why, on one line."""
    since = f" since {_clock(engine['since'])}" if engine["since"] else ""
    why = f": {engine['fault']}" if engine["fault"] else ""
    return f"{_WORDS.get(engine['state'], engine['state'])}{since}{why}"


def told(engine: dict[str, Any]) -> Iterator[str]:
    yield f"{engine['name']}  {standing(engine)}"
    yield f"  {engine['kind']}, {engine['where']}, {engine['trust']} the institution"
    yield f"  models: {', '.join(engine['models'])}"
    if (load := engine["load"]) is not None:
        yield f"  working on {load['busy']} of {engine['at_once']}, {load['waiting']} waiting"
    if engine["next_check_at"]:
        yield f"  next check {_clock(engine['next_check_at'])}"


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M:%S}"


async def run_drain(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        engine = await _turned(client, arguments.engine, "drain")
        if arguments.wait:
            engine = await _quiet(client, engine, arguments)
    if arguments.json:
        emit(engine)
    elif engine["state"] == "drained":
        say(f"✓ {engine['name']} is drained and works on nothing. It stays so until resume.")
    else:
        say(f"✓ {engine['name']} gets nothing more. {_running(engine)}")
    return int(arguments.wait and engine["state"] != "drained")


async def run_resume(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings, operator=True) as client:
        engine = await _turned(client, arguments.engine, "resume")
    if arguments.json:
        emit(engine)
    else:
        say(f"{'✓' if used(engine) else '!'} {engine['name']}: {standing(engine)}")
    return 0


async def _turned(client: Client, name: str, verb: str) -> dict[str, Any]:
    return dict(await client.post(f"/v1/gateway/engines/{quote(name, safe='')}/{verb}", {}))


async def _quiet(
    client: Client, engine: dict[str, Any], arguments: argparse.Namespace
) -> dict[str, Any]:
    """The engine once it works on nothing, or when the time is over. What changes is told."""
    until = None if arguments.timeout is None else time.monotonic() + arguments.timeout
    shown = ""
    while engine["state"] != "drained" and (until is None or time.monotonic() < until):
        if engine["state"] != "draining":
            raise Unavailable(f"{engine['name']} is not drained any more: someone resumed it.")
        if not arguments.json and (now := _running(engine)) != shown:
            say(now)
            shown = now
        await asyncio.sleep(_LOOK_SECONDS)
        listed = (await client.get("/v1/gateway/engines"))["engines"]
        found = [one for one in listed if one["name"] == engine["name"]]
        if not found:
            raise NotFound(f"{engine['name']} is not there any more.")
        engine = dict(found[0])
    return engine


def _running(engine: dict[str, Any]) -> str:
    load = engine["load"]
    if not load["busy"]:
        return "It works on nothing."
    each = ", ".join(f"{count} of {model}" for model, count in sorted(load["by_model"].items()))
    return f"Still running: {each}; the oldest since {_clock(load['oldest_since'])}."
