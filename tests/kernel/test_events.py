from __future__ import annotations

from uuid import uuid4

import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record


async def test_an_event_commits_with_its_change_or_not_at_all(
    database: Database, actor: Actor
) -> None:
    subject = uuid4()
    with pytest.raises(RuntimeError):
        async with database.tenant_session(actor) as db:
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, subject)
            raise RuntimeError
    async with database.tenant_session(actor) as db:
        assert not await db.fetchval("SELECT count(*) FROM events WHERE subject_id = $1", subject)


@pytest.mark.parametrize("detail", ["x" * 201, {"nested": 1}, ["list"], None])
async def test_details_are_short_scalars_so_that_content_does_not_slip_in(
    database: Database, actor: Actor, detail: object
) -> None:
    with pytest.raises(ValueError, match="short scalar"):
        async with database.tenant_session(actor) as db:
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4(), {"name": detail})


def test_events_are_alphabetical_and_of_one_form() -> None:
    names = [e.value for e in Event]
    assert names == sorted(names)
    for event in Event:
        assert event.name == event.value.replace(":", "_").upper()
        assert len(event.value.split(":")) == 3
