"""`lionrock privacy holds|retention|erase|breaches`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from lionrock.cli.actions import Action
from lionrock.cli.client import connect
from lionrock.cli.output import emit, harmless
from lionrock.errors import InvalidInput
from lionrock.settings import Settings


def register(action: Action) -> None:
    holds = action("holds", "legal holds: list, place, release", run_holds)
    holds.add_argument("--place", metavar="NAME", help="place one on the --target things")
    holds.add_argument("--target", action="append", default=[], metavar="KIND=ID")
    holds.add_argument("--release", metavar="HOLD")
    holds.add_argument("--reason")
    retention = action("retention", "what is past its time; say when a period began", run_retention)
    retention.add_argument("--target", metavar="KIND=ID", help="a document, collection or customer")
    retention.add_argument("--starts", choices=("relationship-end", "transaction", "decision"))
    retention.add_argument("--on", metavar="DATE")
    erase = action("erase", "propose an erasure, list them, save a certificate", run_erase)
    erase.add_argument("--target", action="append", default=[], metavar="KIND=ID")
    erase.add_argument("--reason", choices=("retention", "request", "purpose-ended", "error"))
    erase.add_argument("--certificate", metavar="ERASURE")
    erase.add_argument("--out", type=Path, metavar="FILE.json")
    breaches = action("breaches", "the breach register: list, enter, export", run_breaches)
    breaches.add_argument("--enter", metavar="TITLE")
    breaches.add_argument("--what", help="what happened")
    breaches.add_argument("--found-at", metavar="TIME", help="with its zone; default: now")
    breaches.add_argument("--people", type=int)
    breaches.add_argument("--category", action="append", default=[])
    breaches.add_argument("--csv", type=Path, metavar="FILE")


def targets(given: list[str]) -> list[dict[str, str]]:
    """`document=ID` as the API takes it."""
    found = []
    for one in given:
        kind, equals, id = one.partition("=")
        if not equals:
            raise InvalidInput(f"--target {one}: say KIND=ID, as document=0b8f….")
        found.append({"kind": kind, "id": id})
    return found


async def run_holds(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.place:
            body = {
                "name": arguments.place, "reason": arguments.reason or "",
                "targets": targets(arguments.target),
            }  # fmt: skip
            found = await client.post("/v1/privacy/holds", body)
        elif arguments.release:
            reason = {"reason": arguments.reason or ""}
            await client.post(f"/v1/privacy/holds/{arguments.release}/release", reason)
            found = {"id": arguments.release, "released": True}
        else:
            found = await client.get("/v1/privacy/holds")
    if arguments.json:
        emit(found)
    for hold in found.get("holds", [] if arguments.json else [found]):
        if not arguments.json:
            state = "released" if hold.get("released_at") or hold.get("released") else "in force"
            print(f"{hold['id']}  {state:<9} {harmless(hold.get('name', ''))}")
    return 0


async def run_retention(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.target:
            (target,) = targets([arguments.target])
            body = {
                "kind": target["kind"], "target_id": target["id"], "starts": arguments.starts,
                "on_day": arguments.on,
            }  # fmt: skip
            await client.put("/v1/privacy/retention/starts", body)
        found = await client.get("/v1/privacy/retention")
    if arguments.json:
        emit(found)
        return 0
    for due in found["due"]:
        held = f"  held by {due['hold']}" if due["hold"] else ""
        what = f"{due['kind']}={due['target_id']}"
        print(f"{what:<47} {due['retention_class']:<20} due {due['due_on']}{held}")
    return 0


async def run_erase(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.target:
            body = {"targets": targets(arguments.target), "reason": arguments.reason or "request"}
            found = await client.post("/v1/privacy/erasures", body)
        elif arguments.certificate:
            out = arguments.out or Path(f"erasure-{arguments.certificate}.json")
            path = f"/v1/privacy/erasures/{arguments.certificate}/certificate"
            found = {"file": str(out), "bytes": await client.save(path, out)}
        else:
            found = await client.get("/v1/privacy/erasures")
    if arguments.json:
        emit(found)
    elif "file" in found:
        print(f"{found['file']}: {found['bytes']} bytes")
    else:
        for erasure in found.get("erasures", [found]):
            print(f"{erasure['id']}  {erasure['state']:<9} {len(erasure['targets'])} things")
        if arguments.target:
            print("Another person approves it, signed in: nobody approves their own, no key does.")
    return 0


async def run_breaches(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.enter:
            body = {
                "title": arguments.enter, "what": arguments.what or "",
                "found_at": arguments.found_at or datetime.now(UTC).isoformat(),
                "people": arguments.people, "categories": arguments.category,
            }  # fmt: skip
            made = await client.post("/v1/privacy/breaches", body)
            found = await client.get(f"/v1/privacy/breaches/{made['id']}")
        elif arguments.csv:
            size = await client.save("/v1/privacy/breaches.csv", arguments.csv)
            found = {"file": str(arguments.csv), "bytes": size}
        else:
            found = await client.get("/v1/privacy/breaches")
    if arguments.json:
        emit(found)
    elif "file" in found:
        print(f"{found['file']}: {found['bytes']} bytes")
    else:
        for breach in found.get("breaches", [found]):
            people = "?" if breach["people"] is None else breach["people"]
            print(
                f"{breach['id']}  {breach['state']:<9} {people} people  {harmless(breach['title'])}"
            )
    return 0
