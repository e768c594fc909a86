"""`lionrock members add|list|roles|suspend|restore|remove|invite`: the members of the first tenant."""

from __future__ import annotations

import argparse
from typing import Any

from lionrock.cli.actions import group
from lionrock.cli.client import Client, connect
from lionrock.cli.output import emit
from lionrock.cli.tenants import address
from lionrock.errors import NotFound
from lionrock.settings import Settings

_DONE = {"suspend": "suspended", "restore": "active", "remove": "removed"}


def register(commands: Any) -> None:
    action = group(commands, "members", "members of the tenant, and machines' accounts")
    adding = action("add", "invite someone; prints the invitation", run_add)
    adding.add_argument("email", metavar="EMAIL", help="or, with --service, the account's name")
    adding.add_argument("--role", action="append", default=[], dest="roles", metavar="ROLE")
    adding.add_argument(
        "--same-person-as", metavar="MEMBER", help="another account of the same person"
    )
    adding.add_argument(
        "--service", action="store_true", help="a machine's account: keys, no sign-in"
    )
    action("list", "every member: name, address, roles, state", run_list)
    changing = action("roles", "give a member other roles", run_roles)
    changing.add_argument("member", metavar="MEMBER", help="e-mail address or id")
    changing.add_argument("roles", nargs="+", metavar="ROLE")
    again = action("invite", "another invitation, for who lost theirs or a password", run_invite)
    again.add_argument("member", metavar="MEMBER")
    for verb, summary in (
        ("suspend", "end a member's sessions and keys, now"),
        ("restore", "let a suspended member sign in again"),
        ("remove", "suspend a member for good"),
    ):
        closing = action(verb, summary, run_state)
        closing.add_argument("member", metavar="MEMBER", help="e-mail address or id")
        closing.set_defaults(verb=verb)


async def run_add(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        if arguments.service:
            made = await client.post("/v1/members/services", {"name": arguments.email})
        else:
            wanted: dict[str, Any] = {"email": arguments.email, "roles": arguments.roles}
            if arguments.same_person_as:
                other = await find(client, arguments.same_person_as)
                wanted["same_person_as"] = other["id"]
            made = await client.post("/v1/members", wanted)
    return _show(settings, arguments, made)


async def run_invite(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        member = await find(client, arguments.member)
        made = await client.post(f"/v1/members/{member['id']}/invitations", {})
    return _show(settings, arguments, made)


def _show(settings: Settings, arguments: argparse.Namespace, made: dict[str, Any]) -> int:
    if "invitation" in made:
        made["invitation"] = address(settings, made["invitation"])
    if arguments.json:
        emit(made)
    elif "invitation" in made:
        print(f"✓ {made['member_id']}\nTo be accepted once, by {made['expires_at'][:10]}, with:")
        print(made["invitation"])
    else:
        print(f"✓ {made['member_id']}")
    return 0


async def run_list(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        found = await client.get("/v1/members")
    if arguments.json:
        emit(found)
        return 0
    for member in found["members"]:
        roles = ", ".join(member["roles"])
        print(
            f"{member['state']:<10} {member['email'] or member['name']:<40} {roles}  {member['id']}"
        )
    return 0


async def run_roles(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        member = await find(client, arguments.member)
        await client.put(f"/v1/members/{member['id']}/roles", {"roles": arguments.roles})
    done = {"id": member["id"], "roles": sorted(arguments.roles)}
    emit(done) if arguments.json else print(f"✓ {', '.join(done['roles'])}")
    return 0


async def run_state(settings: Settings, arguments: argparse.Namespace) -> int:
    async with connect(settings) as client:
        member = await find(client, arguments.member)
        path = f"/v1/members/{member['id']}"
        if arguments.verb == "remove":
            await client.delete(path)
        else:
            await client.post(f"{path}/{arguments.verb}", {})
    done = {"id": member["id"], "state": _DONE[arguments.verb]}
    emit(done) if arguments.json else print(f"✓ {done['state']}")
    return 0


async def find(client: Client, wanted: str) -> dict[str, Any]:
    """The member of this address or id; a removed one is found by id alone."""
    for member in (await client.get("/v1/members"))["members"]:
        by_email = member["email"] == wanted.casefold() and member["state"] != "removed"
        if by_email or member["id"] == wanted:
            return dict(member)
    raise NotFound(f"There is no member {wanted}. `lionrock members list` shows those there are.")
