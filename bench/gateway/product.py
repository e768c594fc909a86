"""Lionrock to be measured, in a process of its own: `-m gateway.product TIER HOME ENGINE_PORT`.

Tier 2 is the product: key, limits, a budget, durable usage, settlement. There is no switch that turns
these off; tier 1 is the same server with a ledger put in its place that admits everything and keeps
nothing, so that it shows what key, checks and relay take by themselves.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from gateway.canned import MODEL
from lionrock.app import House
from lionrock.cli.server import serving
from lionrock.gateway.ledger.budgets import Budget, BudgetService, Period
from lionrock.gateway.ledger.calls import Admission, Call, new_id
from lionrock.gateway.ledger.limits import Limits, LimitService
from lionrock.gateway.ledger.subjects import Subject, SubjectKind
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.settings import Settings

_ENGINES = """
[[engine]]
name = "canned"
kind = "vllm"
url = "http://127.0.0.1:{port}"
trust = "inside"
at_once = 256
  [[engine.model]]
  name = "{model}"
  context = 32768
  output = 4096
  price_in = 1
  price_out = 1
"""


class NoLedger:
    """Admits everything, keeps nothing."""

    async def admit(self, call: Call, id: UUID | None = None) -> Admission:
        return Admission(id or new_id(), call, 0)

    def settle_soon(self, *_: object) -> None:
        pass


async def limit(house: House) -> None:
    roles = frozenset({Role.ADMINISTRATOR})
    actor = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "bench")
    tenant = Subject(kind=SubjectKind.TENANT)
    await BudgetService(house.database).set(actor, tenant, Budget(period=Period.MONTH, cap=10**12))
    limits = Limits(requests_per_minute=10**6, tokens_per_minute=10**8, at_once=1000)
    await LimitService(house.database).set(actor, tenant, limits)


async def main(tier: int, home: Path, port: int) -> None:
    engines = home.with_suffix(".toml")
    engines.write_text(_ENGINES.format(port=port, model=MODEL))
    settings = Settings(home=home, model="none", engines=engines, port=0)
    async with serving(settings, web=True) as server:
        if tier == 1:
            calls = server.house.gateway.calls
            assert calls is not None
            calls.ledger = NoLedger()  # type: ignore[assignment]
        else:
            await limit(server.house)
        print(json.dumps({"url": server.url, "key": server.facts["key"]}), flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
