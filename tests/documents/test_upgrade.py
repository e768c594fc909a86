"""An installation of before encryption: sealed at its first start, killed however often."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from lionrock.documents import upgrade as documents_upgrade
from lionrock.documents.files import FileId, Files
from lionrock.documents.parsed import Run, pack_runs
from lionrock.documents.service import DocumentService
from lionrock.kernel import migrate
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import OWNER, RUNTIME, prepare
from lionrock.kernel.runs import Runs
from lionrock.kernel.vault import sealing, upgrade
from lionrock.kernel.vault.service import Vault
from tests.conftest import administrator

WORD = "canary-陳大文"
CONTENT = f"# Notes\n\n{WORD} asked about his account.\n".encode()
COPY = b"%PDF-1.7 " + WORD.encode()
PASSWORD = "0" * 64
RUNS = 5


class Died(BaseException):
    """Stands for kill -9: nothing in the product catches it."""


@dataclass
class Old:
    """A database and a home of before."""

    admin: str
    home: Path
    actor: Actor
    document: UUID
    version: UUID
    runs: list[UUID]

    def url(self, role: str) -> str:
        return f"postgresql://{role}:{PASSWORD}@{self.admin.rpartition('@')[2]}"


@pytest.fixture
async def old(postgres: str, database: Database, tmp_path: Path) -> AsyncIterator[Old]:
    name = f"old_{uuid4().hex}"
    server = await asyncpg.connect(postgres)
    await server.execute(f"CREATE DATABASE {name}")
    admin = f"{postgres.rpartition('/')[0]}/{name}"
    db = await asyncpg.connect(admin)
    await first_release(db)
    made = Old(admin, tmp_path, administrator(uuid4(), uuid4()), uuid4(), uuid4(), [])
    await furnish(db, made)
    await db.close()
    files_of_before(made)
    yield made
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.close()


async def first_release(db: asyncpg.Connection) -> None:
    """The schema as release 1 left it. Its roles are the server's, and there already."""
    name, sql = migrate.migrations()[0]
    await db.execute(
        "CREATE EXTENSION vector SCHEMA public; CREATE EXTENSION pg_trgm SCHEMA public;"
        f" CREATE SCHEMA lionrock AUTHORIZATION {OWNER}; GRANT USAGE ON SCHEMA lionrock TO {RUNTIME};"
        f" SET ROLE {OWNER}; SET search_path = lionrock, public;"
        " CREATE TABLE migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    await db.execute(sql)
    digest = hashlib.sha256(sql.encode()).hexdigest()
    await db.execute("INSERT INTO migrations VALUES ($1, $2)", name, digest)
    await db.execute("RESET ROLE")


async def furnish(db: asyncpg.Connection, old: Old) -> None:
    """What release 1 kept; the administrator of the server passes row-level security by."""
    tenant, collection = old.actor.tenant_id, uuid4()
    await db.execute("SET search_path = lionrock, public")
    await db.execute("INSERT INTO tenant_directory VALUES ($1)", tenant)
    await db.execute("INSERT INTO tenants VALUES ($1, 'First')", tenant)
    await db.execute(
        "INSERT INTO members (tenant_id, id, name, roles) VALUES ($1, $2, 'Administrator', $3)",
        *(tenant, old.actor.id, ["administrator"]),
    )
    await db.execute("INSERT INTO collections VALUES ($1, $2, 'library')", tenant, collection)
    await db.execute(
        "INSERT INTO documents VALUES ($1, $2, $3, $4, $5)",
        *(tenant, old.document, collection, f"{WORD}.md", old.actor.id),
    )
    await db.execute(
        "INSERT INTO versions (tenant_id, id, document_id, collection_id, sha256, bytes, title,"
        " state, has_reading_copy) VALUES ($1, $2, $3, $4, $5, $6, $7, 'ready', true)",
        *(tenant, old.version, old.document, collection, hashlib.sha256(CONTENT).digest()),
        *(len(CONTENT), WORD),
    )
    layout = zlib.compress(pack_runs([Run(0, 6, 0.0, 0.5, (0.0,) * 7)]))
    for number in (1, 2, 3):
        await db.execute(
            "INSERT INTO pages VALUES ($1, $2, $3, 595, 842, $4, $5)",
            *(tenant, old.version, number, f"{WORD} page {number}", layout),
        )
    for ordinal in range(7):
        passage = uuid4()
        await db.execute(
            "INSERT INTO passages VALUES ($1, $2, $3, $4, $5, 'paragraph', $6, $7, 'en', $8, $9)",
            *(tenant, passage, old.version, collection, ordinal, f"{ordinal}.", WORD),
            *(f"{WORD} {ordinal}", [1, 0, 6]),
        )
        await db.execute(
            "INSERT INTO sentences VALUES ($1, $2, 0, 6, $3, $4, false, $5)",
            *(tenant, passage, old.version, collection, WORD),
        )
    for number in range(RUNS):
        old.runs.append(uuid4())
        result = json.dumps({"refused": True, "text": WORD}) if number % 2 else None
        await db.execute(
            "INSERT INTO runs (tenant_id, id, capability, risk, rule, member_id, purpose, state,"
            " request, result, error) VALUES ($1, $2, 'x', 'low', 'r', $3, 'p', 'failed', $4, $5, $6)",
            *(tenant, old.runs[-1], old.actor.id, json.dumps({"question": WORD, "n": number})),
            *(result, "" if result else WORD),
        )


def files_of_before(old: Old) -> None:
    folder = old.home / "files" / old.actor.tenant_id.hex
    name = hashlib.sha256(CONTENT).hexdigest()
    for path, data in (
        (folder / name[:2] / name, CONTENT),
        (folder / "reading" / f"{old.version.hex}.pdf", COPY),
    ):
        path.parent.mkdir(parents=True)
        path.write_bytes(data)


async def start(old: Old) -> None:
    """The part of a start that seals, once the migrations have run."""
    database = await Database.open(old.url(RUNTIME))
    try:
        vault = Vault.open(old.home / "keys")
        files = Files(old.home / "files", 1000, vault)
        await documents_upgrade.make_good(database, files, vault, old.url(OWNER))
    finally:
        await database.close()


async def everything(old: Old) -> bytes:
    """Every row of every table, as the administrator of the server sees it."""
    db = await asyncpg.connect(old.admin)
    try:
        names = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'lionrock'")
        rows = [(await db.fetch(f'SELECT t::text AS row FROM lionrock."{n[0]}" t')) for n in names]
    finally:
        await db.close()
    return "\n".join(r["row"] for table in rows for r in table).encode()


async def check(old: Old) -> None:
    database = await Database.open(old.url(RUNTIME))
    vault = Vault.open(old.home / "keys")
    files = Files(old.home / "files", 1000, vault)
    documents, runs = DocumentService(database, files, vault), Runs(database, vault)
    try:
        (document,) = await documents.list(old.actor)
        assert (document.name, document.title, document.error) == (f"{WORD}.md", WORD, "")
        page = await documents.page(old.actor, old.document, 3)
        assert (page.text, page.pages) == (f"{WORD} page 3", 3)
        async with database.tenant_session(old.actor) as db:
            ids = [r["id"] for r in await db.fetch("SELECT id FROM passages ORDER BY ordinal")]
        passages = await documents.passages(old.actor, ids)
        assert [passages[i].text for i in ids] == [f"{WORD} {n}" for n in range(7)]
        assert {p.heading for p in passages.values()} == {WORD}
        citation = await documents.cite(old.actor, passages[ids[0]], 0, 6)
        assert citation is not None and len(citation.boxes) == 1
        file = FileId(old.actor.tenant_id, old.document, old.version)
        assert b"".join(files.segments(file)) == CONTENT
        assert b"".join(files.segments(file, "reading copy")) == COPY
        for number, run in enumerate(old.runs):
            kept = await runs.load(old.actor, run)
            assert kept["request"] == {"question": WORD, "n": number}
            assert (kept["result"] is not None) == bool(number % 2)
            assert kept["error"] == ("" if number % 2 else WORD)
        refused = [r["refused"] for r in await runs.list(old.actor, limit=9)]
        assert sum(refused) == RUNS // 2
    finally:
        await database.close()
    assert WORD.encode() not in await everything(old)
    left = [p for p in (old.home / "files").rglob("*") if p.is_file()]
    assert len(left) == 2 and not any(WORD.encode() in p.read_bytes() for p in left)


async def test_everything_of_before_is_sealed_and_reads_the_same(old: Old) -> None:
    assert WORD.encode() in await everything(old)
    await prepare(old.admin, PASSWORD, PASSWORD)
    await start(old)
    await check(old)
    db = await asyncpg.connect(old.admin)
    plain = await db.fetch(
        r"SELECT 1 FROM information_schema.columns WHERE column_name LIKE 'plain\_%'"
    )
    await db.close()
    assert list(plain) == []
    await start(old)
    await check(old)


def counted(whole: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        step()
        return whole(*arguments, **named)

    return call


async def test_killed_again_and_again_it_loses_nothing_and_gets_to_its_end(
    old: Old, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start dies one step later than the one before, in the middle of a batch as well."""
    monkeypatch.setattr(upgrade, "_BATCH", 3)
    left = 0

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died

    for owner, name in (
        (sealing.DataKey, "seal"), (Files, "put"), (Path, "unlink"),
        (upgrade, "mark_sealed"), (upgrade, "drop_plain_columns"),
    ):  # fmt: skip
        monkeypatch.setattr(owner, name, counted(getattr(owner, name), step))
    await prepare(old.admin, PASSWORD, PASSWORD)
    deaths = 0
    while True:
        left = 2 + deaths
        try:
            await start(old)
        except Died:
            deaths += 1
            assert deaths < 200
            continue
        break
    assert deaths > 10
    left = 10**6
    await check(old)


async def test_before_the_upgrade_no_row_takes_plain_text_any_more(old: Old) -> None:
    await prepare(old.admin, PASSWORD, PASSWORD)
    db = await asyncpg.connect(old.admin)
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE lionrock.pages SET plain_text = 'other'")
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE lionrock.runs SET state = 'finished'")
    await db.close()


async def test_rows_that_are_not_sealed_keep_the_plain_columns(old: Old) -> None:
    await prepare(old.admin, PASSWORD, PASSWORD)
    assert await upgrade.drop_plain_columns(old.url(OWNER)) == []
    assert WORD.encode() in await everything(old)
