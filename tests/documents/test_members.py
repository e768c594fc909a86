"""Files in files become documents: kept once, led back to where they came from, removed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from lionrock.app import House
from lionrock.documents import unpacker
from lionrock.documents.schemas import Document, Member
from lionrock.documents.versions import today
from lionrock.errors import Conflict, Erased, NotFound
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.vault import scopes
from lionrock.search.filters import Filters
from tests.building import chunks, house_of
from tests.documents.parsing.packing import zipped

FEES = b"An outward transfer costs HK$115."
RULES = b"A transfer is made within one day."


@pytest.fixture
async def house(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(database, actor, tmp_path, working=False) as opened:
        yield opened


async def work(house: House) -> None:
    while await house.ingest._one_of_each_tenant():
        pass


async def taught(house: House, actor: Actor, name: str, data: bytes) -> Document:
    """Added, with everything that came in it read."""
    added = await house.documents.add(actor, name, chunks(data))
    await work(house)
    return await house.documents.get(actor, added.document_id)


async def member(house: House, actor: Actor, document: Document, path: str) -> Member:
    (found,) = [m for m in await house.documents.members(actor, document.id) if m.path == path]
    return found


async def events(database: Database, actor: Actor) -> list[str]:
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT event FROM events WHERE event LIKE 'document:%'")
    return sorted(row["event"] for row in rows)


async def test_an_archive_lists_its_files_and_each_is_a_document_of_its_own(
    house: House, actor: Actor, database: Database
) -> None:
    made = zipped(
        {"2026/收費.txt": FEES, "rules.txt": RULES, "../up.txt": "x", "odd.bin": bytes(99)}
    )
    archive = await taught(house, actor, "all.zip", made)
    assert (archive.state, archive.members, archive.media_type) == ("ready", 4, "application/zip")
    page = await house.documents.page(actor, archive.id, 1)
    assert "2026/收費.txt" in page.text
    found = await house.documents.members(actor, archive.id)
    assert [(m.path, m.state, bool(m.document_id), m.shared) for m in found] == [
        ("2026/收費.txt", "ready", True, False),
        ("rules.txt", "ready", True, False),
        ("_/up.txt", None, False, False),
        ("odd.bin", "failed", True, False),
    ]
    assert "points out of the archive" in found[2].reason
    assert "not a format Lionrock reads" in found[3].reason
    assert found[0].document_id is not None
    inner = await house.documents.get(actor, found[0].document_id)
    assert (inner.name, inner.path, inner.parent_id) == ("收費.txt", "2026/收費.txt", archive.id)
    assert inner.collection == archive.collection
    hits = await house.search.passages(actor, "outward transfer")
    assert hits[0].passage.document_id == inner.id
    async with database.tenant_session(actor) as db:
        rows = await db.fetch("SELECT path, reason FROM document_members")
    kept = b"".join(row["path"] + (row["reason"] or b"") for row in rows)
    assert len(rows) == 4 and b".txt" not in kept and b"archive" not in kept
    assert (await events(database, actor)).count("document:version:add") == 4
    assert "document:member:refuse" in await events(database, actor)


async def test_a_mail_is_a_document_with_text_and_its_attachments_are_members(
    house: House, actor: Actor
) -> None:
    made = EmailMessage()
    made["Subject"] = "Fees 收費"
    made["From"] = "a@example.hk"
    made.set_content("The new fees are attached.")
    made.add_attachment(FEES, "text", "plain", filename="收費.txt")
    made.add_attachment(zipped({"rules.txt": RULES}), "application", "zip", filename="more.zip")
    mail = await taught(house, actor, "fees.eml", bytes(made))
    assert (mail.title, mail.media_type, mail.members) == ("Fees 收費", "message/rfc822", 2)
    more = await member(house, actor, mail, "more.zip")
    assert more.document_id is not None
    (rules,) = await house.documents.members(actor, more.document_id)
    assert (rules.path, rules.state) == ("rules.txt", "ready")
    assert {d.name for d in await house.documents.list(actor)} == {
        "fees.eml", "收費.txt", "more.zip", "rules.txt",
    }  # fmt: skip


async def test_bytes_that_are_here_already_are_linked_and_not_kept_twice(
    house: House, actor: Actor, database: Database
) -> None:
    fees = await taught(house, actor, "fees.txt", FEES)
    first = await taught(house, actor, "1.zip", zipped({"a.txt": FEES, "b.txt": RULES}))
    second = await taught(house, actor, "2.zip", zipped({"c.txt": RULES, "d.txt": RULES}))
    linked = await member(house, actor, first, "a.txt")
    assert (linked.document_id, linked.shared) == (fees.id, True)
    rules = await member(house, actor, first, "b.txt")
    both = await house.documents.members(actor, second.id)
    assert {m.document_id for m in both} == {rules.document_id}
    assert len(await house.documents.list(actor)) == 4
    assert (await events(database, actor)).count("document:member:link") == 3


async def test_members_go_with_their_container_keys_files_and_all(
    house: House, actor: Actor, tmp_path: Path, database: Database
) -> None:
    inner = zipped({"rules.txt": RULES})
    archive = await taught(house, actor, "all.zip", zipped({"fees.txt": FEES, "inner.zip": inner}))
    ids = [d.id for d in await house.documents.list(actor)]
    assert len(ids) == 4
    gone = await house.documents.remove(actor, archive.id)
    assert len(gone) == 4
    assert await house.documents.list(actor) == []
    assert [p for p in (tmp_path / "files").rglob("*") if p.is_file()] == []
    for id in ids:
        with pytest.raises(Erased):
            house.vault.key(actor.tenant_id, scopes.document(id))
    assert (await events(database, actor)).count("document:document:remove") == 4


async def test_a_member_is_not_removed_before_its_container(house: House, actor: Actor) -> None:
    archive = await taught(house, actor, "all.zip", zipped({"fees.txt": FEES}))
    fees = await member(house, actor, archive, "fees.txt")
    assert fees.document_id is not None
    with pytest.raises(Conflict, match=str(archive.id)):
        await house.documents.remove(actor, fees.document_id)


async def test_what_another_container_holds_too_stays_with_that_one(
    house: House, actor: Actor
) -> None:
    inner = zipped({"rules.txt": RULES})
    first = await taught(house, actor, "1.zip", zipped({"fees.txt": FEES, "inner.zip": inner}))
    second = await taught(house, actor, "2.zip", zipped({"same.zip": inner}))
    same = await member(house, actor, second, "same.zip")
    assert same.shared
    await house.documents.remove(actor, first.id)
    left = {d.name: d for d in await house.documents.list(actor)}
    assert set(left) == {"2.zip", "inner.zip", "rules.txt"}
    assert (left["inner.zip"].parent_id, left["inner.zip"].path) == (second.id, "same.zip")
    await house.documents.remove(actor, second.id)
    assert await house.documents.list(actor) == []


async def test_what_was_also_added_by_itself_stays_when_the_container_goes(
    house: House, actor: Actor, database: Database
) -> None:
    archive = await taught(house, actor, "all.zip", zipped({"fees.txt": FEES}))
    again = await house.documents.add(actor, "mine.txt", chunks(FEES))
    assert again.duplicate
    assert "document:member:own" in await events(database, actor)
    with pytest.raises(Conflict):
        await house.documents.remove(actor, again.document_id)
    await house.documents.remove(actor, archive.id)
    assert [d.id for d in await house.documents.list(actor)] == [again.document_id]
    await house.documents.remove(actor, again.document_id)


async def test_nesting_ends_at_three_levels_and_says_so(house: House, actor: Actor) -> None:
    made = zipped({"5.txt": FEES})
    for level in (4, 3, 2, 1):
        made = zipped({f"{level}.zip": made})
    await taught(house, actor, "0.zip", made)
    found = {d.name: d for d in await house.documents.list(actor)}
    assert set(found) == {"0.zip", "1.zip", "2.zip", "3.zip"}
    (deepest,) = await house.documents.members(actor, found["3.zip"].id)
    assert (deepest.path, deepest.document_id) == ("4.zip", None)
    assert "nested deeper than 3 levels" in deepest.reason


async def test_bounds_hold_for_all_that_is_nested_together(
    house: House, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacker, "MOST_MEMBERS", 4)
    inner = [zipped({f"{n}{i}.txt": f"text {n} {i}" for i in range(3)}) for n in range(2)]
    await taught(house, actor, "all.zip", zipped({"0.zip": inner[0], "1.zip": inner[1]}))
    found = {d.name: d for d in await house.documents.list(actor)}
    assert len(found) == 5
    refused = [
        m.reason
        for name in ("0.zip", "1.zip")
        for m in await house.documents.members(actor, found[name].id)
        if m.document_id is None
    ]
    assert len(refused) == 4
    assert all("more than 4 files in all" in reason for reason in refused)


async def test_more_bytes_than_the_setting_allows_are_not_taken_in(
    house: House, actor: Actor, tmp_path: Path
) -> None:
    house.ingest._unpacker._most_bytes = 3000
    made = zipped({"a.txt": b"a" * 2000, "b.txt": b"b" * 2000, "c.txt": b"c" * 500})
    archive = await taught(house, actor, "all.zip", made)
    found = await house.documents.members(actor, archive.id)
    assert [m.document_id is not None for m in found] == [True, False, True]
    assert "LIONROCK_MAX_UNPACKED_BYTES" in found[1].reason


async def test_a_member_that_is_damaged_says_so_and_the_others_are_read(
    house: House, actor: Actor
) -> None:
    data = bytearray(zipped({"bad.txt": bytes(range(256)) * 40, "good.txt": FEES}))
    data[60:80] = bytes(20)
    archive = await taught(house, actor, "all.zip", bytes(data))
    bad, good = await house.documents.members(actor, archive.id)
    assert (bad.document_id, good.state) == (None, "ready")
    assert "cannot be unpacked" in bad.reason


class Died(BaseException):
    """Stands for kill -9."""


async def test_killed_between_two_members_the_next_worker_goes_on(
    database: Database, actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = zipped({f"{n}.txt": f"Text number {n}." for n in range(4)})
    async with house_of(database, actor, tmp_path, working=False) as house:
        added = await house.documents.add(actor, "all.zip", chunks(made))
        whole = house.ingest._unpacker._keep
        kept = 0

        async def dies(*arguments: object) -> None:
            nonlocal kept
            await whole(*arguments)  # type: ignore[arg-type]
            kept += 1
            if kept == 2:
                raise Died

        monkeypatch.setattr(house.ingest._unpacker, "_keep", dies)
        with pytest.raises(Died):
            await work(house)
        async with database.tenant_session(actor) as db:
            await db.execute("UPDATE versions SET leased_until = '-infinity'")
    async with house_of(database, actor, tmp_path, working=False) as house:
        await house.ingest.recover()
        await work(house)
        found = await house.documents.members(actor, added.document_id)
        assert [m.state for m in found] == ["ready"] * 4
        assert len(await house.documents.list(actor)) == 5


async def test_an_archive_that_holds_itself_ends(house: House, actor: Actor) -> None:
    """As one does that was added after its copy was put into another."""
    inner = zipped({"fees.txt": FEES})
    first = await taught(house, actor, "inner.zip", inner)
    second = await taught(house, actor, "outer.zip", zipped({"inner.zip": inner}))
    async with house.database.tenant_session(actor) as db:
        await db.execute("UPDATE document_members SET document_id = $1 WHERE version_id = $2",
                         second.id, first.version_id)  # fmt: skip
    await house.documents.members(actor, first.id)
    with pytest.raises(Conflict):
        await house.documents.remove(actor, first.id)


async def test_a_stranger_sees_no_members(house: House, actor: Actor, stranger: Actor) -> None:
    archive = await taught(house, actor, "all.zip", zipped({"fees.txt": FEES}))
    with pytest.raises(NotFound):
        await house.documents.members(stranger, archive.id)


async def test_what_came_in_a_file_holds_from_the_day_that_the_file_does(
    house: House, actor: Actor
) -> None:
    coming = today() + timedelta(days=30)
    made = zipped({"fees.txt": FEES})
    added = await house.documents.add(actor, "all.zip", chunks(made), effective=coming)
    await work(house)
    archive = await house.documents.get(actor, added.document_id)
    assert (await member(house, actor, archive, "fees.txt")).state == "ready"
    assert await house.search.passages(actor, "outward transfer") == []
    (hit,) = await house.search.passages(
        actor, "outward transfer costs", filters=Filters(as_at=coming), limit=1
    )
    assert hit.passage.held.coming


async def test_a_member_with_a_version_of_its_own_stays_when_the_container_goes(
    house: House, actor: Actor, database: Database
) -> None:
    archive = await taught(house, actor, "all.zip", zipped({"fees.txt": FEES}))
    fees = await member(house, actor, archive, "fees.txt")
    newer = await house.documents.add(
        actor, "fees-2.txt", chunks(b"An outward transfer costs HK$150."),
        replaces=fees.document_id,
    )  # fmt: skip
    await work(house)
    assert "document:member:own" in await events(database, actor)
    await house.documents.remove(actor, archive.id)
    left = await house.documents.get(actor, newer.document_id)
    assert (left.version_id, left.state) == (newer.version_id, "ready")
