"""What an outsider sees: exports that hold, and every way in which one does not."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lionrock.errors import InvalidInput, NotVerified
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import archive, manifest, notes
from lionrock.kernel.audit.archive import Directory, Tar
from lionrock.kernel.audit.cosign import cosign, new_key, read_key
from lionrock.kernel.audit.cosignatures import Witness
from lionrock.kernel.audit.notes import Signer, Verifier
from lionrock.kernel.audit.verify import Report, Trust, verify
from lionrock.kernel.database import Database
from tests.kernel.audit.conftest import (
    WITNESS,
    cosign_now,
    exported,
    happen,
    happen_quickly,
    keeping,
)

OTHER_WITNESS = Witness(
    "internal-audit.example", Ed25519PrivateKey.from_private_bytes(b"\x0a" * 32)
)


@pytest.fixture
async def small(own: Database, member: Actor, tmp_path: Path) -> tuple[bytes, tuple[Verifier, ...]]:
    """An export of some thirty events with a cosigned checkpoint, and the log's keys."""
    await happen(own, member, 12)
    async with keeping(own, tmp_path) as service:
        await cosign_now(service, member, WITNESS)
        await happen(own, member, 12)
        keys = tuple(map(notes.parse_vkey, await service.keys(member)))
        return await exported(service, member), keys


def trust(*keys: Verifier, **more: object) -> Trust:
    return Trust(time.time(), tuple(keys), **more)  # type: ignore[arg-type]


def check(data: bytes, *keys: Verifier, **more: object) -> Report:
    return verify(Tar(io.BytesIO(data)), trust(*keys, **more))


def files_of(data: bytes) -> dict[str, bytes]:
    tar = Tar(io.BytesIO(data))
    return {name: tar.read(name) for name in sorted(tar.names())}


def packed(files: dict[str, bytes]) -> bytes:
    return b"".join(archive.member(n, d) for n, d in files.items()) + archive.end()


def resigned(files: dict[str, bytes], signer: Signer) -> bytes:
    """What an attacker does who can sign manifests with a key of their own."""
    kept = {n: d for n, d in files.items() if n not in (manifest.FILES, manifest.MANIFEST)}
    listing = manifest.file_list({n: hashlib.sha256(d).hexdigest() for n, d in kept.items()})
    old = notes.parse(files[manifest.MANIFEST]).text.split("\n")
    note = manifest.signed(
        old[1], int(old[2].split()[1]), int(old[3].split()[1]), old[4].split()[1], listing, [signer]
    )
    return packed(kept | {manifest.FILES: listing, manifest.MANIFEST: note})


async def test_a_whole_export_verifies_as_a_file_and_as_a_directory(
    small: tuple[bytes, tuple[Verifier, ...]], tmp_path: Path
) -> None:
    data, keys = small
    report = check(data, *keys)
    assert report.trusted and report.opened == report.size
    assert report.platform is not None and report.platform.origin == "log.example"
    assert [(c.witness.name, size < report.size) for c, size in report.cosigned] == [
        (WITNESS.name, True)
    ]
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        tar.extractall(tmp_path / "unpacked")
    assert verify(Directory(tmp_path / "unpacked"), trust(*keys)) == report


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_one_flipped_bit_anywhere_in_the_file_is_refused(
    small: tuple[bytes, tuple[Verifier, ...]], data: st.DataObject
) -> None:
    whole, keys = small
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    for brought in ((), keys):
        with pytest.raises(NotVerified):
            check(bytes(changed), *brought)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_one_flipped_bit_in_any_file_of_a_directory_is_refused(
    small: tuple[bytes, tuple[Verifier, ...]], data: st.DataObject
) -> None:
    whole, keys = small
    files = files_of(whole)
    name = data.draw(st.sampled_from(sorted(files)))
    bit = data.draw(st.integers(0, len(files[name]) * 8 - 1))
    changed = bytearray(files[name])
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotVerified):
        check(packed(files | {name: bytes(changed)}), *keys)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 10**9))
async def test_a_file_cut_anywhere_is_refused(
    small: tuple[bytes, tuple[Verifier, ...]], cut: int
) -> None:
    whole, keys = small
    with pytest.raises(NotVerified):
        check(whole[: cut % len(whole)], *keys)
    with pytest.raises(NotVerified):
        check(whole + bytes(512), *keys)


