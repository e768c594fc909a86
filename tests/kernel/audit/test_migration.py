"""Events that were there before the audit log was: they get salts, pseudonyms and positions too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from lionrock.kernel import migrate
from lionrock.kernel.audit.canonical import canonical, parse
from lionrock.kernel.audit.leaves import commitment, pseudonym
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import OWNER, RUNTIME, prepare
from tests.conftest import runtime_url
from tests.kernel.audit.conftest import PASSWORD, named, sequencing

DETAILS = [
    {},
    {"sha256": "cafe" * 16, "bytes": 1234567890},
    {"state": "failed", "cause": 'server "stopped"\\ \t\u001f \x7f é 覆核 😂', "ok": True, "a": 0},
    {"zz": "1", "Z": "2", "a_b": "3", "ab": "4", "model_calls": -3},
]


@pytest.fixture
async def first_release(
    postgres: str, database: Database
) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A database as the first release left it: URL, and a connection as superuser."""
    name, admin = f"audit_{uuid4().hex}", await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    url = named(postgres, name)
    db = await asyncpg.connect(url, server_settings={"search_path": "lionrock, public"})
    first, sql = migrate.migrations()[0]
    await db.execute(
        "CREATE EXTENSION vector SCHEMA public; CREATE EXTENSION pg_trgm SCHEMA public;"
        f"CREATE SCHEMA lionrock AUTHORIZATION {OWNER}; GRANT USAGE ON SCHEMA lionrock TO {RUNTIME};"
        f"SET ROLE {OWNER}; CREATE TABLE migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
        f" applied_at timestamptz NOT NULL DEFAULT now()); {sql} RESET ROLE"
    )
    digest = hashlib.sha256(sql.encode()).hexdigest()
    await db.execute("INSERT INTO migrations VALUES ($1, $2)", first, digest)
    yield url, db
    await db.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_events_of_the_first_release_are_brought_into_the_log(
    first_release: tuple[str, asyncpg.Connection], tmp_path: Path
) -> None:
    url, db = first_release
    tenant, ids = uuid4(), [uuid4() for _ in DETAILS]
    await db.execute("INSERT INTO tenant_directory VALUES ($1)", tenant)
    await db.execute("INSERT INTO tenants VALUES ($1, 'Old')", tenant)
    for id, details in zip(ids, DETAILS, strict=True):
        await db.execute(
            "INSERT INTO events VALUES ($1, $2, now(), 'run:run:start', 'member', $3, '一般', $4, $5)",
            *(tenant, id, uuid4(), uuid4(), json.dumps(details)),
        )
    before = {r["id"]: r for r in await db.fetch("SELECT * FROM events")}
    await prepare(url, PASSWORD, PASSWORD)
    key = await db.fetchval("SELECT key FROM event_keys WHERE tenant_id = $1", tenant)
    rows = await db.fetch(
        "SELECT * FROM events e JOIN event_payloads p ON p.event_id = e.id ORDER BY e.id"
    )
    assert len(rows) == len(DETAILS)
    for row in rows:
        old = before[row["id"]]
        payload = parse(row["payload"])
        assert payload == {
            "actor_id": str(old["actor_id"]),
            "details": json.loads(old["details"]),
            "purpose": "一般",
            "subject_id": str(old["subject_id"]),
        }
        assert row["commitment"] == commitment(row["salt"], canonical(payload))
        assert row["actor"] == pseudonym(key, old["actor_id"])
        assert row["subject"] == pseudonym(key, old["subject_id"])
    assert len({r["salt"] for r in rows}) == len(rows)
    opened = await Database.open(runtime_url(url))
    async with sequencing(opened, tmp_path) as made:
        await made.round()
        assert made.state.status == "sequencing"
        assert made.logs[tenant].signed.size == len(DETAILS)
    await opened.close()
