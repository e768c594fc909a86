"""`lionrock audit cosign` and `lionrock audit witness`: both sides of cosigning."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from lionrock.cli.audit_trust import opened, read, trust_of
from lionrock.cli.client import connect
from lionrock.cli.output import emit
from lionrock.errors import Conflict, InvalidInput
from lionrock.kernel import disk
from lionrock.kernel.audit.cosign import cosign, new_key, read_key
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.audit.verify import Report, Trust
from lionrock.settings import Settings


def register(actions: Any) -> list[argparse.ArgumentParser]:
    """The parsers that do something; the caller gives each its --json."""
    signing = actions.add_parser("cosign", help="as a witness: check an export and cosign its head")
    signing.add_argument("export", type=Path, help="tar file or directory")
    signing.add_argument("--key", action="append", required=True, help="the log's verifier key")
    signing.add_argument(
        "--name", required=True, help="your name as a witness, such as hkma.example"
    )
    signing.add_argument(
        "--witness-key", type=Path, required=True, help="file with your private key"
    )
    signing.add_argument(
        "--last", type=Path, required=True,
        help="what you cosigned last for this log; read if it is there, and replaced",
    )  # fmt: skip
    signing.set_defaults(run=run_cosign)
    witness = actions.add_parser("witness", help="witnesses: make a key, add, list, import")
    witness.add_argument(
        "step", choices=sorted(_STEPS),
        help="new (as a witness: make a key), add (trust a key), list, import (a cosigned checkpoint)",
    )  # fmt: skip
    witness.add_argument("value", nargs="?", help="add: the verifier key; import: the file")
    witness.add_argument("--name", help="new: your name as a witness, such as hkma.example")
    witness.add_argument("--out", type=Path, metavar="FILE", help="new: where the key is kept")
    witness.set_defaults(run=run_witness)
    return [signing, witness]


async def run_witness(settings: Settings, arguments: argparse.Namespace) -> int:
    needs, step = _STEPS[arguments.step]
    missing = [n for n in needs if not getattr(arguments, n)]
    if missing:
        named = {"value": "what to work on", "name": "--name", "out": "--out"}
        raise InvalidInput(
            f"`witness {arguments.step}` needs {' and '.join(named[n] for n in missing)}."
        )
    return await step(settings, arguments)


async def run_cosign(settings: Settings, arguments: argparse.Namespace) -> int:
    witness = Witness(arguments.name, read_key(arguments.witness_key))
    report = await asyncio.to_thread(
        _cosign, arguments.export, trust_of(arguments), witness, arguments.last
    )
    if arguments.json:
        emit({"log": report.origin, "size": report.size, "file": str(arguments.last)})
    else:
        print(f"✓ Cosigned {report.origin} at {report.size} entries: {arguments.last}")
        print("  Send that file back; the log's side runs: lionrock audit witness import FILE")
    return 0


def _cosign(export: Path, trust: Trust, witness: Witness, last: Path) -> Report:
    """Check, sign and remember under a lock: two runs at once must not cosign two histories."""
    with last.with_name(f".{last.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"Another process is cosigning with {last}.") from error
        before = last.read_bytes() if last.exists() else None
        with opened(export) as source:
            cosigned, report = cosign(source, trust, witness, before)
        # Kept before it is shown: what leaves here is what the next run starts from.
        disk.write(last, cosigned)
    return report


async def run_new(settings: Settings, arguments: argparse.Namespace) -> int:
    if set(arguments.name) & set(" +\n\t"):
        raise InvalidInput("A witness's name has no spaces and no plus: hkma.example.")
    verifier = Witness(arguments.name, new_key(arguments.out)).verifier
    emit({"vkey": verifier.vkey}) if arguments.json else print(verifier.vkey)
    return 0


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        added = await client.post("/v1/audit/witnesses", {"vkey": arguments.value})
    emit(added) if arguments.json else print(f"✓ {added['name']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/audit/witnesses")
    if arguments.json:
        emit(found)
        return 0
    for witness in found["witnesses"]:
        done = (
            f"{witness['size']} entries, {witness['cosigned_at']}"
            if witness["size"]
            else "nothing yet"
        )
        print(f"{witness['name']:<30} {done}\n  {witness['vkey']}")
    if not found["witnesses"]:
        print("No witness is known. Add one: lionrock audit witness add VERIFIER-KEY")
    return 0


async def run_import(settings: Settings, arguments: argparse.Namespace) -> int:
    try:
        text = read(Path(arguments.value)).decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{arguments.value} is not a checkpoint: it is not text.") from error
    async with connect(settings) as client:
        kept = await client.post("/v1/audit/cosignatures", {"checkpoint": text})
    emit(kept) if arguments.json else print(f"✓ {kept['origin']} at {kept['size']} entries")
    return 0


_STEPS: dict[str, tuple[list[str], Callable[[Settings, argparse.Namespace], Awaitable[int]]]] = {
    "add": (["value"], run_add),
    "import": (["value"], run_import),
    "list": ([], run_list),
    "new": (["name", "out"], run_new),
}
