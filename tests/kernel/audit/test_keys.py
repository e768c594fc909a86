from __future__ import annotations

import io
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lionrock.errors import NotVerified
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import notes
from lionrock.kernel.audit.archive import Tar
from lionrock.kernel.audit.keys import FIRST, ask_for_rotation, followed
from lionrock.kernel.audit.notes import Signer, Verifier
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.audit.verify import Report, Trust, verify
from lionrock.kernel.database import Database
from tests.kernel.audit.conftest import WITNESS, cosign_now, exported, happen, keeping


async def rotated(service: AuditService, home: Path, days: int = 30) -> None:
    ask_for_rotation(home / "keys", days)
    await service.sequencer.round()
    await service.sequencer.round()


async def end_overlap(service: AuditService, own: Database) -> None:
    """The old key's time is over."""
    async with own.directory_session() as db:
        await db.execute(
            "UPDATE audit_keys SET ends_at = now() - interval '1 second' WHERE ends_at IS NOT NULL"
        )
        await service.sequencer.keys.load(db)


def checked(data: bytes, *keys: Verifier) -> Report:
    return verify(Tar(io.BytesIO(data)), Trust(time.time(), tuple(keys)))


async def keys_of(service: AuditService, member: Actor) -> list[Verifier]:
    return [notes.parse_vkey(key) for key in await service.keys(member)]


def signatures(checkpoint: bytes) -> int:
    return len(notes.parse(checkpoint).signatures)


async def test_the_key_is_a_file_that_only_the_owner_can_read(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path):
        assert (tmp_path / "keys" / FIRST).stat().st_mode & 0o777 == 0o600
    (tmp_path / "keys" / FIRST).chmod(0o644)
    async with keeping(own, tmp_path) as service:
        assert service.state.status == "waiting"
        assert "chmod 600" in service.state.reason


async def test_key_rotation_both_keys_sign_until_the_old_ones_time_is_over(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        (old,) = await keys_of(service, member)
        await cosign_now(service, member, WITNESS)
        await rotated(service, tmp_path)
        new, listed_old = await keys_of(service, member)
        assert listed_old == old != new
        assert signatures(await service.checkpoint(member)) == 2
        during = await exported(service, member)
        for trusted in (old, new):
            assert checked(during, trusted).trusted
        await end_overlap(service, own)
        await happen(own, member)
        after = await exported(service, member)
        assert signatures(await service.checkpoint(member)) == 1
        assert not (tmp_path / "keys" / FIRST).exists(), "the old seed is gone"
    # Who knows only the old key follows the succession; who knows only the new needs nothing.
    for trusted in (old, new):
        assert checked(after, trusted).trusted
    async with keeping(own, tmp_path) as service:
        assert service.state.status == "sequencing"


async def test_key_rotation_is_an_event_in_the_log(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        await rotated(service, tmp_path)
        async with own.tenant_session(member) as db:
            assert (
                await db.fetchval("SELECT count(*) FROM events WHERE event = 'audit:key:rotate'")
                == 1
            )


async def test_key_rotation_again_and_again(own: Database, member: Actor, tmp_path: Path) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        (first,) = await keys_of(service, member)
        for _ in range(3):
            await rotated(service, tmp_path)
        await end_overlap(service, own)
        await happen(own, member)
        data = await exported(service, member)
        assert len(await keys_of(service, member)) == 4
    assert checked(data, first).trusted


async def test_key_rotation_a_stranger_cannot_succeed(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    old, new, stranger = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))

    def note(names: Ed25519PrivateKey, *signers: Ed25519PrivateKey) -> bytes:
        import base64

        def b64(key: Ed25519PrivateKey) -> str:
            return base64.b64encode(public(key)).decode()

        text = f"lionrock audit key succession v1\nlog\nold {b64(old)}\nnew {b64(names)}\ntime x\n"
        return notes.sign(text, [Signer("log", s) for s in signers]).encoded()

    trusted = {public(old)}
    assert followed(trusted, [note(new, old, new)]) == {public(old), public(new)}
    assert followed({public(stranger)}, [note(new, old, new)]) == {public(stranger)}
    for forged in (note(stranger, stranger), note(stranger, stranger, new), note(new, old)):
        with pytest.raises(NotVerified, match="not signed by both"):
            followed(trusted, [forged])


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


async def test_a_key_is_current_until_its_end(own: Database, member: Actor, tmp_path: Path) -> None:
    async with keeping(own, tmp_path) as service:
        await rotated(service, tmp_path, days=1)
        keys, now = service.sequencer.keys, datetime.now(UTC)
        assert len(keys.signers("log", now)) == 2
        assert len(keys.signers("log", now + timedelta(days=1, seconds=1))) == 1


def test_an_overlap_of_less_than_a_day_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least a day"):
        ask_for_rotation(tmp_path, 0)