async def test_no_file_can_be_taken_out_put_in_or_renamed(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, keys = small
    files = files_of(whole)
    for name in files:
        without = {n: d for n, d in files.items() if n != name}
        for changed in (without, without | {f"{name}x": files[name]}):
            with pytest.raises(NotVerified):
                check(packed(changed), *keys)
    with pytest.raises(NotVerified, match="missing or added"):
        check(packed(files | {"extra": b"word"}), *keys)


async def test_a_file_packed_by_another_program_is_refused_with_advice(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, keys = small
    again = io.BytesIO()
    with tarfile.open(fileobj=again, mode="w") as tar:
        for name, data in files_of(whole).items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1
            tar.addfile(info, io.BytesIO(data))
    with pytest.raises(NotVerified, match="unpack it and verify the directory"):
        check(again.getvalue(), *keys)


async def test_an_attacker_without_the_logs_key_cannot_sign_another_export(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, keys = small
    signer = Signer(keys[0].name, Ed25519PrivateKey.generate())
    files = files_of(whole)
    with pytest.raises(NotVerified):
        check(resigned(files, signer), *keys)
    # With their own key in the export it is whole, but not the log that the verifier knows.
    forged = files | {"verifier-keys": f"{signer.verifier.vkey}\n".encode()}
    for brought in ((), keys):
        with pytest.raises(NotVerified):
            check(resigned(forged, signer), *brought)


async def test_a_key_of_another_log_is_not_enough(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, keys = small
    with pytest.raises(NotVerified, match=r"the keys given are for other\.example"):
        check(whole, Verifier("other.example", keys[0].type, keys[0].public))


async def test_a_log_goes_on_from_the_checkpoint_a_verifier_kept(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await happen_quickly(own, member, 300)
        await service.sequencer.round()
        kept = await service.checkpoint(member)
        await happen_quickly(own, member, 300)
        newer = await exported(service, member)
        assert check(newer, previous=kept).previous == int(kept.split(b"\n")[1])
        newest = await exported(service, member)
        smaller = newer
    with pytest.raises(NotVerified, match="entries were taken away"):
        check(smaller, previous=files_of(newest)["checkpoint"])


async def test_a_witness_the_verifier_asks_for_must_have_cosigned(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, keys = small
    assert check(whole, *keys, witnesses=(WITNESS.verifier,)).cosigned
    with pytest.raises(NotVerified, match="Not cosigned by internal-audit"):
        check(whole, *keys, witnesses=(WITNESS.verifier, OTHER_WITNESS.verifier))


async def test_two_witnesses_of_one_checkpoint_stand_together_in_a_proof(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    (event,) = await happen(own, member)
    async with keeping(own, tmp_path) as service:
        cosigned = await cosign_now(service, member, WITNESS)
        note = notes.parse(cosigned)
        await service.add_witness(member, OTHER_WITNESS.verifier.vkey)
        second = note.with_signatures([OTHER_WITNESS.cosign(note.text, int(time.time()))])
        await service.keep_cosigned(member, second.encoded())
        await happen(own, member, 5)
        proof = await service.prove(member, event)
        assert proof.count("\u2014".encode()) == 3
        known = await service.witnesses.known(member)
        assert {w.name: w.size for w in known} == {
            WITNESS.name: int(note.text.split("\n")[1]),
            OTHER_WITNESS.name: int(note.text.split("\n")[1]),
        }


async def test_a_checkpoint_no_known_witness_cosigned_is_not_kept(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        with pytest.raises(NotVerified, match="add the witness first"):
            await service.keep_cosigned(member, await service.checkpoint(member))


async def test_a_witness_is_added_once_and_by_a_key_for_cosigning(
    own: Database, member: Actor, tmp_path: Path
) -> None:
    async with keeping(own, tmp_path) as service:
        await service.sequencer.round()
        await service.add_witness(member, WITNESS.verifier.vkey)
        with pytest.raises(Exception, match="already"):
            await service.add_witness(member, WITNESS.verifier.vkey)
        (key,) = await service.keys(member)
        with pytest.raises(InvalidInput, match="not one for cosigning"):
            await service.add_witness(member, key)


async def test_a_witness_without_the_logs_key_does_not_cosign(
    small: tuple[bytes, tuple[Verifier, ...]],
) -> None:
    whole, _ = small
    with pytest.raises(InvalidInput, match="verifier key"):
        cosign(Tar(io.BytesIO(whole)), trust(), WITNESS, None)


def test_a_witness_keeps_its_key_in_a_file_only_it_can_read(tmp_path: Path) -> None:
    path = tmp_path / "witness.key"
    made = new_key(path)
    assert read_key(path).private_bytes_raw() == made.private_bytes_raw()
    with pytest.raises(Exception, match="there already"):
        new_key(path)
    path.chmod(0o644)
    with pytest.raises(InvalidInput, match="chmod 600"):
        read_key(path)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../b", ".hidden", "a//b", "a\nb", ""])
def test_a_name_that_leads_elsewhere_is_no_name_in_an_export(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no name"):
        archive.member(name, b"")
    with pytest.raises(NotVerified):
        Directory(tmp_path).read(name)


def test_a_link_in_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(NotVerified, match="neither a file nor a directory"):
        Directory(tmp_path).names()
