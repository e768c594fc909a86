"""A house of real parts (database, files, parser, index) around a fake embedder and engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from lionrock.app import House
from lionrock.documents.files import Files
from lionrock.documents.ingest import Ingest
from lionrock.documents.schemas import Added, Document
from lionrock.documents.service import DocumentService
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.operating import EngineService
from lionrock.gateway.pool import Engine as Served
from lionrock.gateway.pool import Offer, Pool, Trust
from lionrock.gateway.service import Gateway
from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.kernel.runs import Runs
from lionrock.kernel.tasks import stop
from lionrock.kernel.vault.service import Vault
from lionrock.models.embeddings import Embedder
from lionrock.models.engines import Engine
from lionrock.search.service import SearchService
from lionrock.settings import Settings
from tests.fakes import WordEmbedder

ENGINE = Served(
    "gpu1", EngineKind.VLLM, "http://127.0.0.1:9", Trust.INSIDE,
    (Offer("small", "small", 4096, 512),), at_once=4,
)  # fmt: skip
"""For operators: nothing is asked of it."""

Opened = Callable[..., Awaitable[House]]
"""Opens a house around the engine given, or none."""


@asynccontextmanager
async def house_of(
    database: Database,
    actor: Actor,
    folder: Path,
    *,
    engine: Engine | None = None,
    embedder: Embedder | None = None,
    working: bool = True,
) -> AsyncIterator[House]:
    vault = Vault.open(folder / "keys")
    files = Files(folder / "files", 10_000_000, vault)
    documents = DocumentService(database, files, vault)
    search = SearchService(
        database, documents, embedder or WordEmbedder(), folder / "indexes", vault
    )
    ingest = Ingest(database, files, vault, search.indexer, seconds=60, memory_bytes=2**31)
    runs = Runs(database, vault)
    house = House(
        Settings(home=folder), database, documents, search,
        Gateway(
            engine, why_none="No model here.",
            engines=EngineService(database, Pool([ENGINE], egress=Egress())),
        ), runs, ingest, actor.tenant_id, actor.id, [], vault,
    )  # fmt: skip
    try:
        async with at_work(ingest) if working else nullcontext():
            yield house
    finally:
        await runs.close()
        await search.close()


@asynccontextmanager
async def at_work(ingest: Ingest) -> AsyncIterator[None]:
    """A worker reads what is added; one that outlived its test would take the next one's."""
    working = asyncio.create_task(ingest.run())
    try:
        yield
    finally:
        await stop(working)


async def chunks(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def put(house: House, actor: Actor, name: str, text: str) -> Added:
    added = await house.documents.add(actor, name, chunks(text.encode()))
    house.ingest.wake()
    return added


async def settled(house: House, actor: Actor, added: Added) -> Document:
    """The document once it is ready or failed."""
    while True:
        document = await house.documents.get(actor, added.document_id)
        if document.state in ("ready", "failed"):
            return document
        await asyncio.sleep(0.02)


async def taught(house: House, actor: Actor, name: str, text: str) -> Document:
    return await settled(house, actor, await put(house, actor, name, text))
