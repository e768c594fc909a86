"""A process that approves an erasure and is killed with SIGKILL at a marked point."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from lionrock.app import House
from lionrock.documents.files import Files
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.service import Privacy
from lionrock.kernel.vault.service import Vault
from tests.building import house_of

POINTS = ("approved", "rows", "half of keys", "keys", "half of files", "files", "done")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after_it(cls: Any, name: str) -> None:
    """Die once the method has done its work for the first time."""
    method = getattr(cls, name)

    def dying(*arguments: Any, **named: Any) -> None:
        method(*arguments, **named)
        die()

    setattr(cls, name, dying)


async def approve(told: dict[str, str], rooms: Callable[[House], Sequence[Any]]) -> None:
    """Approve the erasure in a house that has personal data in `rooms`, and die at `told["point"]`."""
    database, point = await Database.open(told["url"]), told["point"]
    actor = Actor(
        UUID(told["tenant"]), UUID(told["member"]), ActorKind.MEMBER,
        frozenset({Role.PRIVACY_OFFICER}), "access-request", person=UUID(told["person"]),
    )  # fmt: skip
    if point == "half of keys":
        after_it(Vault, "destroy")
    if point == "half of files":
        after_it(Files, "remove")
    async with house_of(database, actor, Path(told["folder"]), working=False) as house:
        held = rooms(house)
        privacy = Privacy.open(
            database, house.vault, house.people.fields, house.settings.home / "packages",
            held, held, after=lambda state: die() if state == point else None,
        )  # fmt: skip
        await privacy.erasures.approve(actor, UUID(told["erasure"]), told["hash"])


def _papers(house: House) -> Sequence[Any]:
    return [house.documents.personal_data(house.search.indexer.purge)]


if __name__ == "__main__":
    asyncio.run(approve(json.load(sys.stdin), _papers))
