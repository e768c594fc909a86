"""`lionrock usage`: what was used through the gateway, by member, key, model or day."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.gateway.ledger.report import By
from lionrock.gateway.ledger.writing import amount
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("usage", help="what was used through the gateway")
    command.add_argument("--since", metavar="DAY", help="as 2026-11-01; default: 30 days")
    command.add_argument("--until", metavar="DAY", help="default: today, in Hong Kong")
    command.add_argument(
        "--by", action="append", default=[], choices=[by.value for by in By],
        help="a line for each; may be given several times",
    )  # fmt: skip
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    params = [("by", by) for by in arguments.by]
    for name in ("since", "until"):
        if getattr(arguments, name):
            params.append((name, getattr(arguments, name)))
    async with connect(settings) as client:
        found = await client.get_all("/v1/gateway/usage", params)
    if arguments.json:
        emit(found)
        return 0
    say(f"{found['since']} to {found['until']}, days in Hong Kong")
    for line in found["lines"]:
        say(_told(line, arguments.by))
    return 0


def _told(line: dict[str, Any], by: list[str]) -> str:
    groups = "  ".join(str(line[name] or "–") for name in dict.fromkeys(by))
    failed = f", {line['failed']:,} failed" if line["failed"] else ""
    return (
        f"{groups}  {line['calls']:,} calls{failed}, {line['tokens_in']:,} tokens in, "
        f"{line['tokens_out']:,} out, {line['currency']} {amount(line['cost'])}"
    ).strip()
