"""`lionrock limits list|set|remove`: how much the tenant, a member or a key may call."""

from __future__ import annotations

import argparse
from typing import Any, Final

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.members import find
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound
from lionrock.gateway.ledger.limits import Limits
from lionrock.gateway.ledger.writing import window, written
from lionrock.settings import Settings

_NUMBERS: Final = {
    "requests_per_minute": "requests a minute",
    "tokens_per_minute": "tokens a minute, in and out",
    "at_once": "calls at once",
    "context_tokens": "tokens of prompt and longest answer together",
    "output_tokens": "tokens of an answer",
}


def register(commands: Any) -> None:
    action = group(commands, "limits", "how much may be called through the gateway")
    action("list", "every limit, whose it is, calls under way", run_list)
    setting = action("set", "all limits of one; what is not given is not limited", run_set)
    add_subject(setting)
    for name, summary in _NUMBERS.items():
        setting.add_argument(
            f"--{name.replace('_', '-')}", dest=name, type=int, metavar="N", help=summary
        )
    models = setting.add_mutually_exclusive_group()
    models.add_argument("--model", action="append", dest="models", metavar="NAME", help="only this")
    models.add_argument("--no-model", action="store_const", const=[], dest="models", help="none")
    setting.add_argument(
        "--window", action="append", dest="windows", metavar="WHEN",
        help='when calls may begin, in Hong Kong, as "Mon-Fri 09:00-18:00"',
    )  # fmt: skip
    add_subject(action("remove", "let one call without limits of its own", run_remove))


def add_subject(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument("--member", metavar="MEMBER", help="of a member; default: of the tenant")
    whose.add_argument("--key", metavar="KEY", help="of a service key: its id or first characters")


async def subject(client: Client, arguments: argparse.Namespace) -> dict[str, str]:
    """Whose limits or budget the arguments name, as the server takes it."""
    if arguments.member:
        return {"kind": "member", "id": (await find(client, arguments.member))["id"]}
    if arguments.key:
        listed = (await client.get("/v1/keys"))["keys"]
        found = [k for k in listed if arguments.key in (k["id"], k["prefix"])]
        if len(found) != 1:
            raise NotFound(
                f"There is not one key {arguments.key}. `lionrock keys list` shows them."
            )
        return {"kind": "key", "id": found[0]["id"]}
    return {"kind": "tenant"}


def called(subject: dict[str, Any]) -> str:
    """For a line of a list."""
    return str(subject["kind"]) if subject["id"] is None else f"{subject['kind']} {subject['id']}"


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/gateway/limits")
    if arguments.json:
        emit(found)
        return 0
    for one in found["limits"]:
        say(f"{called(one['subject'])}  ({one['under_way']} under way)")
        for line in _told(Limits(**one["limits"])):
            say(f"  {line}")
    return 0


def _told(limits: Limits) -> list[str]:
    lines = [
        f"{getattr(limits, name):,} {words}"
        for name, words in _NUMBERS.items()
        if getattr(limits, name) is not None
    ]
    if limits.models is not None:
        lines.append(f"models: {', '.join(limits.models) or 'none'}")
    return lines + [f"days {line}" for line in written(limits.windows or [])]


async def run_set(settings: Settings, arguments: argparse.Namespace) -> int:
    limits: dict[str, Any] = {n: v for n in _NUMBERS if (v := getattr(arguments, n)) is not None}
    if arguments.models is not None:
        limits["models"] = arguments.models
    if arguments.windows:
        made = [window(line) for line in arguments.windows]
        limits["windows"] = [one.model_dump(mode="json") for one in made]
    async with connect(settings) as client:
        whose = await subject(client, arguments)
        await client.put("/v1/gateway/limits", {"subject": whose, "limits": limits})
    emit({"subject": whose, "limits": limits}) if arguments.json else print("✓ set")
    return 0


async def run_remove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        whose = await subject(client, arguments)
        query = "&".join(f"{name}={value}" for name, value in whose.items())
        await client.delete(f"/v1/gateway/limits?{query}")
    emit({"subject": whose, "removed": True}) if arguments.json else print("✓ removed")
    return 0
