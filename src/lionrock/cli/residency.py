"""`lionrock doctor --residency`: asks the running server; without one, tells what the settings say."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator

from lionrock.cli.client import connect, running
from lionrock.cli.output import emit
from lionrock.gateway.places import declared
from lionrock.kernel import confinement
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.residency import Residency, Traffic, can_go
from lionrock.settings import Settings


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    found, server = await _report(settings)
    walls = str(await asyncio.to_thread(confinement.available))
    if arguments.json:
        emit({"server": server, "children_here": walls, **found.model_dump(mode="json")})
    else:
        for line in _lines(found, server, walls):
            print(line)
    guarded = found.guard == "on" and walls != "none"
    return 0 if guarded and all(p.listed for p in found.parts) else 1


async def _report(settings: Settings) -> tuple[Residency, bool]:
    if running(settings.home) is None:
        egress = Egress(settings.egress_hosts)
        return await can_go(egress, settings, declared(settings, egress)), False
    async with connect(settings) as client:
        return Residency.model_validate(await client.get("/v1/residency")), True


def _lines(found: Residency, server: bool, walls: str) -> Iterator[str]:
    yield "Where data can go"
    yield f"  guard at the socket: {found.guard}"
    yield "  loopback of this machine"
    for entry in found.listed:
        yield f"  {entry.entry}: {entry.problem or ', '.join(entry.addresses)}"
    if not found.listed:
        yield "  nowhere else: the egress list is empty"
    yield "Where the parts are"
    for part in found.parts:
        called = f"{part.part} {part.name}".strip()
        side = f", {part.trust} the institution" if part.trust else ""
        unlisted = "" if part.listed else " (NOT on the egress list)"
        yield f"  {called}: {part.where}{side}{unlisted}"
    yield "Child processes"
    yield f"  what can keep them off the network here: {walls}"
    for child in found.children:
        yield f"  {child.child}: {child.walls if child.running else 'not running now'}"
    yield "Where it went"
    if not server:
        yield "  no server is running: start one to see what it and its audit log have counted"
    for went in found.went:
        since = f"since {went.since:%Y-%m-%d %H:%M %Z}" if went.since else "in the audit log"
        yield f"  connections {since}: {_told(went.connections)}"
        yield f"  refusals {since}: {_told(went.refusals)}"


def _told(traffic: list[Traffic]) -> str:
    return ", ".join(f"{t.host} port {t.port} ({t.count})" for t in traffic) or "none"
