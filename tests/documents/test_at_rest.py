"""Nothing of what is put in or asked can be read from the disk or the database without the keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from lionrock.app import House
from lionrock.errors import LionrockError
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import find
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import SCHEMA
from lionrock.kernel.vault import scopes
from tests.building import chunks, house_of, settled, taught
from tests.fakes import ScriptedEngine
from tests.kernel.vault.test_columns import SEALED

CANARY = f"canary{uuid4().hex[:12]}"
TEXT = f"""# Heading {CANARY}

1. Client {CANARY} keeps records for seven years.

| Name | Amount |
| --- | --- |
| {CANARY} | HK$115 |
"""


@pytest.fixture(scope="module")
def needles() -> list[bytes]:
    """The word as text, in both UTF-16s, and as hexadecimal, which is how a dump shows bytes."""
    word = CANARY.encode()
    return [word, CANARY.encode("utf-16-le"), CANARY.encode("utf-16-be"), word.hex().encode()]


@pytest.fixture
async def used(database: Database, actor: Actor, tmp_path: Path) -> AsyncIterator[House]:
    """A house that has taken in, failed to take in, and answered what holds the word."""
    engine = ScriptedEngine(f"Client {CANARY} keeps records for seven years [1].")
    async with house_of(database, actor, tmp_path, engine=engine) as house:
        assert (await taught(house, actor, f"{CANARY}.md", TEXT)).state == "ready"
        broken = await house.documents.add(actor, f"{CANARY}.pdf", chunks(b"%PDF-1.7 cut off"))
        failed = await settled(house, actor, broken)
        assert CANARY in failed.error, "the word must be in what is kept, or nothing is shown"
        ask = find("ask")
        request = ask.request(question=f"How long does {CANARY} keep records?")
        run = await house.runs.begin(house.context(actor), ask, request)
        assert CANARY in str([u async for u in run.follow()])
        yield house


async def test_no_stored_file_holds_the_word(
    used: House, tmp_path: Path, needles: list[bytes]
) -> None:
    files = [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
    assert len(files) == 3
    assert holding(tmp_path / "files", needles) == []
    assert holding(tmp_path / "keys", needles) == []


async def test_no_table_holds_the_word(used: House, postgres: str, needles: list[bytes]) -> None:
    admin = await asyncpg.connect(postgres)
    try:
        tables = await admin.fetch("SELECT tablename FROM pg_tables WHERE schemaname = $1", SCHEMA)
        for table in tables:
            rows = await admin.fetch(f'SELECT t::text AS row FROM {SCHEMA}."{table[0]}" t')
            kept = "\n".join(r["row"] for r in rows).encode()
            assert not any(n in kept for n in needles), table[0]
    finally:
        await admin.close()


async def test_no_file_of_the_database_holds_the_word(
    used: House, postgres: str, needles: list[bytes]
) -> None:
    """Tables, TOAST, indexes, write-ahead log, temporary files, the server's log."""
    admin = await asyncpg.connect(postgres)
    await admin.execute("CHECKPOINT")
    folder = await admin.fetchval("SHOW data_directory")
    await admin.close()
    assert await asyncio.to_thread(holding, Path(folder), needles) == []


def holding(folder: Path, needles: list[bytes]) -> list[Path]:
    """Files that hold one of the needles; a file that goes meanwhile holds none."""
    found = []
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and any(n in path.read_bytes() for n in needles):
                found.append(path)
    return found


async def test_the_keys_open_what_is_kept(used: House, actor: Actor) -> None:
    """Else the tests above would pass on an empty house."""
    names = {d.name for d in await used.documents.list(actor)}
    assert names == {f"{CANARY}.md", f"{CANARY}.pdf"}
    (run,) = await used.runs.list(actor, limit=5)
    assert CANARY in str((await used.runs.load(actor, run["id"]))["result"])


async def test_every_sealed_column_holds_sealed_bytes(
    used: House, actor: Actor, database: Database
) -> None:
    seen = set()
    async with database.tenant_session(actor) as db:
        for table, names in SEALED.items():
            for name in names:
                rows = await db.fetch(
                    f"SELECT {name} AS value FROM {table} WHERE {name} IS NOT NULL"
                )
                assert all(r["value"][:1] == b"\x01" and len(r["value"]) > 36 for r in rows)
                seen |= {f"{table}.{name}"} if rows else set()
    assert {"documents.name", "pages.layout", "passages.number", "runs.result", "sentences.lead",
            "versions.error", "versions.title"} <= seen  # fmt: skip


async def test_a_row_put_in_the_place_of_another_is_refused_by_every_reader(
    used: House, actor: Actor, database: Database
) -> None:
    async with database.tenant_session(actor) as db:
        await db.execute(
            "UPDATE passages SET text = (SELECT text FROM passages ORDER BY ordinal DESC LIMIT 1)"
            " WHERE ordinal = 0"
        )
        ids = [r["id"] for r in await db.fetch("SELECT id FROM passages WHERE ordinal = 0")]
    with pytest.raises(LionrockError, match=r"Column text of passages.* moved") as refused:
        await used.documents.passages(actor, ids)
    assert CANARY not in refused.value.detail


async def test_another_tenants_row_is_refused_though_the_database_lets_it_in(
    used: House, actor: Actor, stranger: Actor, database: Database
) -> None:
    """As by a database administrator who copies a row: only the keys keep the tenants apart."""
    async with database.tenant_session(actor) as db:
        name = await db.fetchval("SELECT name FROM documents LIMIT 1")
    document = (await used.documents.list(actor))[0].id
    used.vault.make(stranger.tenant_id)
    with pytest.raises(LionrockError, match="no key of tenant"):
        used.vault.open_text(
            stranger.tenant_id, "documents", document, "name", name,
            scope=scopes.document(document),
        )  # fmt: skip
