"""`lionrock alerts share|shares|unshare|shared`: cases that an observer may look at."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from lionrock.cli.actions import Action
from lionrock.cli.members import find as find_member
from lionrock.cli.output import emit, harmless, say
from lionrock.cli.person import add_person, connect_as
from lionrock.settings import Settings

OfAlert = Callable[[Action, str, str, Any], argparse.ArgumentParser]


def register(action: Action, of_alert: OfAlert) -> None:
    sharing = of_alert(action, "share", "show it to an observer, for a time", run_share)
    sharing.add_argument("member", metavar="MEMBER", help="e-mail address or id")
    sharing.add_argument("--reason", required=True, help="of what request or duty")
    sharing.add_argument("--days", type=int, default=30, metavar="N", help="1 to 365")
    of_alert(action, "shares", "with whom it is or was shared", run_shares)
    ending = of_alert(action, "unshare", "end a share, at once", run_unshare)
    ending.add_argument("share", metavar="SHARE", help="its id")
    add_person(action("shared", "an observer's: what is shared with them now", run_shared))


async def run_share(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        member = await find_member(client, arguments.member)
        body = {"member_id": member["id"], "reason": arguments.reason, "days": arguments.days}
        made = await client.post(_path(arguments), body)
    emit(made) if arguments.json else say(f"✓ shared for {arguments.days} days: {made['id']}")
    return 0


async def run_shares(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        found = await client.get(_path(arguments))
    if arguments.json:
        emit(found)
        return 0
    for one in found["shares"]:
        end = f"ended {one['ended_at'][:10]}" if one["ended_at"] else f"to {one['expires_at'][:10]}"
        say(f"{one['id']}  {one['member_id']}  {end}  {harmless(one['reason'])}")
    if not found["shares"]:
        say("It was shared with nobody.")
    return 0


async def run_unshare(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        await client.delete(f"{_path(arguments)}/{arguments.share}")
    done = {"share": arguments.share, "ended": True}
    emit(done) if arguments.json else say(f"✓ ended: {arguments.share}")
    return 0


async def run_shared(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        found = await client.get("/v1/screening/shared-cases")
    if arguments.json:
        emit(found)
        return 0
    for one in found["cases"]:
        until = one["expires_at"][:10]
        say(f"{one['id']}  {one['state']:<9} to {until}  {harmless(one['name'])}")
    if not found["cases"]:
        say("No case is shared with you now.")
    return 0


def _path(arguments: argparse.Namespace) -> str:
    return f"/v1/screening/alerts/{arguments.alert}/shares"
