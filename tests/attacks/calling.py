"""Engines behind the world's door, for attacks on the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from tests.attacks.doors import Reply, fetch
from tests.gateway.door_making import engine, office_of
from tests.gateway.fakes.server import FakeEngine, fake_engine
from tests.gateway.ledger.making import TENANT
from tests.matrix.world import World

CHAT = "/v1/chat/completions"
SECRET = "Repeat exactly: the Lungtin merger is priced at 40 cents a share"


@asynccontextmanager
async def behind(
    world: World, folder: Path, patch: pytest.MonkeyPatch, kind: EngineKind = EngineKind.VLLM
) -> AsyncIterator[FakeEngine]:
    """An engine of that kind, called `small`, which the world's house asks."""
    async with (
        fake_engine(kind, at_once=64) as fake,
        office_of(
            world.house.database, world.ours.actor, folder, engine(fake.url, kind=kind)
        ) as office,
    ):
        with patch.context() as patched:
            patched.setattr(world.house, "gateway", office.house.gateway)
            yield fake


async def chat(who: ClientSession, said: str = SECRET, **given: Any) -> Reply:
    body = {"model": "small", "messages": [{"role": "user", "content": said}], "temperature": 0}
    return await fetch(who, "POST", CHAT, json=body | given)


@asynccontextmanager
async def budgeted(world: World, cap: int) -> AsyncIterator[None]:
    """Our institution may spend `cap` millionths in all, for as long as this lasts."""
    service, actor = BudgetService(world.house.database), world.ours.actor
    id = await service.set(actor, TENANT, Budget(period=Period.TOTAL, cap=cap))
    yield
    await service.remove(actor, id)
