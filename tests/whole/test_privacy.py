"""A certificate of erasure and an export of the audit log, checked by someone who has nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest

from lionrock.app import open_house
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.settings import Settings
from tests.building import taught


@pytest.fixture
async def files(tmp_path: Path) -> tuple[Path, Path]:
    """The certificate of an erasure, and the log's export after it."""
    folder = Path(mkdtemp(prefix="lionrock-erasing-", dir="/tmp"))
    folder.chmod(0o755)
    settings = Settings(home=folder / "home", model="none", embeddings="none", port=0)
    certificate, export = tmp_path / "certificate.json", tmp_path / "audit.tar"
    async with open_house(settings) as house:
        roles = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.PRIVACY_OFFICER})
        first = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "general")
        second = Actor(
            house.tenant_id, uuid4(), ActorKind.MEMBER, frozenset({Role.PRIVACY_OFFICER}),
            "access-request", person=uuid4(),
        )  # fmt: skip
        async with house.database.tenant_session(first) as db:
            await db.execute(
                "INSERT INTO members (tenant_id, id, person, roles)"
                " VALUES ($1, $2, $3, '{privacy-officer}')",
                *(house.tenant_id, second.id, second.person),
            )
        document = await taught(house, first, "letter.md", "# Letter\n\n陳大文 wrote.")
        erasures = house.privacy.erasures
        target = ErasureTarget(kind="document", id=document.id)
        erasure = await erasures.propose(first, [target], "request")
        shown = await erasures.get(second, erasure)
        certificate.write_bytes(await erasures.approve(second, erasure, shown.content_hash))
        await house.audit.sequencer.round()
        with export.open("wb") as file:
            async for piece in await house.audit.export(first):
                file.write(piece)
    return certificate, export


async def test_it_holds_offline_and_one_changed_byte_of_either_does_not(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    await asyncio.to_thread(_check, files, tmp_path)


def _check(files: tuple[Path, Path], tmp_path: Path) -> None:
    certificate, export = files
    assert _verify(certificate, export) == 0
    told = json.loads(certificate.read_bytes())
    told["certificate"]["reason"] = "retention"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(told))
    assert _verify(changed, export) == 1
    data = bytearray(export.read_bytes())
    data[len(data) // 2] ^= 1
    flipped = tmp_path / "flipped.tar"
    flipped.write_bytes(data)
    assert _verify(certificate, flipped) == 1


def _verify(certificate: Path, export: Path) -> int:
    """In a process that has no home and no server: its exit code."""
    command = ["privacy", "verify-certificate", str(certificate), "--audit", str(export), "--json"]
    nowhere = {**os.environ, "LIONROCK_HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", "from lionrock.cli.main import main; main()", *command],
        env=nowhere, capture_output=True, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert ("holds" in told) == (done.returncode == 0), told
    return done.returncode
