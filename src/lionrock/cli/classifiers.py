"""`lionrock classifiers list|train|use|retire`: classifiers of sentiment, trained from own examples."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit, say
from lionrock.errors import NotFound
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "classifiers", "classifiers of sentiment, trained from your examples")
    action("list", "what there is, and what each measured", run_list)
    training = action("train", "train one from a file with the columns text and label", run_train)
    training.add_argument("file", type=Path, metavar="FILE", help="CSV or XLSX")
    training.add_argument("--name", required=True)
    for name, summary in (("use", "let it read from now on"), ("retire", "delete its weights")):
        changing = action(name, summary, run_change)
        changing.add_argument("classifier", metavar="NAME", help="name or id")
        changing.set_defaults(change=name)


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/classifiers")
    if arguments.json:
        emit(found)
        return 0
    for one in found["classifiers"]:
        _tell(one)
    if not found["classifiers"]:
        say("No classifier. Train one: lionrock classifiers train FILE --name NAME")
    return 0


async def run_train(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        made = await client.send_files("/v1/classifiers", [arguments.file], name=arguments.name)
    emit(made) if arguments.json else _tell(made)
    return 0


async def run_change(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        wanted = await _found(client, arguments.classifier)
        changed = await client.post(f"/v1/classifiers/{wanted}/{arguments.change}", {})
    emit(changed) if arguments.json else _tell(changed)
    return 0


async def _found(client: Client, wanted: str) -> str:
    """The id of the classifier so called, one that stands before a retired one."""
    listed = (await client.get("/v1/classifiers"))["classifiers"]
    for one in sorted(listed, key=lambda one: one["retired_at"] is not None):
        if wanted in (one["id"], one["name"]):
            return str(one["id"])
    raise NotFound(f"There is no classifier {wanted!r} here.")


def _tell(one: dict[str, Any]) -> None:
    state = "retired" if one["retired_at"] else "in use" if one["in_use"] else "kept"
    texts = ", ".join(f"{n:,} {label}" for label, n in one["texts"].items())
    say(f"{one['id']}  {one['name']}  ({state}; {texts}; {one['trained_at'][:10]})")
    for head, found in one["measured"].items():
        say(
            f"  {head:<8} accuracy {found['accuracy']:.3f}, macro-F1 {found['macro_f1']:.3f}, "
            f"calibration error {found['ece']:.3f}; decides {found['coverage']:.0%} of texts, "
            f"{found['decided']:.1%} of them right"
        )
