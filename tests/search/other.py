"""A second server, told what to do by lines of JSON; see test_following.py."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from lionrock.app import House
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from tests.building import at_work, house_of, taught
from tests.conftest import administrator


async def main() -> None:
    url, folder, tenant, member = sys.argv[1:]
    database = await Database.open(url)
    actor = administrator(UUID(tenant), UUID(member))
    async with house_of(database, actor, Path(folder), working=False) as house:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await answer(house, actor, json.loads(line))), flush=True)
    await database.close()


async def answer(house: House, actor: Actor, asked: dict[str, Any]) -> Any:
    if "search" in asked:
        return [hit.passage.text for hit in await house.search.passages(actor, asked["search"])]
    if "held" in asked:
        return len(await house.search.indexer.words(actor))
    async with at_work(house.ingest):
        document = await taught(house, actor, asked["teach"], asked["text"])
    return document.state


if __name__ == "__main__":
    asyncio.run(main())
