"""Attacks on the log by those who run it: each is noticed, by the server, by a verifier or by a witness.

The attacker here is the operator: a superuser of the database, with the files and often the key.
"""

from __future__ import annotations

import errno
import io
import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from lionrock.errors import NotVerified, ReadOnly
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import checkpoints, leaves, notes
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.cosign import cosign
from lionrock.kernel.audit.edge import File
from lionrock.kernel.audit.leaves import Leaf
from lionrock.kernel.audit.merkle import root
from lionrock.kernel.audit.sequencer import State
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.audit.store import Folder
from lionrock.kernel.audit.tiles import encode_entries
from lionrock.kernel.audit.verify import Trust, verify
from lionrock.kernel.database import Database
from tests.conftest import runtime_url
from tests.kernel.audit.conftest import (
    WITNESS,
    cosign_now,
    exported,
    happen,
    happen_quickly,
    keeping,
    named,
    sequencing,
)


async def kept(own: Database, member: Actor, home: Path, count: int = 600) -> Path:
    """A log of some events, kept and closed; the directory of its files."""
    await happen_quickly(own, member, count)
    async with sequencing(own, home) as made:
        await made.round()
        assert made.state.status == "sequencing"
        store = made.logs[member.tenant_id].store
        assert isinstance(store, Folder)
        return store.path


async def state_after(own: Database, home: Path) -> State:
    async with sequencing(own, home) as made:
        return made.state


async def assert_broken(own: Database, member: Actor, home: Path, why: str) -> None:
    """Read-only with a reason, nothing signed again, also not in later rounds."""
    before = {p: p.read_bytes() for p in (home / "audit").rglob("checkpoint")}
    async with sequencing(own, home) as made:
        assert made.state.status == "broken"
        assert why in made.state.reason
        await made.round()
    with pytest.raises(ReadOnly, match="Nothing can be changed"):
        await happen(own, member)
    assert before == {p: p.read_bytes() for p in (home / "audit").rglob("checkpoint")}


async def tamper(admin: asyncpg.Connection, sql: str, *values: object) -> None:
    """As a superuser with the triggers off."""
    async with admin.transaction():
        await admin.execute("SET LOCAL session_replication_role = replica")
        assert await admin.execute(sql, *values) not in ("UPDATE 0", "DELETE 0")


# --- truncated tail ---


async def test_truncated_tail_rows_taken_out_of_the_database(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path)
    await tamper(admin, "DELETE FROM events WHERE position > 590")
    await assert_broken(own, member, tmp_path, "rows are gone")


