"""The one screen that names every part and wires it from `settings.py`."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from lionrock.assist import ask as _ask  # noqa: F401 (declares its capability)
from lionrock.documents.files import Files
from lionrock.documents.ingest import Ingest
from lionrock.documents.service import DocumentService
from lionrock.errors import Conflict, LionrockError, ModelNotPulled, Unavailable
from lionrock.gateway.service import Gateway
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.capabilities import RunContext
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.kernel.migrate import OWNER, RUNTIME, prepare
from lionrock.kernel.postgres import EmbeddedPostgres
from lionrock.kernel.runs import Runs
from lionrock.kernel.secrets import installation_secret
from lionrock.models.catalogue import Catalogue
from lionrock.models.embeddings import Embedder, LocalEmbedder
from lionrock.models.engines import Engine, OpenAIEngine
from lionrock.models.llamacpp import LocalEngine
from lionrock.models.pull import Store
from lionrock.models.remote_embeddings import RemoteEmbedder
from lionrock.search.dense import DIMENSION
from lionrock.search.service import SearchService
from lionrock.settings import Settings

WORD = "server.json"
"""Where a running server leaves word of itself, see `publish`."""


@dataclass(slots=True)
class House:
    """Every part of a running Lionrock."""

    settings: Settings
    database: Database
    documents: DocumentService
    search: SearchService
    gateway: Gateway
    runs: Runs
    ingest: Ingest
    tenant_id: UUID
    member_id: UUID
    notices: list[str]
    """What an operator should know: a model that is not there, an engine that did not start."""

    def context(self, actor: Actor) -> RunContext:
        return RunContext(actor, uuid4(), self.search, self.gateway)

    async def sign_in_link(self, base: str) -> str:
        token = await identity.issue(self.database, self.tenant_id, self.member_id, "link")
        return f"{base}/sign-in#{token}"


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Start every part, in order; stop them in reverse, whatever happens."""
    async with AsyncExitStack() as stack:
        _hold(stack, settings.home)
        runtime = stack.enter_context(tempfile.TemporaryDirectory(prefix="lionrock-"))
        egress = Egress(settings.egress_hosts)
        notices: list[str] = []
        parts = asyncio.gather(
            _database(stack, settings),
            _engine(stack, settings, egress, Path(runtime), notices),
            _embedder(stack, settings, egress, notices),
        )
        database, engine, embedder = await parts
        tenant_id, member_id = await identity.ensure_first_tenant(database)

        files = Files(settings.home / "files", settings.max_upload_bytes)
        documents = DocumentService(database, files)
        search = SearchService(database, documents, embedder, settings.home / "indexes")
        stack.push_async_callback(search.close)
        ingest = Ingest(
            database, files, search.indexer,
            seconds=settings.parse_seconds, memory_bytes=settings.parse_bytes,
        )  # fmt: skip
        gateway = Gateway(engine, why_none=notices[0] if notices and engine is None else "")
        runs = Runs(database)
        await ingest.recover()
        await runs.close_interrupted()
        working = asyncio.create_task(ingest.run())
        stack.push_async_callback(_stop, working)
        stack.push_async_callback(runs.close)
        yield House(
            settings, database, documents, search, gateway, runs, ingest,
            tenant_id, member_id, notices,
        )  # fmt: skip


def _hold(stack: AsyncExitStack, home: Path) -> None:
    """One process owns a home. The lock goes with the process, however it ends."""
    # Root's PostgreSQL runs as another user, who must be able to pass through; the rest is closed.
    home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    file = stack.enter_context((home / "lock").open("a"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict(
            f"Lionrock is running already with {home}. Use that one, or set LIONROCK_HOME."
        ) from error
    # Word that a killed process left leads nowhere.
    (home / WORD).unlink(missing_ok=True)


async def _database(stack: AsyncExitStack, settings: Settings) -> Database:
    keys = settings.home / "keys"
    passwords = {role: installation_secret(keys, role) for role in (OWNER, RUNTIME)}
    if settings.database_url:
        admin = settings.database_url.get_secret_value()
    else:
        server = EmbeddedPostgres(
            settings.home / "postgres", installation_secret(keys, "lionrock_admin")
        )
        # In this thread, not another: the server is told to go when the thread that made it goes.
        admin = server.start()
        stack.callback(server.stop)
    await prepare(admin, passwords[OWNER], passwords[RUNTIME])
    database = await Database.open(_as_role(admin, RUNTIME, passwords[RUNTIME]))
    stack.push_async_callback(database.close)
    return database


def _as_role(url: str, role: str, password: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{role}:{password}@{rest.rpartition('@')[2]}"


async def _engine(
    stack: AsyncExitStack, settings: Settings, egress: Egress, runtime: Path, notices: list[str]
) -> Engine | None:
    try:
        if settings.engine:
            key = settings.engine_key.get_secret_value() if settings.engine_key else None
            engine: Engine = OpenAIEngine(
                settings.engine, key=key, model=settings.engine_model,
                context=settings.engine_context, allow=egress.check,
            )  # fmt: skip
            stack.push_async_callback(engine.close)
            return engine
        if settings.model == "none":
            notices.insert(0, "No model is set up: answers are quotes alone.")
            return None
        model = Catalogue.load().get(settings.model)
        local = LocalEngine(
            store(settings).path(model), name=model.name, context=settings.engine_context,
            threads=settings.engine_threads, runtime_dir=runtime,
        )  # fmt: skip
        stack.push_async_callback(local.stop)
        return await local.start()
    except ModelNotPulled as error:
        notices.insert(0, error.detail)
    except LionrockError as error:
        notices.insert(0, f"The language model is not available: {error.detail}")
    return None


async def _embedder(
    stack: AsyncExitStack, settings: Settings, egress: Egress, notices: list[str]
) -> Embedder | None:
    try:
        if "://" in settings.embeddings:
            remote = await RemoteEmbedder.connect(settings.embeddings, allow=egress.check)
            stack.push_async_callback(remote.close)
            if remote.dimension != DIMENSION:
                raise Unavailable(
                    f"{settings.embeddings} makes vectors of {remote.dimension} numbers; "
                    f"this release keeps {DIMENSION}."
                )
            return remote
        model = Catalogue.load().get(settings.embeddings)
        local = LocalEmbedder(store(settings).path(model))
        stack.push_async_callback(local.close)
        return local
    except LionrockError as error:
        notices.append(f"Search by meaning is off: {error.detail}")
        return None


def store(settings: Settings) -> Store:
    return Store(settings.cache / "models", settings.mirror)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def publish(home: Path, **facts: object) -> Path:
    """Leave word for the command line of this user: where the server listens, and a key for it."""
    path = home / WORD
    temporary = path.with_suffix(".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(facts, file)
    temporary.replace(path)
    return path
