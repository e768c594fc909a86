"""A process that approves a customer's erasure and is killed with SIGKILL at a marked point."""

from __future__ import annotations

import asyncio
import json
import sys

from tests.kernel.privacy.killing import approve, die

POINTS = ("approved", "half of rows", "rows", "half of keys", "keys", "files", "done")


def in_the_rows() -> None:
    """Die in the open transaction, when most of it is done."""
    from lionrock.screening.personal import customers

    erase = customers.erase_case

    async def dying(*arguments: object) -> None:
        await erase(*arguments)  # type: ignore[arg-type]
        die()

    customers.erase_case = dying  # type: ignore[assignment]


if __name__ == "__main__":
    told = json.load(sys.stdin)
    if told["point"] == "half of rows":
        in_the_rows()
    asyncio.run(approve(told, lambda house: house.screening.personal.all))