async def test_truncated_tail_while_the_server_runs(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await happen(own, member, 20)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        await tamper(admin, "DELETE FROM events WHERE position > 10")
        await happen(own, member)
        await made.round()
        assert made.state.status == "broken"
        assert "gone from the database" in made.state.reason


async def test_truncated_tail_of_the_files(own: Database, member: Actor, tmp_path: Path) -> None:
    folder = await kept(own, member, tmp_path)
    (folder / "tile/entries/001").unlink()
    await assert_broken(own, member, tmp_path, "changed or removed")


async def test_truncated_tail_shown_to_a_verifier_who_kept_a_checkpoint(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await happen(own, member, 10)
        shorter = await exported(service, member)
        await happen(own, member, 10)
        await service.sequencer.round()
        seen = await service.checkpoint(member)
    with pytest.raises(NotVerified, match="entries were taken away"):
        verify(Tar(io.BytesIO(shorter)), Trust(time.time(), previous=seen))


# --- rewritten middle ---


async def test_rewritten_middle_of_the_database(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path)
    await tamper(admin, "UPDATE events SET event = 'document:document:remove' WHERE position = 300")
    await assert_broken(own, member, tmp_path, "changed or removed")


async def test_rewritten_middle_of_the_entries_on_disk(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    folder = await kept(own, member, tmp_path)
    bundle = folder / "tile/entries/001"
    bundle.write_bytes(bundle.read_bytes().replace(b"version:add", b"version:ADD", 1))
    await assert_broken(own, member, tmp_path, "tile/entries/001 was changed")


async def test_rewritten_middle_in_the_last_partial_bundle(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    folder = await kept(own, member, tmp_path)
    (partial,) = (folder / "tile/entries/002.p").iterdir()
    partial.write_bytes(partial.read_bytes().replace(b"version:add", b"version:ADD", 1))
    await assert_broken(own, member, tmp_path, "last entries")


async def test_rewritten_middle_of_a_hash(own: Database, member: Actor, tmp_path: Path) -> None:
    folder = await kept(own, member, tmp_path)
    tile = folder / "tile/0/001"
    written = tile.read_bytes()
    tile.write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
    await assert_broken(own, member, tmp_path, "tile/0/001")


async def test_rewritten_everywhere_but_not_resigned(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    """Rows changed and all files removed, so that they are made anew: the signed root remains."""
    await kept(own, member, tmp_path)
    await tamper(admin, "UPDATE events SET event = 'document:document:remove' WHERE position = 300")
    shutil.rmtree(tmp_path / "audit")
    async with sequencing(own, tmp_path) as made:
        assert made.state.status == "broken"
        assert "not those that were signed" in made.state.reason


async def test_a_record_of_the_head_that_was_set_by_hand(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path)
    await tamper(admin, "UPDATE audit_logs SET size = 10, root = sha256('x') WHERE size > 10")
    await assert_broken(own, member, tmp_path, "not what was signed")


# --- swapped entries ---


async def test_swapped_entries_in_the_database(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path)
    await admin.execute("ALTER TABLE events DROP CONSTRAINT events_tenant_id_position_key")
    await tamper(
        admin,
        "UPDATE events SET position = 21 - position WHERE tenant_id = $1 AND position IN (10, 11)",
        member.tenant_id,
    )
    await assert_broken(own, member, tmp_path, "changed or removed")


async def test_swapped_entries_on_disk(own: Database, member: Actor, tmp_path: Path) -> None:
    folder = await kept(own, member, tmp_path)
    store = Folder(folder)
    entries = store.entries(0, 256)
    entries[10], entries[11] = entries[11], entries[10]
    (folder / "tile/entries/000").write_bytes(encode_entries(entries))
    await assert_broken(own, member, tmp_path, "tile/entries/000")


# --- fork, split view ---


async def test_fork_a_witness_that_saw_one_view_does_not_cosign_the_other(
    own: Database, member: Actor, postgres: str, urls: tuple[str, str], tmp_path: Path
) -> None:
    """The operator copies everything, key and all, and lets two histories go on."""
    await happen(own, member, 10)
    async with keeping(own, tmp_path / "one") as service:
        keys = tuple(notes.parse_vkey(k) for k in await first_keys(service, member))
        last = await cosign_now(service, member, WITNESS)
    await own.close()
    copy = f"audit_{uuid4().hex}"
    db = await asyncpg.connect(postgres)
    await db.execute(f"CREATE DATABASE {copy} TEMPLATE {urls[0].rpartition('/')[2]}")
    await db.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    views = []
    for url, home in ((urls[1], "one"), (runtime_url(named(postgres, copy)), "two")):
        database = await Database.open(url)
        await happen(database, member, 5)
        async with keeping(database, tmp_path / home) as service:
            views.append(await exported(service, member))
        await database.close()
    trust = Trust(time.time(), keys)
    assert (
        verify(Tar(io.BytesIO(views[0])), trust).size
        == verify(Tar(io.BytesIO(views[1])), trust).size
    )
    last, _ = cosign(Tar(io.BytesIO(views[0])), trust, WITNESS, last)
    with pytest.raises(NotVerified, match="two views of this log exist"):
        cosign(Tar(io.BytesIO(views[1])), trust, WITNESS, last)


async def first_keys(service: AuditService, member: Actor) -> list[str]:
    await service.sequencer.round()
    return await service.keys(member)


async def test_fork_the_log_does_not_take_in_a_cosigned_checkpoint_of_another_history(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await cosign_now(service, member, WITNESS)
        log = service.sequencer.logs[member.tenant_id]
        other = checkpoints.Head(log.origin, log.signed.size, b"\x01" * 32)
        signed = notes.parse(checkpoints.sign(other, service.sequencer.keys.signers(log.origin)))
        forged = signed.with_signatures([WITNESS.cosign(signed.text, int(time.time()))])
        with pytest.raises(NotVerified, match="two views of the log exist"):
            await service.keep_cosigned(member, forged.encoded())


async def test_a_database_put_back_to_an_older_copy(
    own: Database, member: Actor, postgres: str, urls: tuple[str, str], tmp_path: Path
) -> None:
    await kept(own, member, tmp_path, 20)
    await own.close()
    backup = f"audit_{uuid4().hex}"
    db = await asyncpg.connect(postgres)
    await db.execute(f"CREATE DATABASE {backup} TEMPLATE {urls[0].rpartition('/')[2]}")
    await db.close()
    now = await Database.open(urls[1])
    await kept(now, member, tmp_path, 20)
    await now.close()
    restored = await Database.open(runtime_url(named(postgres, backup)))
    try:
        await assert_broken(restored, member, tmp_path, "older copy")
    finally:
        await restored.close()


async def test_one_tenants_record_put_back_is_seen_by_the_platform_log(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    """Rows, head and files of one tenant as they were before; the platform log remembers."""
    folder = await kept(own, member, tmp_path, 20)
    before = await admin.fetchrow("SELECT * FROM audit_logs")
    shutil.copytree(folder, tmp_path / "before")
    await kept(own, member, tmp_path, 20)
    await tamper(
        admin,
        "UPDATE audit_logs SET size = $1, root = $2, checkpoint = $3, entered = $4",
        *(before["size"], before["root"], before["checkpoint"], before["entered"]),
    )
    await tamper(admin, "DELETE FROM event_payloads p USING events e WHERE e.id = p.event_id"
                        " AND e.position >= $1", before["size"])  # fmt: skip
    await tamper(admin, "DELETE FROM events WHERE position >= $1", before["size"])
    shutil.rmtree(folder)
    shutil.move(tmp_path / "before", folder)
    await assert_broken(own, member, tmp_path, "put back to an older state")


# --- replayed checkpoint ---


async def test_replayed_old_checkpoint_the_server_shows_the_newest_again(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    folder = await kept(own, member, tmp_path, 20)
    old = (folder / "checkpoint").read_bytes()
    await kept(own, member, tmp_path, 20)
    new = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(old)
    assert (await state_after(own, tmp_path)).status == "sequencing"
    assert (folder / "checkpoint").read_bytes() == new


async def test_replayed_old_checkpoint_a_witness_refuses(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        keys = tuple(map(notes.parse_vkey, await service.keys(member)))
        old = await exported(service, member)
        await happen(own, member, 5)
        last = await cosign_now(service, member, WITNESS)
        with pytest.raises(NotVerified, match="entries were taken away"):
            cosign(Tar(io.BytesIO(old)), Trust(time.time(), keys), WITNESS, last)


async def test_a_head_never_shrinks_in_the_database(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path, 20)
    for change in ("size = size - 1", "root = sha256('x')"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only grows"):
            async with own.tenant_session(member) as db:
                await db.execute(f"UPDATE audit_logs SET {change}")


async def test_a_log_does_not_sign_a_smaller_tree(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        log = service.sequencer.logs[member.tenant_id]
        log.signed = checkpoints.Head(log.origin, log.signed.size + 1, log.signed.root)
        with pytest.raises(NotVerified, match="was signed with"):
            log.sign(service.sequencer.keys.signers(log.origin))


# --- what is final ---


async def test_the_runtime_role_cannot_change_remove_or_place_an_event(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    await kept(own, member, tmp_path, 5)
    for sql in (
        "UPDATE events SET position = 99 WHERE position = 3",
        "UPDATE events SET position = NULL WHERE position = 3",
        "UPDATE events SET event = 'x'",
        "UPDATE events SET commitment = sha256('x')",
        "DELETE FROM events",
        "TRUNCATE events",
        "UPDATE event_payloads SET payload = '{}'",
        "UPDATE audit_logs SET origin = 'x'",
        "DELETE FROM audit_logs",
        "DELETE FROM audit_platform_entries",
        "UPDATE event_keys SET key = sha256('x')",
        "INSERT INTO events (tenant_id, id, event, actor_kind, actor, subject, commitment, position)"
        " SELECT tenant_id, uuidv7(), event, actor_kind, actor, subject, commitment, 1000 FROM events",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with own.tenant_session(member) as db:
                await db.execute(sql)


# --- clocks ---


async def test_clock_skew_order_is_by_position_not_by_time(
    own: Database, member: Actor, admin: asyncpg.Connection, tmp_path: Path
) -> None:
    await happen(own, member, 3)
    # The clock of the database went back two days, then forward.
    await tamper(
        admin,
        "UPDATE events SET at = at - interval '2 days' WHERE id ="
        " (SELECT id FROM events ORDER BY id DESC LIMIT 1)",
    )
    async with keeping(own, tmp_path) as service:
        data = await exported(service, member)
        keys = tuple(map(notes.parse_vkey, await service.keys(member)))
    assert verify(Tar(io.BytesIO(data)), Trust(0, keys)).size >= 3, (
        "the verifier's clock is in 1970"
    )
    assert (await state_after(own, tmp_path)).status == "sequencing"


async def test_clock_skew_a_witness_whose_clock_went_back_does_not_cosign(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        keys = tuple(map(notes.parse_vkey, await service.keys(member)))
        last = await cosign_now(service, member, WITNESS)
        data = await exported(service, member)
    with pytest.raises(NotVerified, match="clock of this machine went back"):
        cosign(Tar(io.BytesIO(data)), Trust(time.time() - 100, keys), WITNESS, last)
    with pytest.raises(NotVerified, match="in the future"):
        cosign(Tar(io.BytesIO(data)), Trust(time.time() - 1000, keys), WITNESS, last)


# --- disk full ---


class FullDisk(Folder):
    """Takes `room` files and no more."""

    def __init__(self, folder: Path, room: int) -> None:
        super().__init__(folder)
        self.room = room

    def write(self, files: Sequence[File]) -> None:
        self._take(len(files))
        super().write(files)

    def publish(self, checkpoint: bytes) -> None:
        self._take(1)
        super().publish(checkpoint)

    def _take(self, many: int) -> None:
        if many > self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= many


@pytest.mark.parametrize("room", [0, 1, 2, 3])
async def test_disk_full_events_wait_in_the_database_and_go_on_when_there_is_room(
    own: Database, member: Actor, tmp_path: Path, room: int
) -> None:
    await happen(own, member, 5)
    async with sequencing(own, tmp_path) as made:
        await made.round()
        log = made.logs[member.tenant_id]
        assert isinstance(log.store, Folder)
        before = log.signed.size
        log.store = FullDisk(log.store.path, room)
        await happen_quickly(own, member, 300)
        await made.round()
        full = room < 3
        if full:
            assert made.state.status == "waiting"
            assert "The disk is full" in made.state.reason
        await happen(own, member, 2)
        log.store.room = 1000
        await made.round()
        assert made.state.status == "sequencing"
        assert log.signed.size == before + 302
        assert root(log.store, log.signed.size) == log.signed.root
        shown = log.store.checkpoint()
        assert shown is not None
        assert checkpoints.open_checkpoint(shown, made.keys.verifiers(log.origin))[0] == log.signed
    assert (await state_after(own, tmp_path)).status == "sequencing"


# --- large leaves ---


def test_a_leaf_over_64_kb_is_refused() -> None:
    hashed = b"\x01" * 32
    leaf = Leaf(uuid4(), datetime.now(UTC), "x" * 70_000, "member", hashed, hashed, hashed, "log")
    with pytest.raises(ValueError, match="over the 65535"):
        leaf.encoded()


async def test_no_event_can_be_recorded_that_makes_a_large_leaf(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    await happen(own, member, 1, **{f"detail_{n}": "字" * 200 for n in range(200)})
    async with sequencing(own, tmp_path) as made:
        await made.round()
        log = made.logs[member.tenant_id]
        assert isinstance(log.store, Folder)
        entries = log.store.entries(0, log.signed.size)
    assert max(map(len, entries)) < 1000
    assert {leaves.decode(entry).origin for entry in entries} == {log.origin}
