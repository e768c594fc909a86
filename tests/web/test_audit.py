from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.errors import NotVerified
from lionrock.kernel.actors import Actor, Role
from lionrock.kernel.audit import leaves, proofs
from lionrock.kernel.audit.entries import Filter
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event
from lionrock.web import audit as pages
from lionrock.web.proving import check
from tests.conftest import runtime_url
from tests.web.client import Client
from tests.web.conftest import House
from tests.web.office import fresh, name, record_at


@pytest.fixture(scope="module")
async def own(postgres: str) -> str:
    """A database of this module's own: a log is signed with one key for a whole database."""
    return await fresh(postgres)


@pytest.fixture(scope="module")
async def database(own: str) -> AsyncIterator[Database]:
    opened = await Database.open(runtime_url(own))
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def directory(own: str) -> AsyncIterator[asyncpg.Connection]:
    db = await asyncpg.connect(own)
    yield db
    await db.close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log-home")


@pytest.fixture
async def log(house: House, keys: Path) -> AsyncIterator[House]:
    """A house whose audit log is kept."""
    house.audit = AuditService(house.database, keys)
    await house.audit.start()
    yield house
    await house.audit.close()


@pytest.fixture
def auditor(actor: Actor) -> Actor:
    return replace(actor, roles=actor.roles | {Role.AUDITOR})


async def test_a_person_is_found_by_name_and_several_are_offered_to_choose(
    reader: Client, house: House, actor: Actor
) -> None:
    await name(house, actor, actor.id, "Chan Man Yee")
    other = await house.people.members.invite(actor, "chan.tai.man@bank.example", {"analyst"})
    text = (await reader.get("/admin/audit?person=man+yee", accept_language="en")).text
    assert "Invitation made" in text and "Chan Man Yee" in text
    text = (await reader.get("/admin/audit?person=chan")).text
    assert "Several members fit" in text and f"person={other.member_id}" in text
    assert "No member fits" in (await reader.get("/admin/audit?person=nobody")).text


async def test_events_are_narrowed_to_their_kind_and_subject(
    reader: Client, house: House, actor: Actor
) -> None:
    invited = await house.people.members.invite(actor, "a@bank.example", {"analyst"})
    await house.people.members.suspend(actor, invited.member_id)
    text = (await reader.get(f"/admin/audit?subject={invited.member_id}")).text
    assert rows(text) == ["Member suspended", "Invitation made"]
    text = (await reader.get("/admin/audit?event=member:member:suspend")).text
    assert rows(text) == ["Member suspended"]


