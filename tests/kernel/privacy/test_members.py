"""A person's data in a file inside a file: found in both, erased from both."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from lionrock.errors import Conflict, Erased
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.holds import Target
from lionrock.kernel.vault import scopes
from tests.building import chunks, settled
from tests.documents.parsing.packing import zipped
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.test_erasure import counted, erased
from tests.kernel.privacy.test_findings import searched


async def packed(office: Office) -> tuple[UUID, UUID]:
    """An archive with a letter in it: ids of both."""
    data = zipped({"letter.txt": "陳大文 wrote."})
    house, actor = office.house, office.administrator
    added = await house.documents.add(actor, "all.zip", chunks(data))
    await settled(house, actor, added)
    (letter,) = await house.documents.members(actor, added.document_id)
    assert letter.document_id is not None
    while letter.state != "ready":
        await asyncio.sleep(0.05)
        (letter,) = await house.documents.members(actor, added.document_id)
    assert letter.document_id is not None
    return added.document_id, letter.document_id


async def test_the_archive_is_found_with_the_letter_in_it(office: Office) -> None:
    archive, letter = await packed(office)
    await searched(office)
    async with office.house.database.tenant_session(office.administrator) as db:
        rows = await db.fetch("SELECT target_id FROM request_findings")
    assert {row["target_id"] for row in rows} >= {archive, letter}


async def test_erasing_an_archive_erases_what_came_in_it(office: Office) -> None:
    archive, letter = await packed(office)
    both = [ErasureTarget(kind="document", id=id) for id in (archive, letter)]
    await erased(office, *both)
    for table in ("documents", "document_members", "versions", "pages", "passages"):
        assert await counted(office, table) == 0, table
    home = office.house.settings.home
    assert not [p for p in (home / "files").rglob("*") if p.is_file()]
    for id in (archive, letter):
        with pytest.raises(Erased):
            office.house.vault.key(office.officer.tenant_id, scopes.document(id))


async def test_what_the_approver_sees_names_what_goes_along_and_what_has_the_bytes_still(
    office: Office,
) -> None:
    archive, letter = await packed(office)
    eraser = office.house.documents.personal_data(office.house.search.indexer.purge)
    async with office.house.database.tenant_session(office.administrator) as db:
        outer = await eraser.describe(db, office.officer, archive)
        inner = await eraser.describe(db, office.officer, letter)
    assert outer is not None and outer.facts["came_in_it"] == [str(letter)]
    assert inner is not None and inner.facts["held_in"] == str(archive)


async def test_a_hold_on_a_letter_keeps_its_archive(office: Office) -> None:
    archive, letter = await packed(office)
    target = Target(kind="document", id=letter)
    hold = await office.privacy.holds.place(office.officer, "HCA 1/2026", "a writ", [target])
    with pytest.raises(Conflict, match=str(hold)):
        await office.house.documents.remove(office.administrator, archive)
    with pytest.raises(Conflict, match="came in it"):
        wanted = [ErasureTarget(kind="document", id=archive)]
        await office.privacy.erasures.propose(office.officer, wanted, "request")
