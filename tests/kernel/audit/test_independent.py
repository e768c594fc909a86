"""Others accept what we write: a second implementation from the specifications, and a third by others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.audit import merkle
from lionrock.kernel.database import Database
from tests.kernel.audit import independent
from tests.kernel.audit.conftest import (
    WITNESS,
    cosign_now,
    exported,
    happen,
    happen_quickly,
    keeping,
)
from tests.kernel.audit.independent import Wrong, check_export, check_proof, unpacked
from tests.kernel.audit.trees import Memory, entries


@pytest.fixture
async def export(own: Database, member: Actor, tmp_path: Path) -> tuple[Path, list[str], bytes]:
    """An export of more than two bundles with a cosigned checkpoint, its keys, a proof of one event."""
    await happen_quickly(own, member, 600)
    async with keeping(own, tmp_path) as service:
        (event,) = await happen(own, member, note="覆核完成")
        proof = await service.prove(member, event)
        await cosign_now(service, member, WITNESS)
        await happen_quickly(own, member, 100)
        path = tmp_path / "export.tar"
        path.write_bytes(await exported(service, member))
        return path, await service.keys(member), proof


def ran(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True)


async def test_a_second_implementation_accepts_an_export(
    export: tuple[Path, list[str], bytes],
) -> None:
    path, keys, _ = export
    assert check_export(unpacked(str(path)), keys) > 600


async def test_it_needs_nothing_of_ours_to_run(export: tuple[Path, list[str], bytes]) -> None:
    path, keys, _ = export
    program = Path(independent.__file__)
    assert "lionrock" not in program.read_text().partition('"""')[2].partition('"""')[2]
    done = ran([sys.executable, "-I", str(program), str(path), *keys])
    assert (done.returncode, done.stderr) == (0, "")
    assert "all in order" in done.stdout


async def test_it_refuses_an_export_in_which_one_byte_differs(
    export: tuple[Path, list[str], bytes],
) -> None:
    path, keys, _ = export
    files = unpacked(str(path))
    for name in files:
        changed = bytearray(files[name])
        changed[Random(name).randrange(len(changed))] ^= 1
        with pytest.raises((Wrong, ValueError)):
            check_export(files | {name: bytes(changed)}, keys)


async def test_it_accepts_a_proof_and_refuses_a_changed_one(
    export: tuple[Path, list[str], bytes],
) -> None:
    _, keys, proof = export
    assert b"document:version:add" in check_proof(proof, keys)
    lines = proof.split(b"\n")
    lines[3], lines[4] = lines[4], lines[3]
    with pytest.raises(Wrong):
        check_proof(b"\n".join(lines), keys)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257, 1000])
def test_paths_and_roots_are_the_same_in_both(size: int) -> None:
    memory, data = Memory(), entries(size)
    memory.append(data)
    hashes = [independent.sha(b"\x00", e) for e in data]
    assert memory.edge.root() == independent.tree_root(hashes)
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        path = independent.audit_path(hashes, index)
        assert merkle.inclusion_proof(memory, index, size) == path


_AICS = """
import pathlib, sys, tarfile, tempfile
from aics_tlog import (FileSystemTileReader, audit_tiles, consistency_proof_from_tiles,
                       inclusion_proof_from_tiles, parse_checkpoint, parse_note, parse_vkey, read_entry,
                       tree_root_from_tiles, verify_checkpoint, verify_consistency,
                       verify_leaf_inclusion)
folder = tempfile.mkdtemp()
with tarfile.open(sys.argv[1]) as tar:
    tar.extractall(folder)
log, witness = map(parse_vkey, sys.argv[2:4])
def checkpoint(name, **policy):
    found = verify_checkpoint(parse_note(pathlib.Path(folder, name).read_text()), log,
                              expected_origin=log.name, **policy)
    assert found.ok, found
    return parse_checkpoint(parse_note(pathlib.Path(folder, name).read_text()).text)
head = checkpoint("checkpoint")
earlier = checkpoint("cosigned/001", witness_keys=[witness], quorum=1)
reader = FileSystemTileReader(folder)
audit_tiles(reader, head.size, head.root)
for index in (0, head.size // 2, head.size - 1):
    entry = read_entry(reader, index, head.size)
    proof = inclusion_proof_from_tiles(reader, index, head.size)
    assert verify_leaf_inclusion(entry, index, head.size, proof, head.root)
proof = consistency_proof_from_tiles(reader, earlier.size, head.size)
assert verify_consistency(earlier.size, head.size, earlier.root, head.root, proof)
print(head.size)
"""


@pytest.mark.skipif(
    "LIONROCK_TLOG_PYTHON" not in os.environ,
    reason="LIONROCK_TLOG_PYTHON names no Python (3.12 or later) that has aics-tlog",
)
async def test_aics_tlog_accepts_an_export_and_refuses_a_changed_one(
    export: tuple[Path, list[str], bytes],
) -> None:
    path, keys, _ = export
    vkeys = [keys[0], WITNESS.verifier.vkey]
    command = [os.environ["LIONROCK_TLOG_PYTHON"], "-c", _AICS, str(path), *vkeys]
    done = ran(command)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 600
    data = bytearray(path.read_bytes())
    at = data.index(b"document:version:add")
    data[at] ^= 1
    path.write_bytes(data)
    assert ran(command).returncode != 0
