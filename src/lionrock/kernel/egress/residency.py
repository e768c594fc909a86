"""Where data can go and where it went, for the operator, the auditor and the regulator.

Plain data: the API answers with it, the command line prints it.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel

from lionrock.errors import EgressRefused, InvalidInput
from lionrock.kernel.actors import Actor
from lionrock.kernel.confinement import walls
from lionrock.kernel.database import Database
from lionrock.kernel.decisions import require
from lionrock.kernel.egress.entries import Entry
from lionrock.kernel.egress.guard import guarded
from lionrock.kernel.egress.journal import Counts
from lionrock.kernel.egress.policy import Egress
from lionrock.kernel.egress.urls import parse_url
from lionrock.kernel.events import Event
from lionrock.kernel.permissions import Permission
from lionrock.settings import Settings

HERE = "this machine"


class Listed(BaseModel):
    """An entry of the list. `addresses`: where a name leads now; empty where `problem` says why."""

    entry: str
    addresses: list[str]
    problem: str = ""


class Part(BaseModel):
    """A part that holds or is sent data. `listed`: the egress list lets it be reached."""

    part: str
    where: str
    listed: bool
    name: str = ""
    """Of an engine of the gateway, of which there can be several."""
    trust: Literal["inside", "outside", ""] = ""
    """On which side of the institution's boundary the engine is declared to be."""
    models: list[str] = []
    """That it serves."""


class Child(BaseModel):
    """A child process. `walls`: what keeps it from the network; none, or unknown while it rests."""

    child: str
    running: bool
    walls: str


class Traffic(BaseModel):
    host: str
    port: int
    count: int


class Went(BaseModel):
    """`since` the start of the server, or None for the whole audit log."""

    since: datetime | None
    connections: list[Traffic]
    refusals: list[Traffic]


class Residency(BaseModel):
    guard: Literal["on", "off"]
    listed: list[Listed]
    parts: list[Part]
    children: list[Child]
    went: list[Went]


async def can_go(egress: Egress, settings: Settings, engines: Sequence[Part] = ()) -> Residency:
    """The half that needs no running server. `engines`: a part for each of the gateway's."""
    return Residency(
        guard="on" if guarded() else "off",
        listed=list(await asyncio.gather(*(_listed(egress, e) for e in egress.listed))),
        parts=[*_parts(egress, settings, engines), *engines],
        children=[],
        went=[],
    )


async def report(
    actor: Actor, egress: Egress, settings: Settings, database: Database,
    children: Mapping[str, int | None], first_tenant: UUID, engines: Sequence[Part] = (),
) -> Residency:  # fmt: skip
    """All of it, as far as the actor's own tenant made it happen. `children`: pid by name."""
    require(actor, Permission.PLATFORM_RESIDENCY_READ)
    found = await can_go(egress, settings, engines)
    journal = egress.journal
    found.children = [
        Child(child=name, running=pid is not None, walls=str(walls(pid)) if pid else "")
        for name, pid in children.items()
    ]
    found.went = [
        Went(
            since=journal.since,
            connections=_own(journal.opened, actor.tenant_id, first_tenant),
            refusals=_own(journal.refused, actor.tenant_id, first_tenant),
        ),
        Went(
            since=None,
            connections=await _recorded(database, actor, Event.EGRESS_CONNECTION_OPEN),
            refusals=await _recorded(database, actor, Event.EGRESS_CONNECTION_REFUSE),
        ),
    ]
    return found


async def _listed(egress: Egress, entry: Entry) -> Listed:
    if not entry.name:
        return Listed(entry=entry.text, addresses=[str(n) for n in entry.networks])
    try:
        found = await asyncio.to_thread(egress.resolve, entry.name, entry.port)
    except EgressRefused as error:
        return Listed(entry=entry.text, addresses=[], problem=error.detail)
    except socket.gaierror:
        return Listed(entry=entry.text, addresses=[], problem="The name does not resolve.")
    return Listed(entry=entry.text, addresses=[str(address) for address in found])


def _parts(egress: Egress, settings: Settings, engines: Sequence[Part]) -> list[Part]:
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    return [
        _place(egress, "database", _database(url)),
        _model(egress, settings, engines),
        _place(egress, "embeddings", settings.embeddings if "://" in settings.embeddings else ""),
        _place(egress, "reranker", settings.reranker_url or ""),
        _place(egress, "screening cluster", _url(settings.screening_ray)),
        _place(egress, "traces", settings.otlp),
        Part(part="model mirror", where=settings.mirror or "none", listed=True),
        Part(part="files and indexes", where=str(settings.home), listed=True),
    ]


def _model(egress: Egress, settings: Settings, engines: Sequence[Part]) -> Part:
    """That the product itself asks: of the named engine, or wherever engines of the file serve it."""
    serving = [one for one in engines if settings.model in one.models]
    if settings.engine or not serving:
        return _place(egress, "language model", settings.engine or "")
    where = ", ".join(dict.fromkeys(one.where for one in serving))
    return Part(part="language model", where=where, listed=all(one.listed for one in serving))


def _database(url: str) -> str:
    """As an http URL, which is what `parse_url` reads; without user and password."""
    place = urlsplit(url).netloc.rpartition("@")[2]
    return f"http://{place if ':' in place else f'{place}:5432'}" if place else ""


def _url(place: str) -> str:
    return f"http://{place}" if place else ""


def _place(egress: Egress, part: str, url: str) -> Part:
    if not url:
        return Part(part=part, where=HERE, listed=True)
    try:
        parsed = parse_url(url)
    except InvalidInput:
        return Part(part=part, where="an address that cannot be read", listed=False)
    where = f"{parsed.host} port {parsed.port}"
    return Part(part=part, where=where, listed=egress.lists(parsed.host, parsed.port))


def _own(counts: Counts, tenant: UUID, first: UUID) -> list[Traffic]:
    own: Counts = type(counts)()
    for attempt, count in counts.copy().items():
        if (attempt.tenant or first) == tenant:
            own[attempt] += count
    return _summed([(a.host, a.port, n) for a, n in own.items()])


async def _recorded(database: Database, actor: Actor, event: Event) -> list[Traffic]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT payload -> 'details' ->> 'host' AS host,"
            " (payload -> 'details' ->> 'port')::int AS port,"
            " sum((payload -> 'details' ->> 'count')::int)::bigint AS count"
            " FROM events e JOIN event_payloads p ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)"
            " WHERE e.tenant_id = $1 AND e.event = $2 GROUP BY 1, 2",
            *(actor.tenant_id, event.value),
        )
    return _summed([(r["host"], r["port"], r["count"]) for r in rows])


def _summed(found: list[tuple[str, int, int]]) -> list[Traffic]:
    """By host and port, the most frequent first."""
    totals: dict[tuple[str, int], int] = {}
    for host, port, count in found:
        totals[host, port] = totals.get((host, port), 0) + count
    ordered = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return [Traffic(host=h, port=p, count=n) for (h, p), n in ordered]
