from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lionrock.errors import Forbidden
from lionrock.kernel.actors import Actor, Role, worker
from lionrock.kernel.database import Database
from lionrock.kernel.egress.days import DAYS, by_host
from lionrock.kernel.events import Event
from tests.web.office import record_at


async def refused(database: Database, actor: Actor, host: str, count: int, at: datetime) -> None:
    details = {"host": host, "port": 443, "part": "models", "count": count}
    house = worker(actor.tenant_id)
    kind = Event.EGRESS_CONNECTION_REFUSE
    await record_at(database, house, kind, actor.tenant_id, details, at)


async def test_refusals_are_summed_by_host_with_the_last_and_by_day(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    now = datetime.now(UTC)
    for host, count, ago in (("a.example", 2, 0), ("a.example", 3, 5), ("b.example", 1, 1)):
        await refused(database, actor, host, count, now - timedelta(days=ago))
    await refused(database, actor, "long.gone", 9, now - timedelta(days=DAYS + 2))
    await refused(database, stranger, "theirs.example", 9, now)
    found = await by_host(database, actor, Event.EGRESS_CONNECTION_REFUSE)
    assert [(h.host, h.port, h.count) for h in found] == [
        ("a.example", 443, 5),
        ("b.example", 443, 1),
    ]
    assert abs(found[0].last - now) < timedelta(seconds=1) and sorted(found[0].days.values()) == [
        2,
        3,
    ]


async def test_who_may_not_see_the_residency_report_is_refused(
    database: Database, actor: Actor
) -> None:
    analyst = replace(actor, roles=frozenset({Role.ANALYST}))
    with pytest.raises(Forbidden, match="platform:residency:read"):
        await by_host(database, analyst, Event.EGRESS_CONNECTION_OPEN)
