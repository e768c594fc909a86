"""A process that approves a customer's erasure and is killed with SIGKILL at a marked point."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.privacy.service import Privacy
from lionrock.kernel.vault.service import Vault
from tests.building import house_of
from tests.kernel.privacy.killing import after_it, die

POINTS = ("approved", "half of rows", "rows", "half of keys", "keys", "files", "done")


def in_the_rows() -> None:
    """Die in the open transaction, when most of it is done."""
    from lionrock.screening.personal import customers

    erase = customers.erase_case

    async def dying(*arguments: object) -> None:
        await erase(*arguments)  # type: ignore[arg-type]
        die()

    customers.erase_case = dying  # type: ignore[assignment]


async def approve(told: dict[str, str]) -> None:
    database, point = await Database.open(told["url"]), told["point"]
    actor = Actor(
        UUID(told["tenant"]), UUID(told["member"]), ActorKind.MEMBER,
        frozenset({Role.PRIVACY_OFFICER}), "access-request", person=UUID(told["person"]),
    )  # fmt: skip
    if point == "half of keys":
        after_it(Vault, "destroy")
    if point == "half of rows":
        in_the_rows()
    async with house_of(database, actor, Path(told["folder"]), working=False) as house:
        rooms = house.screening.personal
        privacy = Privacy.open(
            database, house.vault, house.people.fields, house.settings.home / "packages",
            rooms.all, rooms.all, after=lambda state: die() if state == point else None,
        )  # fmt: skip
        await privacy.erasures.approve(actor, UUID(told["erasure"]), told["hash"])


if __name__ == "__main__":
    asyncio.run(approve(json.load(sys.stdin)))
