"""`lionrock search QUERY`: ranked passages, without a model."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.client import connect
from lionrock.cli.output import emit, say
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("search", help="ranked passages for a query")
    command.add_argument("query")
    command.add_argument("--limit", type=int, default=10)
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/search", q=arguments.query, limit=arguments.limit)
    if arguments.json:
        emit(found)
        return 0
    for place, hit in enumerate(found["hits"], 1):
        passage = hit["passage"]
        pages = sorted({s[0] for s in passage["slices"]})
        where = f"{passage['document']}, p. {pages[0] if pages else '?'}"
        say(
            f"{place:2}. {where}  {passage['heading']}\n    {' '.join(passage['text'].split())[:300]}"
        )
    if not found["hits"]:
        print("Nothing found.")
    return 0
