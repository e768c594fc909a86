"""kill -9 at each step of an erasure: the next start finishes it, and proves it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lionrock.errors import Erased
from lionrock.kernel.database import Database
from lionrock.kernel.privacy import certificates
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.vault import scopes
from tests.building import house_of, taught
from tests.conftest import runtime_url
from tests.kernel.privacy.conftest import Office
from tests.kernel.privacy.killing import POINTS
from tests.kernel.privacy.making import officers
from tests.kernel.privacy.test_erasure import counted, log_of


@pytest.mark.parametrize("point", POINTS)
async def test_an_erasure_killed_there_is_finished_at_the_next_start(
    database: Database, postgres: str, tmp_path: Path, point: str
) -> None:
    administrator, pair = await officers(database)
    async with house_of(database, administrator, tmp_path) as house:
        office = Office(house, administrator, pair)
        gone = (
            await taught(house, administrator, "a.md", "# A\n\n陳大文 wrote of zanzibarite.")
        ).id
        kept = (await taught(house, administrator, "b.md", "# B\n\nTea at four.")).id
        wanted = [ErasureTarget(kind="document", id=gone)]
        erasure = await house.privacy.erasures.propose(pair.first, wanted, "request")
        shown = await house.privacy.erasures.get(pair.second, erasure)
    told = {
        "url": runtime_url(postgres), "point": point, "folder": str(tmp_path),
        "tenant": str(administrator.tenant_id), "member": str(pair.second.id),
        "person": str(pair.second.person), "erasure": str(erasure), "hash": shown.content_hash,
    }  # fmt: skip
    child = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tests.kernel.privacy.killing"],
        input=json.dumps(told).encode(), capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert child.returncode == -9, child.stderr.decode()[-2000:]

    async with house_of(database, administrator, tmp_path, working=False) as house:
        office = Office(house, administrator, pair)
        before = await house.privacy.erasures.get(pair.first, erasure)
        finished = await house.privacy.erasures.resume()
        assert finished == (0 if before.state == "done" else 1)
        assert (await house.privacy.erasures.get(pair.first, erasure)).state == "done"
        assert await house.privacy.erasures.resume() == 0
        with pytest.raises(Erased):
            house.vault.key(administrator.tenant_id, scopes.document(gone))
        files = [p.parent.name for p in (tmp_path / "files").rglob("*") if p.is_file()]
        assert set(files) == {kept.hex}
        index = await house.search.indexer.words(administrator)
        assert index.frequencies(["zanzibarit", "tea"]) == {"zanzibarit": 0, "tea": 1}
        assert await counted(office, "documents") == 1
        file = await house.privacy.erasures.certificate(pair.first, erasure)
        assert certificates.verify(file, await log_of(office)).certificate["erasure"] == str(
            erasure
        )
        assert len(await office.events("privacy:erasure:finish")) == 1
