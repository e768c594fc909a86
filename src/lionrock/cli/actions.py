"""Commands with actions, as `lionrock members add`: each action takes --json."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

from lionrock.settings import Settings

Run = Callable[[Settings, argparse.Namespace], Awaitable[int]]
Action = Callable[[str, str, Run], argparse.ArgumentParser]


def group(commands: Any, name: str, summary: str) -> Action:
    """Add the command `name`; the function that comes back adds an action to it."""
    command = commands.add_parser(name, help=summary)
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, summary: str, run: Run) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=summary)
        parser.set_defaults(run=run)
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")
        return parser

    return action
