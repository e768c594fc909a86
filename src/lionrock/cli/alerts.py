"""`lionrock alerts`: the queue, a case, and the work on it; deciding needs a person who signs in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from lionrock.cli import alert_shares
from lionrock.cli.actions import Action, group
from lionrock.cli.alerts_output import say_case, say_queue
from lionrock.cli.client import Client
from lionrock.cli.members import find as find_member
from lionrock.cli.output import emit, say
from lionrock.cli.person import add_person, connect_as
from lionrock.screening.alerts.reasons import Reason
from lionrock.screening.alerts.states import AlertState
from lionrock.settings import Settings

_NOTED = {
    "send-back": "send the proposal back to the analyst",
    "escalate": "take it to the reporting officer, at once",
}


def register(commands: Any) -> None:
    action = group(commands, "alerts", "what becomes of hits: take, propose, decide")
    listing = action("list", "alerts that wait, the most urgent first", run_list)
    listing.add_argument(
        "--state", action="append", default=[], choices=[s.value for s in AlertState]
    )
    listing.add_argument("--order", choices=("due", "score", "newest", "oldest"), default="due")
    listing.add_argument("--limit", type=int, default=50, metavar="N")
    add_person(listing)
    figures = action("counts", "how many wait, and where", run_counts)
    add_person(figures)
    _work(action)
    alert_shares.register(action, _of_alert)
    proposing = _of_alert(action, "propose", "say what it is; another person decides", run_propose)
    proposing.add_argument("--reason", required=True, choices=[r.value for r in Reason])
    proposing.add_argument("--note", default="", help="what it rests on")
    approving = _of_alert(action, "approve", "decide as proposed; by another person", run_approve)
    approving.add_argument("--note", default="")
    approving.add_argument(
        "--content", metavar="HASH", required=True,
        help="of the proposal that was looked at, as `alerts show` has it",
    )  # fmt: skip


def _work(action: Action) -> None:
    _of_alert(action, "show", "the case: both sides, evidence, what was done", run_show)
    for name, summary in (
        ("take", "take one that nobody has"),
        ("give-back", "leave it to others"),
        ("withdraw", "take your proposal back"),
    ):
        _of_alert(action, name, summary, run_step)
    giving = _of_alert(action, "assign", "give it to a member", run_step)
    giving.add_argument(
        "member", metavar="MEMBER", help="id; or the address, for who may read members"
    )
    for name, summary in _NOTED.items():
        noted = _of_alert(action, name, summary, run_step)
        noted.add_argument("--note", required=True)
    reporting = _of_alert(action, "report", "begin a draft for the JFIU, and save it", run_report)
    reporting.add_argument("--out", type=Path, required=True, metavar="FILE", help=".pdf or .json")


def _of_alert(action: Action, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser = action(name, summary, run)
    parser.add_argument("alert", metavar="ALERT", help="its id")
    parser.set_defaults(verb=name)
    add_person(parser)
    return parser


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    query = [("order", arguments.order), ("limit", str(arguments.limit))]
    query += [("states", s) for s in arguments.state]
    async with connect_as(settings, arguments) as client:
        found = await client.get_all("/v1/screening/alerts", query)
    emit(found) if arguments.json else say_queue(found)
    return 0


async def run_counts(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        found = await client.get("/v1/screening/alerts/counts")
    if arguments.json:
        emit(found)
        return 0
    states = ", ".join(f"{n} {state}" for state, n in found["states"].items() if n)
    say(states or "There are no alerts.")
    say(", ".join(f"{found[k]} {k}" for k in ("overdue", "unassigned", "mine", "escalated")))
    return 0


async def run_show(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        found = await client.get(_path(arguments))
    emit(found) if arguments.json else say_case(found)
    return 0


async def run_step(settings: Settings, arguments: argparse.Namespace) -> int:
    """Take, give back, assign, withdraw, send back, escalate."""
    async with connect_as(settings, arguments) as client:
        await _step(client, arguments)
    done = {"alert": arguments.alert, "done": arguments.verb}
    emit(done) if arguments.json else say(f"✓ {arguments.verb}: {arguments.alert}")
    return 0


async def _step(client: Client, arguments: argparse.Namespace) -> None:
    path = _path(arguments)
    match arguments.verb:
        case "take":
            await client.post(f"{path}/take", {})
        case "give-back":
            await client.delete(f"{path}/assignee")
        case "assign":
            member = await _member(client, arguments.member)
            await client.put(f"{path}/assignee", {"member_id": member})
        case "withdraw":
            await client.delete(f"{path}/proposal")
        case "escalate":
            await client.post(f"{path}/escalate", {"note": arguments.note})
        case "send-back":
            await client.post(f"{path}/decision", {"approve": False, "note": arguments.note})


async def _member(client: Client, wanted: str) -> str:
    """An id as it is: who gives alerts need not read the members' register, which addresses are in."""
    try:
        return str(UUID(wanted))
    except ValueError:
        return str((await find_member(client, wanted))["id"])


async def run_propose(settings: Settings, arguments: argparse.Namespace) -> int:
    reason = Reason(arguments.reason)
    body = {"disposition": reason.disposition, "reason": reason, "note": arguments.note}
    async with connect_as(settings, arguments) as client:
        made = await client.post(f"{_path(arguments)}/proposal", body)
    told = {**made, "disposition": reason.disposition.value}
    emit(told) if arguments.json else say(
        f"✓ {told['disposition']} proposed: {made['content_hash']}"
    )
    return 0


async def run_approve(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        body = {"approve": True, "content_hash": arguments.content, "note": arguments.note}
        done = await client.post(f"{_path(arguments)}/decision", body)
    emit(done) if arguments.json else say(f"✓ decided: {done['disposition']}")
    return 0


async def run_report(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect_as(settings, arguments) as client:
        made = await _draft(client, f"{_path(arguments)}/reports")
        kind = "json" if arguments.out.suffix.lower() == ".json" else "pdf"
        path = f"/v1/screening/reports/{made}/export"
        size = await client.save(path, arguments.out, format=kind)
    done = {"report": made, "file": str(arguments.out), "bytes": size}
    emit(done) if arguments.json else say(f"✓ {arguments.out}: a draft. Nothing was filed.")
    return 0


async def _draft(client: Client, path: str) -> str:
    """The draft that is worked on, or a new one: what was concluded is over."""
    there = (await client.get(path))["reports"]
    if there and (await client.get(f"/v1/screening/reports/{there[0]}"))["outcome"] is None:
        return str(there[0])
    return str((await client.post(path, {}))["id"])


def _path(arguments: argparse.Namespace) -> str:
    return f"/v1/screening/alerts/{arguments.alert}"
