"""`lionrock`: the stable commands. Each takes --json; exit 0 done, 1 could not, 2 the call was wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

from pydantic import ValidationError

from lionrock import __version__
from lionrock.cli import (
    add,
    alerts,
    audit,
    budgets,
    capability,
    changes,
    classifiers,
    customers,
    demo,
    doctor,
    engines,
    exchanges,
    gateway,
    glossary,
    keys,
    limits,
    link,
    lists,
    mcp,
    members,
    memory,
    models,
    privacy,
    providers,
    screen,
    search,
    searches,
    tables,
    templates,
    tenants,
    up,
    usage,
    vault,
    worker,
)
from lionrock.cli.client import Problem
from lionrock.cli.output import harmless
from lionrock.errors import LionrockError
from lionrock.kernel import logs
from lionrock.kernel.egress import Egress, guarding
from lionrock.settings import Settings

_COMMANDS = (
    up,
    demo,
    add,
    worker,
    search,
    searches,
    glossary,
    changes,
    tables,
    capability,
    classifiers,
    templates,
    mcp,
    memory,
    screen,
    lists,
    customers,
    alerts,
    models,
    engines,
    gateway,
    limits,
    budgets,
    usage,
    exchanges,
    privacy,
    doctor,
    link,
    vault,
    audit,
    tenants,
    members,
    keys,
    providers,
)
"""Modules with `register(commands)`; each parser sets `run`, an async function of (settings, arguments)."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="lionrock",
        description="AI workbench that regulated institutions run on their own machines.",
    )
    top.add_argument("--version", action="version", version=f"lionrock {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in _COMMANDS:
        module.register(commands)
    for command in commands.choices.values():
        if command.get_default("run"):
            command.add_argument("--json", action="store_true", help="print JSON and nothing else")
    return top


def main(argv: Sequence[str] | None = None) -> None:
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    logs.configure()
    try:
        settings = Settings()
        with guarding(Egress(settings.egress_hosts)):
            return asyncio.run(_until_told(arguments.run(settings, arguments)))
    except ValidationError as error:
        return _fail(arguments, "LIONROCK_" + _faults(error), 2)
    except Problem as error:
        return _fail(arguments, error.detail, 2 if error.wrong_call else 1)
    except LionrockError as error:
        return _fail(arguments, error.detail, error.exit_code)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        told = f"{error.filename} cannot be used: {error.strerror}. Name another file or place."
        return _fail(arguments, told, 2)


async def _until_told(work: Coroutine[Any, Any, int]) -> int:
    """Run `work`; SIGTERM stops it as Ctrl-C does, so that all it started is stopped too."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())


def _fail(arguments: argparse.Namespace, message: str, code: int) -> int:
    if getattr(arguments, "json", False):
        print(json.dumps({"error": message}, ensure_ascii=False))
    print(harmless(f"lionrock {arguments.command}: {message}"), file=sys.stderr)
    return code
