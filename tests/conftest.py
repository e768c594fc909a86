"""Fixtures that many rooms share: a real PostgreSQL, a fresh tenant, weights. Sockets reach loopback only."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import asyncpg
import pytest
import pytest_socket
from hypothesis import HealthCheck, settings

from lionrock.errors import ModelNotPulled
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor, ActorKind, Role
from lionrock.kernel.database import Database
from lionrock.kernel.migrate import RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.vault.service import Vault
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import LocalEmbedder
from lionrock.models.setting_up import store
from lionrock.settings import Settings

SMALL_MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
_PASSWORD = "0" * 64

# How long an example takes is the machine's affair.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_runtest_setup() -> None:
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Admin URL of an embedded server that lives for the whole session."""
    # Where an ordinary user can reach it: root's server runs as one.
    folder = Path(mkdtemp(prefix="lionrock-test-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "postgres", _PASSWORD)
    yield server.start()
    server.stop()
    shutil.rmtree(folder)


def runtime_url(admin: str) -> str:
    return f"postgresql://{RUNTIME}:{_PASSWORD}@{admin.rpartition('@')[2]}"


@pytest.fixture(scope="session")
async def database(postgres: str) -> AsyncIterator[Database]:
    await prepare(postgres, _PASSWORD, _PASSWORD)
    opened = await Database.open(runtime_url(postgres))
    yield opened
    await opened.close()


async def new_tenant(database: Database) -> Actor:
    """A tenant of its own, and its administrator."""
    from uuid import uuid4

    tenant = uuid4()
    await database.register_tenant(tenant)
    member = await identity.furnish(database, tenant)
    return administrator(tenant, member)


def administrator(tenant: UUID, member: UUID) -> Actor:
    roles = frozenset({Role.ADMINISTRATOR})
    return Actor(tenant, member, ActorKind.MEMBER, roles, "general", "Administrator")


@pytest.fixture(scope="session")
async def directory(database: Database, postgres: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's way into the database."""
    db = await asyncpg.connect(postgres)
    yield db
    await db.close()


@asynccontextmanager
async def passing_tenant(database: Database, directory: asyncpg.Connection) -> AsyncIterator[Actor]:
    """A tenant that workers no longer visit afterwards: thousands of them would be most of their work."""
    made = await new_tenant(database)
    yield made
    await directory.execute(
        "DELETE FROM lionrock.tenant_directory WHERE tenant_id = $1", made.tenant_id
    )


@pytest.fixture
async def actor(database: Database, directory: asyncpg.Connection) -> AsyncIterator[Actor]:
    async with passing_tenant(database, directory) as made:
        yield made


@pytest.fixture
async def stranger(database: Database, directory: asyncpg.Connection) -> AsyncIterator[Actor]:
    """The administrator of another tenant."""
    async with passing_tenant(database, directory) as made:
        yield made


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """A vault of its own, its keys under `tmp_path`/keys."""
    return Vault.open(tmp_path / "keys")


def _weights(name: str) -> Path:
    try:
        return store(Settings()).path(Catalogue.load().get(name))
    except ModelNotPulled as error:
        pytest.fail(f"{error.detail} `make test` does it.")


@pytest.fixture(scope="session")
def small_model_weights() -> Path:
    return _weights(SMALL_MODEL)


@pytest.fixture(scope="session")
def embedding_weights() -> Path:
    return _weights("multilingual-e5-small")


@pytest.fixture(scope="session")
async def embedder(embedding_weights: Path) -> AsyncIterator[LocalEmbedder]:
    """The real encoder, in its process."""
    opened = LocalEmbedder(embedding_weights)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; skips where there is none, and says what to install."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    return found
