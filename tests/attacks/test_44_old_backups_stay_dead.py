"""44: a database and files put back from before an erasure bring nothing back that was erased."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID, uuid4

import pytest

from lionrock.app import House, open_house
from lionrock.assist.schemas import AskRequest
from lionrock.errors import Erased, NotFound
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.capabilities import find
from lionrock.kernel.privacy.erasure_records import ErasureTarget
from lionrock.kernel.privacy.holds import Target
from lionrock.kernel.vault import scopes
from lionrock.settings import Settings
from tests.building import taught
from tests.kernel.privacy.making import CHAN

SECRET = "陳大文 wrote of the zanzibarite mine."


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="lionrock-backup-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[tuple[House, Actor, Actor]]:
    """The whole house, its first member, and a second officer."""
    settings = Settings(home=home, model="none", embeddings="none", port=0)
    async with open_house(settings) as house:
        roles = frozenset({Role.ADMINISTRATOR, Role.ANALYST, Role.PRIVACY_OFFICER})
        first = Actor(house.tenant_id, house.member_id, ActorKind.MEMBER, roles, "general")
        async with house.database.tenant_session(first) as db:
            row = await db.fetchrow(
                "SELECT id, person FROM members WHERE roles = '{privacy-officer}'"
            )
            if row is None:
                row = {"id": uuid4(), "person": uuid4()}
                await db.execute(
                    "INSERT INTO members (tenant_id, id, person, roles)"
                    " VALUES ($1, $2, $3, '{privacy-officer}')",
                    *(house.tenant_id, row["id"], row["person"]),
                )
        second = Actor(
            house.tenant_id, row["id"], ActorKind.MEMBER, frozenset({Role.PRIVACY_OFFICER}),
            "access-request", person=row["person"],
        )  # fmt: skip
        yield house, first, second


async def filled(home: Path) -> dict[str, UUID]:
    """A document under a hold, a run that quotes it, another run, and a person."""
    async with opened(home) as (house, first, _):
        document = await taught(house, first, "letter.md", f"# Letter\n\n{SECRET}")
        runs = []
        for question in ("Who wrote of the zanzibarite mine?", "Is 陳大文 known?"):
            live = await house.runs.begin(
                house.context(first), find("ask"), AskRequest(question=question)
            )
            [u async for u in live.follow()]
            runs.append(live.id)
        subject = await house.privacy.subjects.add(first, CHAN)
        hold = await house.privacy.holds.place(
            first, "H", "r", [Target(kind="document", id=document.id)]
        )
        return {
            "document": document.id, "quoting": runs[0], "run": runs[1], "subject": subject,
            "hold": hold,
        }  # fmt: skip


async def erase_all(home: Path, made: dict[str, UUID]) -> None:
    async with opened(home) as (house, first, second):
        await house.privacy.holds.release(first, made["hold"], "over")
        targets = [
            ErasureTarget(kind=kind, id=made[kind])  # type: ignore[arg-type]
            for kind in ("document", "run", "subject")
        ]
        erasure = await house.privacy.erasures.propose(first, targets, "request")
        shown = await house.privacy.erasures.get(second, erasure)
        await house.privacy.erasures.approve(second, erasure, shown.content_hash)


async def test_a_restore_from_before_an_erasure_brings_nothing_back(home: Path) -> None:
    made = await filled(home)
    backup = home.with_name("backup")
    _copy(home, backup)
    await erase_all(home, made)
    _remove_all_but_keys(home)
    _copy(backup, home)
    assert list((home / "files").rglob(f"{made['document'].hex}/*")), "the backup has the file"

    async with opened(home) as (house, first, second):
        tenant = house.tenant_id
        async with house.database.tenant_session(first) as db:
            kept = {
                t: await db.fetchval(
                    f"SELECT count(*) FROM {t} WHERE id = ANY($1)", list(made.values())
                )
                for t in ("documents", "runs", "subjects")
            }
            answer = await db.fetchval("SELECT result FROM runs WHERE id = $1", made["quoting"])
        assert kept == {"documents": 0, "runs": 1, "subjects": 0}
        assert answer is None
        assert not list((home / "files").rglob(f"{made['document'].hex}/*"))
        for scope in (scopes.document(made["document"]), scopes.subject(made["subject"])):
            with pytest.raises(Erased):
                house.vault.key(tenant, scope)
        with pytest.raises(NotFound):
            await house.runs.load(first, made["run"])
        assert await house.search.passages(first, "zanzibarite mine") == []
        assert await house.privacy.subjects.find(second, CHAN[0]) == []
        async with house.database.tenant_session(first) as db:
            events = [r["event"] for r in await db.fetch("SELECT event FROM events")]
        assert "privacy:erasure:replay" in events


def _copy(source: Path, target: Path) -> None:
    """All but the keys, owners as they are: what a tool for backups does."""
    target.mkdir(exist_ok=True)
    for path in source.iterdir():
        if path.name != "keys":
            subprocess.run(["cp", "-a", str(path), str(target)], check=True)


def _remove_all_but_keys(home: Path) -> None:
    for path in home.iterdir():
        if path.name != "keys":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
