from __future__ import annotations

import json
from ipaddress import ip_address
from typing import Any

import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress, acting_for
from lionrock.kernel.egress.recorder import Recorder, recording
from lionrock.kernel.events import Event


async def recorded(database: Database, actor: Actor, event: Event) -> list[dict[str, Any]]:
    """Details of the tenant's events of this kind."""
    async with database.tenant_session(actor) as db:
        rows = await db.fetch(
            "SELECT payload -> 'details' AS details FROM events e JOIN event_payloads p"
            " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id)"
            " WHERE e.tenant_id = $1 AND e.event = $2 ORDER BY e.id",
            *(actor.tenant_id, event.value),
        )
    return [json.loads(row["details"]) for row in rows]


async def test_a_refusal_and_a_connection_become_events(database: Database, actor: Actor) -> None:
    egress = Egress(["192.0.2.0/24"])
    async with recording(Recorder(egress.journal, database, actor.tenant_id)):
        for _ in range(2):
            with pytest.raises(EgressRefused):
                egress.check("evil.example", 443)
        egress.connecting(ip_address("192.0.2.1"), 8000)
    refused = await recorded(database, actor, Event.EGRESS_CONNECTION_REFUSE)
    part = __name__.partition(".")[0]
    assert refused == [{"host": "evil.example", "port": 443, "part": part, "count": 2}]
    (opened,) = await recorded(database, actor, Event.EGRESS_CONNECTION_OPEN)
    assert (opened["host"], opened["port"], opened["count"]) == ("192.0.2.1", 8000, 1)


async def test_a_refusal_is_recorded_with_the_tenant_whose_work_it_was(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    egress = Egress()
    token = acting_for.set(stranger.tenant_id)
    with pytest.raises(EgressRefused):
        egress.check("evil.example")
    acting_for.reset(token)
    await Recorder(egress.journal, database, actor.tenant_id).write()
    assert not await recorded(database, actor, Event.EGRESS_CONNECTION_REFUSE)
    assert len(await recorded(database, stranger, Event.EGRESS_CONNECTION_REFUSE)) == 1


async def test_what_cannot_be_written_now_is_written_later(
    database: Database, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    egress = Egress()
    with pytest.raises(EgressRefused):
        egress.check("evil.example")
    recorder = Recorder(egress.journal, database, actor.tenant_id)

    async def fail(*_: object) -> None:
        raise OSError("no database now")

    with monkeypatch.context() as broken:
        broken.setattr(recorder, "_record", fail)
        await recorder.write()
    assert not await recorded(database, actor, Event.EGRESS_CONNECTION_REFUSE)
    await recorder.write()
    await recorder.write()
    assert len(await recorded(database, actor, Event.EGRESS_CONNECTION_REFUSE)) == 1
