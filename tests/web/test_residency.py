from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.confinement import Walls
from lionrock.kernel.egress import Egress, residency
from lionrock.kernel.egress.days import DAYS
from lionrock.kernel.events import Event
from lionrock.web.residency import bars
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.office import record_at


async def refused(house: House, actor: Actor, host: str, count: int, at: datetime) -> None:
    details = {"host": host, "port": 443, "part": "models", "count": count}
    await record_at(
        house.database, worker(actor.tenant_id), Event.EGRESS_CONNECTION_REFUSE, actor.tenant_id,
        details, at,
    )  # fmt: skip


def test_a_bar_stands_on_its_day_and_is_as_high_as_its_count() -> None:
    today = date(2026, 11, 22)
    drawn = bars({today: 4, today - timedelta(days=1): 1}, today, 4)
    assert len(drawn) == DAYS and drawn[-1].day == today
    assert [b.height for b in drawn[-3:]] == [0, 25, 100]
    assert all(0 <= b.x < 100 for b in drawn)


async def test_the_report_shows_hosts_addresses_and_refusals(
    reader: Client, house: House, actor: Actor
) -> None:
    house.egress = Egress(["192.0.2.0/24:8443", "127.0.0.1"])
    await refused(house, actor, "telemetry.example", 7, datetime.now(UTC))
    text = (await reader.get("/admin/residency", accept_language="en")).text
    assert "192.0.2.0/24" in text and "telemetry.example" in text
    assert re.search(r'<rect [^>]*height="100.0"', text)
    assert "style=" not in text
    assert re.search(
        r"engine gpu1</th><td><code>127.0.0.1 port 9</code> <span class=.tag inside", text
    )
    assert re.search(r"engine cloud</th>.*<span class=.tag outside", text)


async def test_a_guard_that_is_off_or_a_child_that_is_free_is_not_called_sound(
    reader: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(residency, "guarded", lambda: True)
    monkeypatch.setattr(residency, "walls", lambda pid: Walls(False, False))
    sound = (await reader.get("/admin/residency", accept_language="en")).text
    assert "verdict good" in sound and "No other host is on the list" in sound
    house.children = {"language model": lambda: 4711, "embeddings": lambda: None}
    free = (await reader.get("/admin/residency", accept_language="en")).text
    assert "verdict bad" in free and "is not kept off the network" in free
    assert "not running now" in free
    monkeypatch.setattr(residency, "walls", lambda pid: Walls(True, True))
    assert "verdict good" in (await reader.get("/admin/residency")).text
    monkeypatch.setattr(residency, "guarded", lambda: False)
    assert "connections are not checked" in (await reader.get("/admin/residency")).text
