"""A command for each declared capability, made from its declaration: fields become arguments.

The first required field is the positional argument; the others are options.
"""

from __future__ import annotations

import argparse
from typing import Any

from pydantic.fields import FieldInfo

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.kernel.capabilities import Capability, capabilities
from lionrock.settings import Settings


def register(commands: Any) -> None:
    for declared in capabilities():
        command = commands.add_parser(declared.name, help=declared.summary)
        positional = next(
            (n for n, f in declared.request.model_fields.items() if f.is_required()), ""
        )
        for name, field in declared.request.model_fields.items():
            _argument(command, name, field, positional=name == positional)
        command.set_defaults(run=run, capability=declared)


def _argument(command: Any, name: str, field: FieldInfo, *, positional: bool) -> None:
    flag = "--" + name.replace("_", "-")
    if positional:
        command.add_argument(name, help=field.description)
    elif field.annotation is bool:
        command.add_argument(
            flag, action="store_true", default=field.default, help=field.description
        )
    else:
        kind = int if field.annotation is int else str
        command.add_argument(flag, type=kind, default=field.default, help=field.description)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    declared: Capability = arguments.capability
    body = {name: getattr(arguments, name) for name in declared.request.model_fields}
    async with connect(settings) as client:
        if arguments.json:
            emit(await client.post(f"/v1/{declared.name}", body))
            return 0
        async for event, data in client.stream(f"/v1/{declared.name}", body):
            if event == "result":
                say(declared.result.model_validate(data).plain())
    return 0
