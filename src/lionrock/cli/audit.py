"""`lionrock audit`: verify an export offline, export, prove, and show the log's head and keys."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from lionrock.cli import audit_witness
from lionrock.cli.audit_trust import opened, read, trust_of
from lionrock.cli.client import connect
from lionrock.cli.output import emit
from lionrock.errors import InvalidInput
from lionrock.kernel.audit import cosignatures, proofs
from lionrock.kernel.audit.keys import ask_for_rotation
from lionrock.kernel.audit.leaves import decode
from lionrock.kernel.audit.notes import ED25519, Verifier
from lionrock.kernel.audit.subjects import unpack
from lionrock.kernel.audit.verify import Report, Trust, verify
from lionrock.settings import Settings


def register(commands: Any) -> None:
    command = commands.add_parser("audit", help="the audit log: verify, export, prove, cosign")
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    checking = actions.add_parser("verify", help="verify an export or a proof; needs no server")
    checking.add_argument(
        "export", nargs="?", type=Path, help="tar file, directory or .tlog-proof; default: this log now"
    )  # fmt: skip
    checking.add_argument("--key", action="append", default=[], help="verifier key you were given")
    checking.add_argument(
        "--witness", action="append", default=[], help="key that must have cosigned"
    )
    checking.add_argument(
        "--previous", type=Path, help="a checkpoint you kept: the log goes on from it"
    )
    checking.set_defaults(run=run_verify)
    exporting = actions.add_parser("export", help="all an outsider needs to verify the log")
    exporting.add_argument("--out", type=Path, required=True, metavar="FILE")
    exporting.add_argument(
        "--since", default="", help="time with its zone, such as 2026-03-01T00:00:00Z"
    )
    exporting.set_defaults(run=run_export)
    proving = actions.add_parser("prove", help="a proof that one event is in the log")
    proving.add_argument("event_id")
    proving.add_argument("--out", type=Path, required=True, metavar="FILE.tlog-proof")
    proving.set_defaults(run=run_prove)
    head = actions.add_parser("checkpoint", help="the signed head of the log")
    head.set_defaults(run=run_checkpoint)
    key = actions.add_parser("key", help="the log's verifier keys, or a new key")
    key.add_argument("--rotate", action="store_true", help="have the server make a new key")
    key.add_argument("--overlap-days", type=int, default=90, help="the old key signs as long too")
    key.set_defaults(run=run_key)
    state = actions.add_parser("state", help="how the log stands")
    state.set_defaults(run=run_state)
    subject = actions.add_parser("subject", help="who saw and decided what about a subject, proven")
    subject.add_argument("subject_id")
    subject.add_argument("--csv", type=Path, required=True, metavar="FILE")
    subject.set_defaults(run=run_subject)
    plain = (checking, exporting, proving, head, key, state, subject)
    for parser in (*plain, *audit_witness.register(actions)):
        parser.add_argument("--json", action="store_true", help="print JSON and nothing else")


async def run_verify(settings: Settings, arguments: argparse.Namespace) -> int:
    trust = trust_of(arguments)
    path: Path | None = arguments.export
    if path is None:
        with tempfile.TemporaryDirectory(prefix="lionrock-audit-") as folder:
            path = Path(folder) / "export.tar"
            async with connect(settings) as client:
                await client.save("/v1/audit/export", path)
            report = await asyncio.to_thread(_verified, path, trust)
    elif path.suffix == ".tlog-proof":
        return _proof(path, trust, arguments.json)
    else:
        report = await asyncio.to_thread(_verified, path, trust)
    emit(_plain(report)) if arguments.json else _say(report)
    return 0


def _verified(path: Path, trust: Trust) -> Report:
    with opened(path) as source:
        return verify(source, trust)


def _proof(path: Path, trust: Trust, as_json: bool) -> int:
    """A proof has no keys in it: without one it says nothing."""
    if not trust.keys:
        raise InvalidInput("A proof is checked with the log's verifier key: give it with --key.")
    proof = proofs.parse(read(path))
    origin = decode(proof.entry).origin
    head, note = proof.check(
        [Verifier(origin, ED25519, k.public) for k in trust.keys if k.name == origin]
    )
    leaf = decode(proof.entry)
    cosigned = cosignatures.cosigners(note, trust.witnesses, trust.now)
    found = {
        "log": head.origin, "position": proof.index, "size": head.size, "event": leaf.event,
        "id": str(leaf.id), "time": leaf.time.isoformat(), "commitment": leaf.commitment.hex(),
        "cosigned": [c.witness.name for c in cosigned],
    }  # fmt: skip
    if as_json:
        emit(found)
    else:
        print(
            f"✓ {leaf.event} {leaf.id} of {found['time']} is entry {proof.index} of {head.origin}."
        )
    return 0


def _plain(report: Report) -> dict[str, Any]:
    return {
        "log": report.origin, "first": report.first, "size": report.size, "root": report.root.hex(),
        "exported_at": report.exported_at, "trusted": report.trusted, "keys": list(report.keys),
        "opened": report.opened, "previous": report.previous,
        "cosigned": [
            {"witness": c.witness.name, "time": c.time, "size": size} for c, size in report.cosigned
        ],
        "platform": report.platform.origin if report.platform else None,
    }  # fmt: skip


def _say(report: Report) -> None:
    begins = f" from {report.first}" if report.first else ""
    print(f"✓ {report.origin}: {report.size} entries{begins}, exported {report.exported_at}")
    print(f"✓ root {report.root.hex()}")
    print(f"✓ {report.opened} payloads are the ones committed to")
    for cosigned, size in report.cosigned:
        at = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(cosigned.time))
        print(f"✓ {cosigned.witness.name} cosigned {size} entries at {at}")
    if report.previous is not None:
        print(f"✓ goes on from your checkpoint of {report.previous} entries")
    if report.platform:
        print(f"✓ is in the platform log {report.platform.origin}")
    if not report.trusted:
        print("! Checked with the key inside the export. Compare it with the one you were given:")
        print("".join(f"  {key}\n" for key in report.keys), end="")


async def run_export(settings: Settings, arguments: argparse.Namespace) -> int:
    params = {"since": arguments.since} if arguments.since else {}
    async with connect(settings) as client:
        size = await client.save("/v1/audit/export", arguments.out, **params)
    if arguments.json:
        emit({"file": str(arguments.out), "bytes": size})
    else:
        print(
            f"{arguments.out}: {size} bytes. Check it with: lionrock audit verify {arguments.out}"
        )
    return 0


async def run_prove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        await client.save(f"/v1/audit/events/{arguments.event_id}/proof", arguments.out)
    emit({"file": str(arguments.out)}) if arguments.json else print(arguments.out)
    return 0


async def run_checkpoint(settings: Settings, arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="lionrock-audit-") as folder:
        path = Path(folder) / "checkpoint"
        async with connect(settings) as client:
            await client.save("/v1/audit/log/checkpoint", path)
        text = path.read_text("utf-8")
    emit({"checkpoint": text}) if arguments.json else print(text, end="")
    return 0


async def run_key(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.rotate:
        if arguments.overlap_days < 1:
            raise InvalidInput("--overlap-days must be at least 1.")
        ask_for_rotation(settings.home / "keys", arguments.overlap_days)
    async with connect(settings) as client:
        keys = (await client.get("/v1/audit/keys"))["keys"]
    if arguments.json:
        emit({"keys": keys, "rotating": arguments.rotate})
        return 0
    print("".join(f"{key}\n" for key in keys), end="")
    if arguments.rotate:
        print("! The server makes a new key at its next turn: ask again in a few seconds.")
    return 0


async def run_state(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        state = await client.get("/v1/audit/state")
    if arguments.json:
        emit(state)
    else:
        print(
            f"{state['status']}: {state['origin']}, {state['size']} entries, {state['waiting']} waiting"
        )
        print(state["reason"]) if state["reason"] else None
    return 0 if state["status"] in ("sequencing", "starting", "standby") else 1


async def run_subject(settings: Settings, arguments: argparse.Namespace) -> int:
    target: Path = arguments.csv
    with tempfile.TemporaryDirectory(prefix="lionrock-audit-") as folder:
        path = Path(folder) / "subject.tar"
        async with connect(settings) as client:
            await client.save(f"/v1/audit/subjects/{arguments.subject_id}/export", path)
        with opened(path) as source:
            proven = unpack(source, target)
    if arguments.json:
        emit({"file": str(target), "proofs": proven})
    else:
        print(f"{target}, {proven} proofs in {target.parent / 'proofs'}")
    return 0
