"""`lionrock exchanges list|show`: what was asked at the OpenAI door and answered, where it was kept."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.members import find
from lionrock.cli.output import emit, say, size
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(
        commands, "exchanges", "what was asked of models and answered, where it was kept"
    )
    listing = action("list", "when, which model, whose; the newest first, no content", run_list)
    listing.add_argument("--member", metavar="MEMBER", help="of this member only")
    listing.add_argument("--before", metavar="ID", type=UUID, help="older than this one")
    listing.add_argument("--limit", metavar="N", type=int, default=50, help="at most 200")
    show = action(
        "show", "one, with what was sent and answered; another's is read on record", run_show
    )
    show.add_argument("id", type=UUID, help="as in the list, and in `x-request-id` of the answer")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    params: dict[str, str | int] = {"limit": arguments.limit}
    if arguments.before:
        params["before"] = str(arguments.before)
    async with connect(settings) as client:
        if arguments.member:
            params["member"] = (await find(client, arguments.member))["id"]
        found = await client.get("/v1/gateway/exchanges", **params)
    if arguments.json:
        emit(found)
        return 0
    for one in found["exchanges"]:
        say(_line(one))
    if not found["exchanges"]:
        say("Nothing was kept that you may see. What is kept is the tenant's policy.")
    elif found["next"]:
        say(f"Older ones: --before {found['next']}")
    return 0


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get(f"/v1/gateway/exchanges/{arguments.id}")
    if arguments.json:
        emit(found)
        return 0
    say(_line(found))
    say(f"\nSent{_cut(found['request_cut'])}:\n{found['request']}")
    for choice in found["answer"]["choices"]:
        ended = f" (ended: {choice['finish']})" if "finish" in choice else ""
        say(f"\nAnswered{_cut(found['answer_cut'])}{ended}:")
        for name in ("reasoning", "refusal", "content"):
            if name in choice:
                say(choice[name] if name == "content" else f"{name}: {choice[name]}")
        for call in choice.get("tool_calls", ()):
            say(f"call of {call['name']}: {call['arguments']}")
    if "error" in found["answer"]:
        say(f"\nBroke off: {found['answer']['error']}")
    return 0


def _line(one: dict[str, Any]) -> str:
    by = f"{one['member_id']}{' by key ' + one['key_id'] if one['key_id'] else ''}"
    return (
        f"{one['id']}  {one['began_at'][:19]}  {one['endpoint']}  {one['model']}  {one['outcome']}  "
        f"sent {size(one['request_bytes'])}, answered {size(one['answer_bytes'])}  member {by}"
    )


def _cut(cut: bool) -> str:
    return " (only the beginning was kept)" if cut else ""
