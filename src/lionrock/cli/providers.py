"""`lionrock providers add|list|remove|link`: OpenID providers of the first tenant."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import connect
from lionrock.cli.members import find
from lionrock.cli.output import emit
from lionrock.errors import InvalidInput
from lionrock.settings import Settings


def register(commands: Any) -> None:
    action = group(commands, "providers", "OpenID providers that members sign in with")
    adding = action("add", "add a provider", run_add)
    adding.add_argument("name", help="what the button says")
    for name in ("--issuer", "--client-id", "--redirect-uri"):
        adding.add_argument(name, required=True)
    adding.add_argument(
        "--secret-file", metavar="FILE", help="holds the client secret; - reads standard input"
    )
    adding.add_argument("--scope", action="append", dest="scopes", metavar="WORD")
    adding.add_argument("--amr", action="append", default=[], metavar="METHOD", help="such as mfa")
    adding.add_argument("--role-claim", default="", metavar="CLAIM")
    adding.add_argument("--role", action="append", default=[], metavar="VALUE=ROLE")
    adding.add_argument("--provision", action="append", default=[], metavar="ROLE")
    action("list", "every provider", run_list)
    action("remove", "remove a provider and its links", run_remove).add_argument("provider")
    linking = action("link", "let a subject of the provider sign in as a member", run_link)
    for name in ("provider", "subject", "member"):
        linking.add_argument(name)


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    wanted: dict[str, Any] = {
        "name": arguments.name, "issuer": arguments.issuer, "client_id": arguments.client_id,
        "redirect_uri": arguments.redirect_uri, "scopes": arguments.scopes or ["openid"],
        "amr_values": arguments.amr, "role_claim": arguments.role_claim,
        "role_map": dict(map(_pair, arguments.role)), "provision": bool(arguments.provision),
        "provision_roles": arguments.provision,
    }  # fmt: skip
    if arguments.secret_file:
        wanted["client_secret"] = _secret(arguments.secret_file)
    async with connect(settings) as client:
        made = await client.post("/v1/providers", wanted)
    emit(made) if arguments.json else print(f"✓ {made['id']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/providers")
    if arguments.json:
        emit(found)
        return 0
    for one in found["providers"]:
        print(
            f"{one['id']}  {one['name']:<24} {'on ' if one['enabled'] else 'off'} {one['issuer']}"
        )
    return 0


async def run_remove(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        await client.delete(f"/v1/providers/{arguments.provider}")
    emit({"id": arguments.provider, "removed": True}) if arguments.json else print("✓ removed")
    return 0


async def run_link(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        member = (await find(client, arguments.member))["id"]
        await client.post(
            f"/v1/providers/{arguments.provider}/subjects",
            {"subject": arguments.subject, "member_id": member},
        )
    emit({"member": member, "linked": True}) if arguments.json else print("✓ linked")
    return 0


def _pair(text: str) -> tuple[str, str]:
    value, sign, role = text.rpartition("=")
    if not sign or not value:
        raise InvalidInput(f"--role {text}: write VALUE=ROLE, such as mlro-team=reviewer.")
    return value, role


def _secret(file: str) -> str:
    """Never an argument: other users of the machine see those."""
    return (sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")).strip()