def rows(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a class="strong"[^>]*>([^<]*)<', text)


async def test_a_day_is_a_day_in_hong_kong(reader: Client, house: House, actor: Actor) -> None:
    """16:00 UTC is midnight: one event a minute before it, one at it, one a day later."""
    midnight = datetime(2026, 3, 4, 16, 0, tzinfo=UTC)
    for offset, event in (
        (timedelta(minutes=-1), Event.KEY_KEY_END),
        (timedelta(0), Event.KEY_KEY_CREATE),
        (timedelta(hours=23, minutes=59), Event.PURPOSE_PURPOSE_CREATE),
        (timedelta(days=1), Event.SHARE_SHARE_MAKE),
    ):
        await record_at(house.database, actor, event, uuid4(), {}, midnight + offset)
    assert rows((await reader.get("/admin/audit?day=2026-03-05")).text) == [
        "Purpose made",
        "Key made",
    ]
    assert rows((await reader.get("/admin/audit?day=2026-03-04")).text) == ["Key ended"]
    assert "No event matches" in (await reader.get("/admin/audit?day=2026-03-03")).text
    assert (await reader.get("/admin/audit?day=yesterday")).status == 422


async def test_pages_follow_one_another_and_an_address_keeps_showing_the_same(
    reader: Client, house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ON_A_PAGE", 3)
    subject, begin = uuid4(), datetime(2026, 3, 5, tzinfo=UTC)
    kept = [
        await record_at(house.database, actor, Event.KEY_KEY_END, subject, {"n": n},
                        begin + timedelta(seconds=n))
        for n in range(7)
    ]  # fmt: skip
    address, seen = f"/admin/audit?subject={subject}", list[str]()
    for _ in range(3):
        text = (await reader.get(address)).text
        seen += re.findall(r'<th scope="row"><a class="strong" href="/admin/audit/([^"]*)"', text)
        older = re.search(r'rel="next" href="([^"]*)"', text)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [str(id) for id in reversed(kept)] and not address


async def test_an_entry_is_proven_checked_and_downloaded(
    reader: Client, log: House, actor: Actor, auditor: Actor
) -> None:
    await log.people.members.invite(actor, "b@bank.example", {"analyst"})
    (entry,) = await log.audit.events(auditor, Filter(event="member:invitation:issue"))
    page = (await reader.get(f"/admin/audit/{entry.id}", accept_language="en")).text
    assert "Prove this entry" in page and "Verified just now" not in page
    page = (await reader.post(f"/admin/audit/{entry.id}/prove", accept_language="en")).text
    assert "Verified just now" in page and "is what the entry committed to" in page
    index = re.search(r"Index</dt><dd>(\d+)<", page)
    assert index and f"lionrock audit verify {index[1]}.tlog-proof --key 'lionrock" in page
    answer = await reader.get(f"/admin/audit/{entry.id}/{index[1]}.tlog-proof")
    assert f'filename="{index[1]}.tlog-proof"' in answer.headers["content-disposition"]
    proof = proofs.parse(answer.text.encode())
    assert leaves.decode(proof.entry).id == entry.id and proof.index == int(index[1])


async def test_what_does_not_verify_is_not_shown_as_verified(
    log: House, actor: Actor, auditor: Actor
) -> None:
    await log.people.members.invite(actor, "c@bank.example", {"analyst"})
    entry, other = (await log.audit.events(auditor, Filter()))[:2]
    data = await log.audit.prove(auditor, entry.id)
    keys, now = await log.audit.keys(auditor), datetime.now(UTC)
    shown = check(data, await log.audit.event(auditor, entry.id), keys, [], now)
    assert shown.opened and shown.signers
    for proof, about, trusted in (
        (data, other, keys),
        (data, entry.model_copy(update={"subject_id": UUID(int=9)}), keys),
        (data.replace(b"extra ey", b"extra eY", 1), entry, keys),
        (data, entry, []),
    ):
        with pytest.raises(NotVerified):
            check(proof, about, trusted, [], now)


async def test_an_erased_payload_is_said_to_be_and_the_entry_still_proves(
    reader: Client, log: House, actor: Actor
) -> None:
    event = await record_at(
        log.database, actor, Event.KEY_KEY_END, uuid4(), {"n": 1}, datetime.now(UTC)
    )
    async with log.database.tenant_session(actor) as db:
        await db.execute("DELETE FROM event_payloads WHERE event_id = $1", event)
    page = (await reader.post(f"/admin/audit/{event}/prove")).text
    assert "have been erased" in page and "Verified just now" in page
    assert "is what the entry committed to" not in page


async def test_a_broken_log_is_said_on_every_page_and_can_still_be_read(
    reader: Client, log: House
) -> None:
    log.audit.sequencer.state = State("broken", "The audit log does not verify. Event 3 is gone.")
    for path in ("/", "/documents", "/admin/members", "/admin/audit", "/nowhere"):
        text = (await reader.get(path, accept_language="en")).text
        assert "Nothing can be changed." in text and "Event 3 is gone." in text, path
    assert "不能作任何更改。" in (await reader.get("/runs", accept_language="zh-HK")).text
    assert "Event 3" not in (await Client(reader.app).get("/sign-in")).text, "nobody's business"


async def test_an_export_is_a_file(reader: Client, log: House, actor: Actor) -> None:
    for path in ("export.tar", f"subject/{actor.id}.tar"):
        answer = await reader.get(f"/admin/audit/{path}")
        assert answer.status == 200 and answer.headers["content-type"] == "application/x-tar"
        assert "attachment" in answer.headers["content-disposition"]


async def test_another_tenants_event_is_not_there(
    reader: Client, house: House, stranger: Actor
) -> None:
    theirs = await record_at(
        house.database, stranger, Event.KEY_KEY_END, uuid4(), {}, datetime.now(UTC)
    )
    assert (await reader.get(f"/admin/audit/{theirs}")).status == 404
    assert (await reader.post(f"/admin/audit/{theirs}/prove")).status in (404, 503)
