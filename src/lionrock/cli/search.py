"""`lionrock search QUERY`: ranked passages, without a model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.documents.citations import Held
from lionrock.errors import InvalidInput
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("search", help="ranked passages for a query")
    command.add_argument("query")
    command.add_argument("--limit", type=int, default=10)
    command.add_argument(
        "--as-at", metavar="DATE", help="what was in force on this day (2026-01-01); else today's"
    )
    command.add_argument(
        "--export",
        metavar="FILE",
        type=Path,
        help="write the results to a .csv, .xlsx or .json file",
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        day = {"as_at": arguments.as_at} if arguments.as_at else {}
        if arguments.export:
            return await _export(client, arguments, day)
        found = await client.get("/v1/search", q=arguments.query, limit=arguments.limit, **day)
    if arguments.json:
        emit(found)
        return 0
    for place, hit in enumerate(found["hits"], 1):
        passage = hit["passage"]
        pages = sorted({s[0] for s in passage["slices"]})
        where = f"{passage['document']}, p. {pages[0] if pages else '?'}"
        if notice := Held.model_validate(passage["held"]).notice:
            where += f" ({notice})"
        say(
            f"{place:2}. {where}  {passage['heading']}\n    {' '.join(passage['text'].split())[:300]}"
        )
        say(f"    {_why(hit)}")
    if not found["hits"]:
        print("Nothing found.")
    elif found["hits"][0]["not_reranked"]:
        say("The reranker did not answer: this is the order without it.")
    return 0


def _why(hit: dict[str, Any]) -> str:
    """What spoke for a result, in one line."""
    parts = [f"named: {hit['cited']}"] if hit["cited"] else []
    parts += [f"glossary: {u['found']} = {', '.join(u['also'])}" for u in hit["glossary"]]
    parts += [f"figures: {' '.join(hit['figures'])}"] if hit["figures"] else []
    parts += [f"words: {' '.join(hit['words'][:12])}"] if hit["words"] else []
    parts.append(f"meaning {hit['meaning']:.2f}")
    parts += [f"reranker {hit['reranked']:.2f}"] if hit["reranked"] is not None else []
    return "; ".join(parts)


async def _export(client: Client, arguments: argparse.Namespace, day: dict[str, str]) -> int:
    target: Path = arguments.export
    kind = target.suffix.removeprefix(".")
    if kind not in ("csv", "xlsx", "json"):
        raise InvalidInput("Name the file .csv, .xlsx or .json.")
    asked = {"q": arguments.query, "format": kind, **day}
    size = await client.save("/v1/search/export", target, **asked)
    if arguments.json:
        emit({"file": str(target), "bytes": size})
    else:
        say(f"Wrote {target}.")
    return 0
