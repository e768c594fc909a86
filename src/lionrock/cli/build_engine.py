"""`lionrock models build-engine`: the local engine, built for this machine's processor."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from lionrock.cli.output import Bar, emit, say, size
from lionrock.kernel.egress import Egress, guarding, spool
from lionrock.kernel.home import make_home
from lionrock.models.native import build, source, tools
from lionrock.models.native.built import Built, find
from lionrock.models.native.cpu import Cpu, at_hand
from lionrock.models.progress import Progress
from lionrock.settings import Settings


def register(actions: Any) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = actions.add_parser(
        "build-engine", help="build the local engine for this machine's processor"
    )
    command.add_argument(
        "--source", type=Path, metavar="FILE", help=f"{source.LLAMA_CPP.file}, already here"
    )
    command.add_argument("--jobs", type=int, metavar="N", help="compilers at once; default: cores")
    command.add_argument("--again", action="store_true", help="even if there is one that fits")
    command.set_defaults(run=run)
    return command


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    cpu, wanted = at_hand(), source.LLAMA_CPP
    there = None if arguments.again else find(settings.home, wanted, cpu)
    if there is None:
        there = await _build(settings, arguments, cpu)
    if arguments.json:
        emit({"engine": there.model_dump(mode="json"), "cpu": cpu.label})
        return 0
    made = there.manifest
    say(f"✓ {there.binary}: llama.cpp of {made.package} {made.version}, {size(made.size)}")
    say(
        f"  built for {made.cpu} ({cpu.best or made.machine}) in {made.seconds} s by {made.compiler}"
    )
    say("  The local engine uses it from its next start on.")
    return 0


async def _build(settings: Settings, arguments: argparse.Namespace, cpu: Cpu) -> Built:
    found, wanted = tools.need(), source.LLAMA_CPP
    make_home(settings.home)
    if arguments.source:
        archive = await asyncio.to_thread(source.check, wanted, arguments.source)
    else:
        archive = await _fetch(settings, arguments.json)
    bar = Bar("Building", quiet=arguments.json)
    built = await build.build(
        wanted,
        archive,
        settings.home,
        cpu,
        found,
        jobs=max(1, arguments.jobs or build.default_jobs()),
        on_progress=lambda percent, what: bar.show(percent, 100, what),
    )
    bar.close()
    return built


async def _fetch(settings: Settings, quiet: bool) -> Path:
    """Each host this opens a way to is announced on standard error."""
    egress = Egress(settings.egress_hosts, announce=lambda text: print(text, file=sys.stderr))
    bar = Bar("Fetching llama.cpp's source", quiet=quiet)

    def show(at: Progress) -> None:
        bar.show(at.done, at.total, f"{size(at.done)} of {size(at.total)}, {at.source}")

    try:
        with guarding(egress):
            return await asyncio.to_thread(
                source.fetch, source.LLAMA_CPP, settings.cache / "engines", show,
                mirror=settings.mirror, egress=egress,
            )  # fmt: skip
    finally:
        spool.leave(egress.journal, settings.home)
        bar.close()
