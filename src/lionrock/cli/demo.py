"""`lionrock demo`: load the sample documents and ask a question in each language."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from lionrock.assist.schemas import Answer
from lionrock.cli.add import add
from lionrock.cli.client import Client, connect
from lionrock.cli.models import pull
from lionrock.cli.output import emit, say
from lionrock.errors import Unavailable
from lionrock.settings import Settings

_TYPES = {".pdf", ".docx", ".xlsx", ".html", ".md", ".txt"}


def register(commands: Any) -> None:
    command = commands.add_parser("demo", help="load the samples and ask in each language")
    command.set_defaults(run=run)


async def run(settings: Settings, arguments: argparse.Namespace) -> int:
    await pull(settings, [], quiet=arguments.json)
    async with connect(settings) as client:
        answers = await show(client, quiet=arguments.json)
    if arguments.json:
        emit({"answers": answers})
    return 0


def samples() -> Path:
    """The sample documents: beside the source in a checkout, inside the package when installed."""
    here = Path(__file__).resolve()
    for folder in (here.parents[3] / "samples", here.parents[1] / "samples"):
        if (folder / "demo.json").is_file():
            return folder
    raise Unavailable("The sample documents are not part of this installation.")


async def show(client: Client, *, quiet: bool) -> list[dict[str, Any]]:
    folder = samples()
    files = sorted(p for p in folder.iterdir() if p.suffix in _TYPES and p.name != "README.md")
    await add(client, files, quiet=quiet)
    questions = json.loads((folder / "demo.json").read_text("utf-8"))["questions"]
    answers = []
    for asked in questions:
        if not quiet:
            print(f"\n? {asked['question']}", flush=True)
        result = await client.post("/v1/ask", {"question": asked["question"]})
        if not quiet:
            say(Answer.model_validate(result).plain())
        answers.append(_brief(result))
    return answers


def _brief(result: dict[str, Any]) -> dict[str, Any]:
    kept = {k: result[k] for k in ("question", "language", "answer", "refused")}
    kept["citations"] = [
        {k: c[k] for k in ("document", "page", "boxes", "quote")} for c in result["citations"]
    ]
    return kept
