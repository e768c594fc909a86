"""`lionrock privacy`: requests, holds, retention, erasures, breaches, and certificates checked offline."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from lionrock.cli import privacy_keeping
from lionrock.cli.actions import group
from lionrock.cli.audit_trust import opened, read, trust_of
from lionrock.cli.client import connect
from lionrock.cli.output import emit, harmless
from lionrock.errors import InvalidInput
from lionrock.kernel.privacy.checking import check
from lionrock.kernel.privacy.identifiers import IdentifierKind
from lionrock.settings import Settings

_STEPS = ("identity", "fee", "extend", "search", "package", "deliver", "refuse")


def register(commands: Any) -> None:
    action = group(commands, "privacy", "access requests, holds, retention, erasure, breaches")
    requests = action("requests", "people's requests: list, receive, take a step", run_requests)
    requests.add_argument("request", nargs="?", metavar="REQUEST", help="show this one")
    requests.add_argument(
        "--receive", choices=("access", "correction"), help="enter one; needs --identifier and --on"
    )
    requests.add_argument(
        "--identifier", action="append", default=[], metavar="KIND=VALUE",
        help=f"what the person is known by: {', '.join(k.value for k in IdentifierKind)}",
    )  # fmt: skip
    requests.add_argument("--on", metavar="DATE", help="day in Hong Kong it was received")
    requests.add_argument("--language", default="en", choices=("en", "zh-Hant", "zh-Hans"))
    requests.add_argument("--step", choices=_STEPS, help="take this step of REQUEST")
    requests.add_argument("--method", help="of identity or delivery")
    requests.add_argument("--ground", help="of a refusal")
    requests.add_argument("--reason", help="of a refusal or an extension")
    requests.add_argument("--cents", type=int, help="fee, in Hong Kong cents")
    requests.add_argument("--paid-on", metavar="DATE", help="day the fee was paid")
    requests.add_argument("--findings", action="store_true", help="list what was found")
    requests.add_argument("--out", type=Path, metavar="FILE.zip", help="save the package")
    privacy_keeping.register(action)
    checking = action(
        "verify-certificate", "check an erasure's certificate; needs no server", run_verify
    )
    checking.add_argument("certificate", type=Path)
    checking.add_argument(
        "--audit", type=Path, required=True, metavar="EXPORT", help="an export of the audit log"
    )
    checking.add_argument("--key", action="append", default=[], help="verifier key you were given")


async def run_requests(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.receive:
            body = {
                "subject_id": await _subject(client, arguments.identifier),
                "kind": arguments.receive, "received_on": arguments.on,
                "language": arguments.language,
            }  # fmt: skip
            made = await client.post("/v1/privacy/requests", body)
            found = await client.get(f"/v1/privacy/requests/{made['id']}")
        elif arguments.request and arguments.out:
            path = f"/v1/privacy/requests/{arguments.request}/package"
            size = await client.save(path, arguments.out)
            found = {"file": str(arguments.out), "bytes": size}
        elif arguments.request and arguments.findings:
            found = await client.get(f"/v1/privacy/requests/{arguments.request}/findings")
        elif arguments.request and arguments.step:
            path = f"/v1/privacy/requests/{arguments.request}/steps"
            found = await client.post(path, _step(arguments))
        elif arguments.request:
            found = await client.get(f"/v1/privacy/requests/{arguments.request}")
        else:
            found = await client.get("/v1/privacy/requests")
    emit(found) if arguments.json else _say(found)
    return 0


async def _subject(client: Any, given: list[str]) -> str:
    """The person with these identifiers: known by the first of them, or new."""
    identifiers = []
    for one in given:
        kind, equals, value = one.partition("=")
        if not equals or kind not in {k.value for k in IdentifierKind}:
            raise InvalidInput(f"--identifier {one}: say KIND=VALUE, as hkid=A123456(3).")
        identifiers.append({"kind": kind, "value": value})
    if not identifiers:
        raise InvalidInput("Say by --identifier what the person is known by, more than once.")
    known = await client.get("/v1/privacy/subjects", **identifiers[0])
    if known["subjects"] and identifiers[0]["kind"] != "name":
        return str(known["subjects"][0]["id"])
    made = await client.post("/v1/privacy/subjects", {"identifiers": identifiers})
    return str(made["id"])


def _step(arguments: argparse.Namespace) -> dict[str, Any]:
    given = {
        "method": arguments.method, "ground": arguments.ground, "reason": arguments.reason,
        "cents": arguments.cents, "paid_on": arguments.paid_on,
    }  # fmt: skip
    return {"step": arguments.step, **{k: v for k, v in given.items() if v is not None}}


def _say(found: dict[str, Any]) -> None:
    if "file" in found:
        print(f"{found['file']}: {found['bytes']} bytes")
    elif "findings" in found:
        for f in found["findings"]:
            page = f" page {f['page']}" if f["page"] else ""
            excerpt = harmless(" ".join(f["excerpt"].split())[:80])
            print(f"{f['id']}  {f['decision']:<8} {f['source']}{page} ({f['form']})  {excerpt}")
    else:
        for r in found.get("requests", [found]):
            left = "ended" if r["days_left"] is None else f"{r['days_left']} days left"
            print(f"{r['id']}  {r['kind']:<10} {r['state']:<9} due {r['due_on']}  {left}")


async def run_verify(settings: Settings, arguments: argparse.Namespace) -> int:
    certificate = read(arguments.certificate)
    with opened(arguments.audit) as source:
        checked, report = await asyncio.to_thread(
            check, certificate, source, trust_of(arguments)
        )  # fmt: skip
    told = checked.certificate
    found = {
        "holds": True, "erasure": told["erasure"], "sha256": checked.sha256,
        "event": str(checked.event_id), "position": checked.position, "log": checked.origin,
        "erased": len(told["erased"]), "keys_destroyed": len(told["keys_destroyed"]),
        "trusted": report.trusted,
    }  # fmt: skip
    if arguments.json:
        emit(found)
        return 0
    print(f"✓ The certificate of erasure {found['erasure']} holds: entry {found['position']}")
    print(f"  of {checked.origin} commits to {checked.sha256}")
    for one in told["erased"]:
        print(f"  {one['kind']} {one['id']}")
    if not report.trusted:
        print("! Checked with the key inside the export. Compare it with the one you were given.")
    return 0
