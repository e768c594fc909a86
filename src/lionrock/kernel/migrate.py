"""Roles, extensions and numbered SQL migrations, applied at start under an advisory lock."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import asyncpg

from lionrock.errors import DatabaseUnavailable
from lionrock.kernel.tenant_proof import TenantProofs

OWNER = "lionrock_owner"
RUNTIME = "lionrock_runtime"
SCHEMA = "lionrock"
SEARCH_PATH = f"{SCHEMA}, public, pg_temp"
"""Temporary tables last: unnamed they come first, and one called `members` would be taken for ours."""
_LOCK = 0x4C494F4E  # "LION"


async def prepare(admin_url: str, owner_password: str, runtime_password: str) -> None:
    """Create the two roles, the extensions and the schema; apply what is not applied yet.

    `admin_url` must be allowed to create roles and extensions. Safe to call from several
    processes at once and again after any interruption.
    """
    db = await _connect(admin_url)
    try:
        await db.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _roles(db, owner_password, runtime_password)
        await _extensions(db)
        await db.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA} AUTHORIZATION {OWNER}")
        await db.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {RUNTIME}")
        await _migrate(db)
        await keep_proof_key(db, TenantProofs(runtime_password))
    except asyncpg.InsufficientPrivilegeError as error:
        raise DatabaseUnavailable(
            f"The role in LIONROCK_DATABASE_URL may not prepare the database ({error}). It must be "
            "able to create roles and the extensions vector and pg_trgm; see docs/database.md."
        ) from error
    finally:
        await db.close()


async def _connect(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=15)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        raise DatabaseUnavailable(
            f"PostgreSQL does not answer ({type(error).__name__}: {error}). "
            "Check LIONROCK_DATABASE_URL, or unset it to use the embedded server."
        ) from error


async def _roles(db: asyncpg.Connection, owner_password: str, runtime_password: str) -> None:
    for role, password in ((OWNER, owner_password), (RUNTIME, runtime_password)):
        if not await db.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await db.execute(f"CREATE ROLE {role}")
        # The password is our own hex string: nothing in it needs quoting.
        await db.execute(
            f"ALTER ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
            f" PASSWORD '{password}'"
        )
        await db.execute(f"ALTER ROLE {role} SET search_path = {SEARCH_PATH}")
    await db.execute(f"GRANT {OWNER} TO CURRENT_USER")


async def _extensions(db: asyncpg.Connection) -> None:
    for extension in ("vector", "pg_trgm"):
        try:
            await db.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        except (asyncpg.UndefinedFileError, asyncpg.FeatureNotSupportedError) as error:
            raise DatabaseUnavailable(
                f"This PostgreSQL has no extension {extension}. Install pgvector (0.7 or later) and "
                "the contrib modules on the server, then start again."
            ) from error


async def _migrate(db: asyncpg.Connection) -> None:
    await db.execute(f"SET search_path = {SCHEMA}, public")
    await db.execute(f"SET ROLE {OWNER}")
    await db.execute(
        "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    applied = {
        r["name"]: r["sha256"] for r in await db.fetch("SELECT name, sha256 FROM migrations")
    }
    for name, sql in migrations():
        digest = hashlib.sha256(sql.encode()).hexdigest()
        if applied.get(name, digest) != digest:
            raise DatabaseUnavailable(
                f"Migration {name} was changed after it was applied here. This program does not "
                "match this database: install the version that made it."
            )
        if name not in applied:
            async with db.transaction():
                await db.execute(sql)
                await db.execute("INSERT INTO migrations VALUES ($1, $2)", name, digest)
    newer = applied.keys() - {name for name, _ in migrations()}
    if newer:
        raise DatabaseUnavailable(
            f"This database was made by a newer Lionrock (it has {max(newer)}). Install that version."
        )


async def keep_proof_key(db: asyncpg.Connection, proofs: TenantProofs) -> None:
    """As owner of the schema: the key of the tenant proofs follows the runtime role's password."""
    await db.execute(
        "INSERT INTO tenant_proof (inner_pad, outer_pad) VALUES ($1, $2) ON CONFLICT (only_row)"
        " DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
        " WHERE tenant_proof.inner_pad <> excluded.inner_pad",
        *proofs.pads(),
    )


def migrations() -> list[tuple[str, str]]:
    """Name and SQL of each migration, in order."""
    folder = files("lionrock.kernel") / "migrations"
    found = [(f.name, f.read_text("utf-8")) for f in folder.iterdir() if f.name.endswith(".sql")]
    return sorted(found)
