"""`lionrock models list|pull|verify|build-engine`: the catalogue, and the weights on this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from lionrock.cli import build_engine
from lionrock.cli.output import Bar, emit, size
from lionrock.kernel.egress import Egress, guarding, spool
from lionrock.kernel.home import make_home
from lionrock.models.catalogue import Catalogue, Model
from lionrock.models.pull import Progress, Store
from lionrock.models.setting_up import store
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser(
        "models", help="list, pull and verify model weights; build the local engine"
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the catalogue, and what is on this machine")
    listing.set_defaults(run=run_list)
    pulling = actions.add_parser("pull", help="fetch weights and check their SHA-256; resumes")
    pulling.add_argument("names", nargs="*", metavar="NAME", help="default: what the settings name")
    pulling.add_argument(
        "--unverified", action="store_true", help="accept a model without a known hash"
    )
    pulling.set_defaults(run=run_pull)
    checking = actions.add_parser("verify", help="hash the weights on this machine again")
    checking.add_argument("names", nargs="*", metavar="NAME", help="default: all that are here")
    checking.set_defaults(run=run_verify)
    building = build_engine.register(actions)
    for parser in (listing, pulling, checking, building):
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    kept = store(settings)
    rows = [
        {**m.model_dump(mode="json", exclude={"sources"}), "state": kept.state(m)}
        for m in Catalogue.load()
    ]
    if arguments.json:
        emit({"models": rows})
        return 0
    for row in rows:
        mark = {"present": "●", "partial": "◐", "absent": "○"}[row["state"]]
        checked = "" if row["verified"] else "  (not verified)"
        weight = size(row["size"]) if row["size"] else "size unknown"
        print(f"{mark} {row['name']:<44} {weight:>12}  {row['licence']}{checked}")
    return 0


async def run_pull(settings: Settings, arguments: argparse.Namespace) -> int:
    pulled = await pull(
        settings, arguments.names, quiet=arguments.json, unverified=arguments.unverified
    )
    if arguments.json:
        emit({"pulled": pulled})
    return 0


async def run_verify(settings: Settings, arguments: argparse.Namespace) -> int:
    kept, catalogue = store(settings), Catalogue.load()
    chosen = [catalogue.get(n) for n in arguments.names] or [
        m for m in catalogue if kept.state(m) == "present"
    ]
    for model in chosen:
        await asyncio.to_thread(kept.verify, model)
        if not arguments.json:
            print(f"✓ {model.name}: SHA-256 is right")
    if arguments.json:
        emit({"verified": [m.name for m in chosen]})
    return 0


def wanted(settings: Settings) -> list[str]:
    """The weights that the settings call for."""
    names = [] if settings.engine or settings.model == "none" else [settings.model]
    return names + ([] if "://" in settings.embeddings else [settings.embeddings])


async def pull(
    settings: Settings, names: list[str], *, quiet: bool, unverified: bool = False
) -> list[str]:
    """Fetch what is missing. Each host this opens a way to is announced on standard error."""
    kept, catalogue = store(settings), Catalogue.load()
    chosen = [catalogue.get(n) for n in names or wanted(settings)]
    missing = [m for m in chosen if kept.state(m) != "present"]
    if not missing:
        return []
    egress = Egress(settings.egress_hosts, announce=lambda text: print(text, file=sys.stderr))
    make_home(settings.home)
    try:
        with guarding(egress):
            for model in missing:
                await asyncio.to_thread(_pull_one, kept, model, egress, quiet, unverified)
    finally:
        spool.leave(egress.journal, settings.home)
    return [m.name for m in missing]


def _pull_one(kept: Store, model: Model, egress: Egress, quiet: bool, unverified: bool) -> None:
    bar = Bar(f"Pulling {model.name}", quiet=quiet)

    def progress(at: Progress) -> None:
        speed = f"{size(at.done)} of {size(at.total)}, {size(at.bytes_per_second)}/s"
        bar.show(at.done, at.total, speed)

    kept.pull(model, progress, allow_unverified=unverified, egress=egress)
    bar.close(f"✓ {model.name}: {size(model.size or 0)}, SHA-256 checked")
