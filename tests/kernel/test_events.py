from __future__ import annotations

import math
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.canonical import canonical, parse
from lionrock.kernel.audit.leaves import commitment, pseudonym
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50)
DETAILS = st.dictionaries(
    TEXT,
    TEXT
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False),
    max_size=4,
)


async def row_of(db: asyncpg.Connection, id: UUID) -> asyncpg.Record:
    return await db.fetchrow(
        "SELECT * FROM events e JOIN event_payloads p ON p.event_id = e.id WHERE e.id = $1", id
    )


async def test_an_event_commits_with_its_change_or_not_at_all(
    database: Database, actor: Actor
) -> None:
    with pytest.raises(RuntimeError):
        async with database.tenant_session(actor) as db:
            id = await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4())
            assert await row_of(db, id)
            raise RuntimeError
    async with database.tenant_session(actor) as db:
        assert await row_of(db, id) is None


@pytest.mark.parametrize(
    "detail", ["x" * 201, {"nested": 1}, ["list"], None, "a\0b", math.nan, 2**60]
)
async def test_details_are_short_scalars_so_that_content_does_not_slip_in(
    database: Database, actor: Actor, detail: object
) -> None:
    with pytest.raises(ValueError):
        async with database.tenant_session(actor) as db:
            await record(db, actor, Event.DOCUMENT_VERSION_ADD, uuid4(), {"name": detail})


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(details=DETAILS)
async def test_what_the_database_gives_back_opens_the_commitment(
    database: Database, actor: Actor, details: dict[str, object]
) -> None:
    async with database.tenant_session(actor) as db:
        row = await row_of(db, await record(db, actor, Event.RUN_RUN_START, uuid4(), details))
    payload = canonical(parse(row["payload"]))
    assert commitment(row["salt"], payload) == row["commitment"]


async def test_the_row_that_stays_names_nobody(database: Database, actor: Actor) -> None:
    subject = uuid4()
    async with database.tenant_session(actor) as db:
        id = await record(db, actor, Event.DOCUMENT_VERSION_ADD, subject, {"sha256": "cafe"})
        text = await db.fetchval("SELECT row_to_json(e)::text FROM events e WHERE id = $1", id)
        key = await db.fetchval("SELECT key FROM event_keys")
        row = await row_of(db, id)
    for private in (actor.id, subject):
        assert str(private) not in text and private.hex not in text
    assert (row["actor"], row["subject"]) == (pseudonym(key, actor.id), pseudonym(key, subject))


async def test_pseudonyms_of_two_tenants_cannot_be_linked(
    database: Database, actor: Actor, stranger: Actor
) -> None:
    subject, seen = uuid4(), []
    for who in (actor, stranger):
        async with database.tenant_session(who) as db:
            id = await record(db, who, Event.DOCUMENT_VERSION_ADD, subject)
            seen.append((await row_of(db, id))["subject"])
    assert seen[0] != seen[1]


def test_events_are_alphabetical_and_of_one_form() -> None:
    names = [e.value for e in Event]
    assert names == sorted(names)
    for event in Event:
        assert event.name == event.value.replace(":", "_").upper()
        assert len(event.value.split(":")) == 3


def test_what_observes_is_written_also_while_the_log_does_not_verify() -> None:
    assert Event.AUDIT_LOG_READ.observes
    assert Event.AUDIT_LOG_EXPORT.observes
    assert Event.MEMBER_SESSION_START.observes
    assert Event.EGRESS_CONNECTION_REFUSE.observes
    assert not Event.APPROVAL_PROPOSAL_REFUSE.observes, "a decision, not an observation"
    assert not Event.DOCUMENT_VERSION_ADD.observes
    assert not Event.DOCUMENT_DOCUMENT_REMOVE.observes
    assert not Event.AUDIT_WITNESS_ADD.observes
