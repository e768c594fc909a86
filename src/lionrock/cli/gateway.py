"""`lionrock gateway show|set`: the tenant's policy for calls, guards and what is kept."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.errors import InvalidInput
from lionrock.gateway.guards.kinds import DESCRIBED, Kind
from lionrock.gateway.guards.policy import Action, read
from lionrock.gateway.ledger.calls import Retention
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "gateway", "the policy for calls to models")
    action("show", "what is masked before an engine outside, and what is kept", run_show)
    setting = action("set", "change what is given, and leave the rest", run_set)
    setting.add_argument(
        "--guard", action="append", default=[], metavar="KIND=ACTION",
        help=f"ACTION: {', '.join(Action)}; KIND: {', '.join(Kind)}, or all",
    )  # fmt: skip
    setting.add_argument(
        "--retention", choices=[r.value for r in Retention], help="the most that is kept of a call"
    )


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/gateway/policy")
    emit(found) if arguments.json else _tell(found)
    return 0


async def run_set(settings: Settings, arguments: argparse.Namespace) -> int:
    guards = _guards(arguments.guard)
    if not guards and not arguments.retention:
        raise InvalidInput("Say what to change: --guard KIND=ACTION or --retention.")
    async with connect(settings) as client:
        now = await client.get("/v1/gateway/policy")
        policy = {
            "guards": now["policy"]["guards"] | guards,
            "retention": arguments.retention or now["policy"]["retention"],
        }
        # The version just read: what somebody changes in between is not overwritten unseen.
        wanted = {"version": now["version"], "policy": policy}
        made = await client.put("/v1/gateway/policy", wanted)
    emit(made) if arguments.json else _tell(made)
    return 0


def _guards(given: list[str]) -> dict[str, str]:
    """InvalidInput for what is no kind or no action."""
    guards: dict[str, str] = {}
    for one in given:
        kind, _, action = one.partition("=")
        guards |= dict.fromkeys([k.value for k in Kind] if kind == "all" else [kind], action)
    read(guards)
    return guards


def _tell(found: dict[str, Any]) -> None:
    for kind, action in found["policy"]["guards"].items():
        say(f"{kind:<10} {action:<7} {DESCRIBED[Kind(kind)]}")
    say(f"kept: {found['policy']['retention']}")
    say(f"share: {found['share']:g}")
    say(f"version {found['version']}" if found["version"] else "as every tenant starts")
