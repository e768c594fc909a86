"""A command for each declared capability, made from its declaration: fields become arguments.

The first required field is the positional argument, or the first that takes documents; the others are
options. A document is named by its name or its id, a file by its path.
"""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path
from typing import Any, Final

import lionrock.app  # noqa: F401 (the rooms declare their capabilities)
from lionrock.cli.changes import found
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.errors import InvalidInput
from lionrock.kernel.capabilities import Capability, capabilities
from lionrock.kernel.fields import RequestField, fields
from lionrock.settings import Settings

_DOCUMENTS: Final = ("document", "documents")


def register(commands: Any) -> None:
    for declared in capabilities():
        command = commands.add_parser(declared.name, help=declared.summary)
        first = _first(declared)
        for field in fields(declared.request):
            _argument(command, field, positional=field is first)
        if declared.result.formats:
            kinds = ", ".join(f".{format}" for format in declared.result.formats)
            command.add_argument("--out", type=Path, metavar="FILE", help=f"save as {kinds}")
        command.set_defaults(run=run, capability=declared)


def _first(declared: Capability) -> RequestField | None:
    known = fields(declared.request)
    wanted = [f for f in known if f.required] + [f for f in known if f.widget in _DOCUMENTS]
    return next(iter(wanted), None)


def _argument(command: Any, field: RequestField, *, positional: bool) -> None:
    several = field.widget in ("documents", "lines")
    more: dict[str, Any] = {"help": field.description or None}
    if several:
        more["nargs"] = "+" if field.required else "*"
    elif field.widget == "number":
        more["type"] = int if field.schema.get("type") == "integer" else float
    elif field.widget == "file":
        more |= {"type": Path, "metavar": "FILE"}
    elif field.widget == "choice":
        more["choices"] = list(field.choices)
    if positional:
        if not field.required and not several:
            more["nargs"] = "?"
        command.add_argument(field.name, **more)
    elif field.widget == "tick":
        command.add_argument(
            _flag(field), action="store_true", default=field.default, help=more["help"]
        )
    else:
        command.add_argument(_flag(field), default=field.default, **more)


def _flag(field: RequestField) -> str:
    return "--" + field.name.replace("_", "-")


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    declared: Capability = arguments.capability
    target: Path | None = getattr(arguments, "out", None)
    if target and target.suffix[1:] not in declared.result.formats:
        known = " or ".join(f".{format}" for format in declared.result.formats)
        raise InvalidInput(f"{target.name} cannot be written: name the file {known}.")
    async with connect(settings) as client:
        body = await _body(client, declared, arguments)
        result, run_id = await _run(client, declared, body, quiet=arguments.json)
        if target:
            await client.save(f"/v1/runs/{run_id}/export", target, format=target.suffix[1:])
    if arguments.json:
        emit(result)
    else:
        say(declared.result.model_validate(result).plain())
        if target:
            say(f"Wrote {target}.")
    return 0


async def _body(
    client: Client, declared: Capability, arguments: argparse.Namespace
) -> dict[str, Any]:
    """What was said, with documents by their ids; "-" is what comes on standard input."""
    body: dict[str, Any] = {}
    for field in fields(declared.request):
        value = getattr(arguments, field.name)
        if value is None:
            continue
        if field.widget == "document":
            value = (await found(client, value))["id"]
        elif field.widget == "documents":
            value = [(await found(client, one))["id"] for one in value]
        elif field.widget == "file":
            value = base64.b64encode(value.read_bytes()).decode()
        elif field.widget == "area" and value == "-":
            value = sys.stdin.read()
        body[field.name] = value
    return body


async def _run(
    client: Client, declared: Capability, body: dict[str, Any], *, quiet: bool
) -> tuple[dict[str, Any], str]:
    """The result and the id of its run."""
    run_id, result = "", {}
    async for event, data in client.stream(f"/v1/{declared.name}", body):
        if event == "run":
            run_id = data["id"]
        elif event == "progress" and not quiet and sys.stderr.isatty():
            of = f" {data['done']} of {data['total']}" if data["total"] else ""
            print(f"\r\x1b[K{data['stage']}{of}", end="", file=sys.stderr, flush=True)
        elif event == "result":
            result = data
    if not quiet and sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return result, run_id
