from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from lionrock.errors import ReadOnly
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import checkpoints, leaves, merkle
from lionrock.kernel.audit.checkpoints import Head
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.database import Database
from lionrock.kernel.events import Event, record
from tests.conftest import new_tenant
from tests.kernel.audit.conftest import happen, happen_quickly, sequencer, sequencing
from tests.kernel.audit.trees import mth


async def head(database: Database, actor: Actor) -> Head:
    async with database.tenant_session(actor) as db:
        row = await db.fetchrow("SELECT * FROM audit_logs")
    return Head(row["origin"], row["size"], row["root"])


async def rows(database: Database, actor: Actor) -> list[asyncpg.Record]:
    async with database.tenant_session(actor) as db:
        return list(await db.fetch("SELECT * FROM events ORDER BY position"))


async def test_an_event_becomes_a_leaf_under_a_signed_head(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    await happen(own, member, 3)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        assert made.state.status == "sequencing"
        log = made.logs[member.tenant_id]
        signed = await head(own, member)
        kept = await rows(own, member)
        entries = [leaves.of_row(r, signed.origin).encoded() for r in kept]
        assert [r["position"] for r in kept] == list(range(len(kept)))
        assert signed == Head(log.origin, len(kept), mth(entries))
        store = log.store
        assert isinstance(store, Folder)
        assert store.entries(0, len(kept)) == entries
        shown = store.checkpoint()
        assert shown is not None
        assert checkpoints.open_checkpoint(shown, made.keys.verifiers(log.origin))[0] == signed


async def test_the_tenants_checkpoint_is_an_entry_of_the_platform_log(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    other = await new_tenant(own)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        assert made.platform is not None
        store, size = made.platform.store, made.platform.edge.size
        assert isinstance(store, Folder)
        entries = store.entries(0, size)
        tenants = [made.logs[t.tenant_id] for t in (member, other)]
        assert set(entries) >= {t.store.checkpoint() for t in tenants}
        assert made.platform.signed.root == mth(entries)


async def test_a_leaf_names_nobody(own: Database, member: Actor, tmp_path: Path) -> None:
    subject = uuid4()
    async with own.tenant_session(member) as db:
        await record(db, member, Event.DOCUMENT_VERSION_ADD, subject, {"sha256": "cafe" * 16})
    async with sequencing(own, tmp_path) as made:
        await made.round()
    everything = b"".join(p.read_bytes() for p in (tmp_path / "audit").rglob("*") if p.is_file())
    assert b"document:version:add" in everything
    for private in (subject, member.id, member.tenant_id):
        assert str(private).encode() not in everything
        assert private.hex.encode() not in everything
    assert b"cafecafe" not in everything
    assert member.purpose.encode() not in everything


async def test_an_erased_payload_leaves_the_log_whole(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    (event,) = await happen(own, member)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        async with own.tenant_session(member) as db:
            await db.execute("DELETE FROM event_payloads WHERE event_id = $1", event)
    async with sequencing(own, tmp_path) as again:
        assert again.state.status == "sequencing"


async def test_a_thousand_events_take_several_tiles(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path) as made:
        for count in (100, 300, 700):
            await happen_quickly(own, member, count)
            await made.round()
        log = made.logs[member.tenant_id]
        assert isinstance(log.store, Folder)
        size = log.edge.size
        entries = [
            e
            for at in range(0, size, 256)
            for e in log.store.entries(at // 256, min(256, size - at))
        ]
        assert size > 1100
        assert log.signed.root == mth(entries) == merkle.root(log.store, size)
        assert not (log.store.path / "tile/0/000.p").exists(), "the full tile made them superfluous"


async def test_concurrent_writers_each_get_one_position_and_no_gap(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path) as made:

        async def write() -> None:
            await happen(own, member, 25)

        await asyncio.gather(*(write() for _ in range(8)), *(made.round() for _ in range(5)))
        await made.round()
        kept = await rows(own, member)
        assert [r["position"] for r in kept] == list(range(len(kept)))
        assert len(kept) >= 200
        assert made.logs[member.tenant_id].signed.size == len(kept)


async def test_of_two_servers_on_one_database_one_sequences(
    own: Database, member: Actor, urls: tuple[str, str], tmp_path: Path
) -> None:
    second = await Database.open(urls[1])
    try:
        async with sequencing(own, tmp_path) as first:
            other = sequencer(second, tmp_path)
            assert (await other.start()).status == "standby"
            await happen(own, member, 5)
            await asyncio.gather(first.round(), other.round())
            assert (first.state.status, other.state.status) == ("sequencing", "standby")
            size = first.logs[member.tenant_id].signed.size
        await other.round()
        assert other.state.status == "sequencing", "the first one gave the lock back"
        assert other.logs[member.tenant_id].signed.size == size
        await other.close()
    finally:
        await second.close()


async def test_a_lost_connection_loses_the_lock_and_takes_it_again(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path) as made:
        await made.round()
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        await happen(own, member)
        await made.round()
        assert made.state.status == "sequencing"
        assert made.logs[member.tenant_id].signed.size == len(await rows(own, member))


async def test_a_server_without_the_key_keeps_events_and_signs_nothing(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path / "one") as made:
        await made.round()
    before = await head(own, member)
    async with sequencing(own, tmp_path / "two") as other:
        assert other.state.status == "waiting"
        assert "audit.key" in other.state.reason
        await happen(own, member)
        await other.round()
        assert await head(own, member) == before


async def test_files_that_are_wholly_gone_are_written_again_from_the_record(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    await happen_quickly(own, member, 600)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        before = made.logs[member.tenant_id].signed
    (tmp_path / "audit").rename(tmp_path / "moved-away")
    async with sequencing(own, tmp_path) as again:
        assert again.state.status == "sequencing"
        assert again.logs[member.tenant_id].signed == before
    new, old = tmp_path / "audit", tmp_path / "moved-away"
    assert {p.relative_to(new) for p in new.rglob("*")} == {
        p.relative_to(old) for p in old.rglob("*")
    }


async def test_no_more_entries_no_new_signature(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path) as made:
        await made.round()
        assert made.platform is not None
        before = made.platform.signed
        await made.round()
        assert made.platform.signed == before


async def test_a_broken_log_refuses_changes_and_lets_observations_be_kept(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    async with sequencing(own, tmp_path) as made:
        await made.round()
    await admin.execute("UPDATE audit_platform SET broken = 'The audit log does not verify.'")
    with pytest.raises(ReadOnly, match="does not verify"):
        await happen(own, member)
    async with own.tenant_session(member) as db:
        await record(db, member, Event.AUDIT_LOG_READ, member.id)
        await record(db, member, Event.MEMBER_SESSION_END, member.id)
    async with sequencing(own, tmp_path) as again:
        assert again.state.status == "sequencing", "it verifies, so the mark goes"
    await happen(own, member)


async def test_closing_sequences_what_waits_and_gives_the_lock_back(
    own: Database, member: Actor, urls: tuple[str, str], tmp_path: Path
) -> None:
    service = AuditService(own, tmp_path, origin="log.example", seconds=0.05)
    assert (await service.start()).status == "sequencing"
    await happen(own, member, 3)
    await service.close()
    assert (await head(own, member)).size == len(await rows(own, member))
    async with sequencing(own, tmp_path) as next_one:
        assert next_one.state.status == "sequencing"


async def test_a_running_service_sequences_by_itself(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    service = AuditService(own, tmp_path, origin="log.example", seconds=0.02)
    await service.start()
    await happen(own, member, 3)
    count = len(await rows(own, member))
    while True:
        if (await head(own, member)).size >= count:
            break
        await asyncio.sleep(0.02)
    await service.close()
