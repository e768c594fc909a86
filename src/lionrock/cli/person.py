"""Signing in as a person, for what no key may do: confirming a version, deciding on an alert.

With an address and a password, asked for on the terminal, or with a one-time sign-in link.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lionrock.cli.client import Client, connect
from lionrock.settings import Settings


def add_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--email", metavar="E", help="sign in with this address; the password is asked for"
    )
    parser.add_argument("--organisation", metavar="HANDLE", default="", help="of the tenant")
    parser.add_argument("--code", metavar="CODE", default="", help="of your second factor")
    parser.add_argument("--link", metavar="LINK", help="or with a one-time sign-in link")


@asynccontextmanager
async def connect_as(settings: Settings, arguments: argparse.Namespace) -> AsyncIterator[Client]:
    """A client that acts as whom the arguments name; without them, with this machine's key."""
    if arguments.link:
        form = {"token": arguments.link.rpartition("#")[2].strip()}
    elif arguments.email:
        password = getpass.getpass(f"Password of {arguments.email}: ")
        form = {
            "email": arguments.email, "password": password, "code": arguments.code,
            "organisation": arguments.organisation,
        }  # fmt: skip
    else:
        async with connect(settings) as client:
            yield client
        return
    async with connect(settings) as client, client.as_person(form) as person:
        yield person
