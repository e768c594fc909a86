"""`lionrock tables DOC`: the tables of a document, shown or written to a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from lionrock.cli.changes import found
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.documents.table_files import MEDIA, MOST_PAGES
from lionrock.documents.tables import Table
from lionrock.errors import InvalidInput
from lionrock.settings import Settings

_WIDEST = 28
"""Columns of the screen that a cell may take."""


def register(commands: Any) -> None:
    command = commands.add_parser("tables", help="the tables of a document")
    command.add_argument("document", help="its name or id")
    command.add_argument("--page", type=int, metavar="N", help="of this page; else of all")
    command.add_argument(
        "--out", type=Path, metavar="FILE", help="write them to a .csv or .xlsx file"
    )
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        document = await found(client, arguments.document)
        if arguments.out:
            return await _write(client, document, arguments)
        tables = await _all(client, document["id"], arguments.page)
    if arguments.json:
        emit({"tables": tables})
        return 0
    for table in map(Table.model_validate, tables):
        say(f"page {table.page}, table {table.number}: {table.rows} rows, {table.columns} columns")
        _show(table)
    if not tables:
        print("No tables found.")
    return 0


async def _all(client: Client, document: str, page: int | None) -> list[dict[str, Any]]:
    path = f"/v1/documents/{document}/tables"
    if page is not None:
        return list((await client.get(path, start=page, pages=1))["tables"])
    tables: list[dict[str, Any]] = []
    start: int | None = 1
    while start is not None:
        reply = await client.get(path, start=start, pages=MOST_PAGES)
        tables, start = [*tables, *reply["tables"]], reply["more"]
    return tables


async def _write(client: Client, document: dict[str, Any], arguments: argparse.Namespace) -> int:
    target: Path = arguments.out
    kind = target.suffix.removeprefix(".")
    if kind not in MEDIA:
        raise InvalidInput("Name the file .csv or .xlsx.")
    if arguments.page is None and document["pages"] > MOST_PAGES:
        raise InvalidInput(
            f"{document['name']} has {document['pages']} pages; a file holds the tables of "
            f"{MOST_PAGES} at most. Give --page."
        )
    asked = {
        "start": arguments.page or 1,
        "pages": 1 if arguments.page else MOST_PAGES,
        "format": kind,
    }
    size = await client.save(f"/v1/documents/{document['id']}/tables/export", target, **asked)
    if arguments.json:
        emit({"file": str(target), "bytes": size})
    else:
        say(f"Wrote {target}.")
    return 0


def _show(table: Table) -> None:
    grid = [[_cut(text) for text in line] for line in table.grid()]
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    for number, line in enumerate(grid, 1):
        cells = [
            text + " " * (wide - _width(text)) for text, wide in zip(line, widths, strict=True)
        ]
        say(("  " + "  ".join(cells)).rstrip())
        if number == table.head:
            say("  " + "  ".join("-" * wide for wide in widths))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    if _width(text) <= _WIDEST:
        return text
    while _width(text) >= _WIDEST:
        text = text[:-1]
    return f"{text}…"
