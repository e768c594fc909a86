from __future__ import annotations

from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.errors import Conflict, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.holds import HELD, Target
from tests.building import taught
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.making import CHAN
from tests.kernel.privacy.test_findings import searched


async def paper(office: Office) -> UUID:
    document = await taught(office.house, office.administrator, "a.md", "# A\n\n陳大文 wrote.")
    return document.id


async def collection_of(office: Office) -> UUID:
    async with office.house.database.tenant_session(office.administrator) as db:
        found: UUID = await db.fetchval("SELECT id FROM collections")
    return found


@pytest.mark.parametrize("by", ["document", "collection", "tenant", "subject"])
async def test_what_is_held_is_erased_by_nobody(office: Office, by: str) -> None:
    document, officer = await paper(office), office.officer
    await searched(office)
    subjects = await office.privacy.subjects.find(officer, CHAN[0])
    ids = {
        "document": document, "collection": await collection_of(office),
        "tenant": officer.tenant_id, "subject": subjects[0].id,
    }  # fmt: skip
    target = Target(kind=by, id=ids[by])  # type: ignore[arg-type]
    hold = await office.privacy.holds.place(officer, "HCA 1/2026", "a writ was served", [target])
    with pytest.raises(Conflict, match=str(hold)):
        await office.house.documents.remove(office.administrator, document)
    with pytest.raises(Conflict, match="legal hold"):
        wanted = [ErasureTarget(kind="document", id=document)]
        await office.privacy.erasures.propose(officer, wanted, "request")
    await office.privacy.holds.release(officer, hold, "settled")
    await office.house.documents.remove(office.administrator, document)


async def test_the_database_itself_refuses_to_delete_what_is_held(office: Office) -> None:
    document = await paper(office)
    target = Target(kind="document", id=document)
    await office.privacy.holds.place(office.officer, "H", "r", [target])
    with pytest.raises(asyncpg.PostgresError) as refused:
        async with office.house.database.tenant_session(office.administrator) as db:
            await db.execute("DELETE FROM documents WHERE id = $1", document)
    assert refused.value.sqlstate == HELD


async def test_a_hold_placed_after_the_proposal_stops_the_approval(office: Office) -> None:
    document, officers = await paper(office), office.officers
    erasures = office.privacy.erasures
    wanted = [ErasureTarget(kind="document", id=document)]
    erasure = await erasures.propose(officers.first, wanted, "request")
    target = Target(kind="document", id=document)
    await office.privacy.holds.place(officers.first, "H", "r", [target])
    shown = await erasures.get(officers.second, erasure)
    with pytest.raises(Conflict, match="legal hold"):
        await erasures.approve(officers.second, erasure, shown.content_hash)
    assert (await erasures.get(officers.second, erasure)).state == "proposed"


async def test_a_hold_is_kept_after_it_ends(office: Office) -> None:
    document, holds = await paper(office), office.privacy.holds
    hold = await holds.place(
        office.officer, "H 1", "why", [Target(kind="document", id=document)]
    )  # fmt: skip
    await holds.release(office.officer, hold, "over")
    (kept,) = await holds.listing(office.officer)
    assert (kept.name, kept.reason, kept.release_reason) == ("H 1", "why", "over")
    assert kept.released_by == office.officer.id
    with pytest.raises(Conflict, match="already"):
        await holds.release(office.officer, hold, "over")
    assert await office.events("privacy:hold:place", "privacy:hold:release") == [
        "privacy:hold:place", "privacy:hold:release",
    ]  # fmt: skip


async def test_what_is_not_there_or_another_tenants_cannot_be_held(
    office: Office, stranger: Actor
) -> None:
    for id in (uuid4(), stranger.tenant_id):
        with pytest.raises(NotFound):
            target = Target(kind="tenant", id=id)
            await office.privacy.holds.place(office.officer, "H", "r", [target])
