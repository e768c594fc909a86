"""The one screen that names every part and wires it from `settings.py`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

from lionrock.assist import ask as _ask  # noqa: F401 (declares its capability)
from lionrock.assist.comparing import compare as _compare  # noqa: F401
from lionrock.assist.drafting import draft as _draft  # noqa: F401
from lionrock.assist.extraction import extract as _extract  # noqa: F401
from lionrock.assist.keeping import GONE, Desk
from lionrock.assist.rewriting import rewrite as _rewrite  # noqa: F401
from lionrock.assist.sentiment import sentiment as _sentiment  # noqa: F401
from lionrock.assist.summaries import summarise as _summarise  # noqa: F401
from lionrock.assist.translate import translate as _translate  # noqa: F401
from lionrock.documents.files import Files
from lionrock.documents.ingest import Ingest
from lionrock.documents.parsing.talk import Ocr
from lionrock.documents.report import table_pdf
from lionrock.documents.service import DocumentService
from lionrock.documents.upgrade import make_good
from lionrock.errors import InvalidInput, Unavailable
from lionrock.gateway.exchanges.ageing import ExchangeAgeing
from lionrock.gateway.exchanges.personal import ExchangeData, erase_exchange
from lionrock.gateway.ledger.personal import UsageAgeing, UsageData
from lionrock.gateway.service import Gateway
from lionrock.gateway.setting_up import Engines, open_engines, open_gateway, open_reranker
from lionrock.kernel import confinement, identity
from lionrock.kernel.actors import Actor, worker
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.capabilities import Part, RunContext
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress, acting_for, guarding, spool
from lionrock.kernel.egress.recorder import Recorder, recording
from lionrock.kernel.home import hold
from lionrock.kernel.migrate import RUNTIME
from lionrock.kernel.oidc.service import Oidc
from lionrock.kernel.people import People
from lionrock.kernel.privacy.replay import replay
from lionrock.kernel.privacy.service import Privacy
from lionrock.kernel.runs import Runs
from lionrock.kernel.secrets import installation_secret
from lionrock.kernel.setting_up import as_role, open_database
from lionrock.kernel.tasks import stop
from lionrock.kernel.telemetry import Telemetry, attach
from lionrock.kernel.telemetry.setting_up import open_telemetry
from lionrock.kernel.vault.service import Vault
from lionrock.kernel.vault.upgrade import mark_sealed
from lionrock.models.embeddings import Embedder
from lionrock.models.setting_up import children, open_embedder, store
from lionrock.screening.personal.rooms import again
from lionrock.screening.scale.cluster import Cluster
from lionrock.screening.service import Screening
from lionrock.search.dense import DIMENSION
from lionrock.search.indexing import Indexer
from lionrock.search.results import ResultsService
from lionrock.search.saved.personal import SavedSearchData, erase_search
from lionrock.search.saved.service import SavedSearches
from lionrock.search.saved.watching import Watching
from lionrock.search.service import SearchService
from lionrock.settings import Settings


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
    vault: Vault
    egress: Egress = field(default_factory=Egress)
    children: dict[str, Callable[[], int | None]] = field(default_factory=dict)
    """Process id of each child that stays, by its name; None while it does not run."""
    telemetry: Telemetry = field(default_factory=Telemetry)
    desk: Desk = field(init=False)
    people: People = field(init=False)
    oidc: Oidc = field(init=False)
    privacy: Privacy = field(init=False)
    screening: Screening = field(init=False)
    results: ResultsService = field(init=False)
    saved: SavedSearches = field(init=False)
    audit: AuditService = field(init=False)
    """The audit log; it is checked and kept once `open_house` has started it."""

    def __post_init__(self) -> None:
        calls = self.gateway.calls
        gateway = (calls, calls.ledger.writer) if calls else ()
        attach(self.telemetry, self.runs, self.search, self.ingest, *gateway)
        self.audit = AuditService(
            self.database, self.settings.home,
            origin=self.settings.audit_origin, seconds=self.settings.audit_seconds,
            printer=table_pdf,
        )  # fmt: skip
        self.people = People.open(self.database, self.vault, self.settings.home / "keys")
        self.oidc = Oidc(self.database, self.vault, self.people.fields, self.egress)
        cluster = None
        if self.settings.screening_ray:
            address, home = self.settings.screening_ray, self.settings.home
            cluster = Cluster.at(address, home, self.egress)
            self.children["screening cluster"] = lambda: cluster.pid
        self.screening = Screening.open(
            self.database, self.vault, self.people.fields, self.settings.home, cluster
        )
        self.desk = Desk(self.database, self.vault, self.search)
        self.results = ResultsService(self.database, self.vault, self.search)
        self.saved = SavedSearches(self.database, self.vault, self.search)
        kept = SavedSearchData(self.database, self.saved), *self.desk.personal
        papers = self.documents.personal_data(self.search.indexer.purge)
        screened, said = self.screening.personal, ExchangeData(self.database, self.vault)
        self.privacy = Privacy.open(
            self.database, self.vault, self.people.fields, self.settings.home / "packages",
            [papers, *screened.all, said, UsageData(self.database), *kept],
            [papers, *screened.all, said, *kept],
            [screened.ageing],
            [UsageAgeing(self.database).forget, ExchangeAgeing(self.database, self.vault).forget],
        )  # fmt: skip

    def of(self, kind: type[Part]) -> Part:
        """What a capability's room keeps, by type; as `RunContext.of`."""
        return cast(Part, self.desk.parts[kind])

    def context(self, actor: Actor) -> RunContext:
        # What this task and those it starts are refused is recorded with this tenant.
        acting_for.set(actor.tenant_id)
        return RunContext(
            actor, uuid4(), self.search, self.gateway, zero_retention=actor.zero_retention,
            parts=self.desk.parts,
        )  # fmt: skip

    async def sign_in_link(self, base: str) -> str:
        token = await identity.issue(self.database, self.tenant_id, self.member_id, "link")
        return f"{base}/sign-in#{token}"


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Start every part, in order; stop them in reverse, whatever happens."""
    async with AsyncExitStack() as stack:
        hold(stack, settings.home)
        egress = stack.enter_context(guarding(Egress(settings.egress_hosts)))
        vault = Vault.open(
            settings.home / "keys", source=settings.key_source, key_file=settings.key_file
        )
        runtime = stack.enter_context(tempfile.TemporaryDirectory(prefix="lionrock-"))
        spool.collect(egress.journal, settings.home)
        notices: list[str] = []
        telemetry = await open_telemetry(stack, settings, egress, notices)
        started = await _started(stack, settings, egress, Path(runtime), notices)
        database, owner_url, engines, embedder = started
        files = Files(settings.home / "files", settings.max_upload_bytes, vault)
        gone = {
            **again(vault, settings.home),
            **GONE,
            "exchange": erase_exchange,
            "search": erase_search,
        }
        await replay(database, vault, gone)
        await make_good(database, files, vault, owner_url)
        tenant_id, member_id = await identity.ensure_first_tenant(database)
        await mark_sealed(database, vault, worker(tenant_id))
        await stack.enter_async_context(recording(Recorder(egress.journal, database, tenant_id)))

        documents = DocumentService(database, files, vault)
        reranker = open_reranker(stack, settings, egress, notices)
        search = SearchService(
            database, documents, embedder, settings.home / "indexes", vault, reranker
        )
        stack.push_async_callback(search.close)
        ingest = _ingest(settings, database, files, vault, search.indexer)
        gateway = await open_gateway(stack, settings, database, vault, egress, engines, notices)
        runs = Runs(database, vault)
        house = House(
            settings, database, documents, search, gateway, runs, ingest,
            tenant_id, member_id, notices, vault, egress, children(engines.local, embedder), telemetry,
        )  # fmt: skip
        stack.push_async_callback(house.oidc.close)
        # Before any work: a log that does not verify lets nothing be changed.
        await house.audit.start()
        stack.push_async_callback(house.audit.close)
        await ingest.recover()
        await runs.close_interrupted()
        await house.privacy.erasures.resume()
        _working(stack, house.privacy.run(), ingest.run(), search.indexer.run())
        _working(stack, Watching(database, house.saved, search).run())
        stack.push_async_callback(house.screening.close)
        _working(stack, house.screening.run())
        stack.push_async_callback(runs.close)
        yield house


async def _started(
    stack: AsyncExitStack, settings: Settings, egress: Egress, runtime: Path, notices: list[str]
) -> tuple[Database, str, Engines, Embedder | None]:
    """What takes its time, side by side. One that fails ends the others' start, and is what is told."""
    try:
        async with asyncio.TaskGroup() as starting:
            opened = starting.create_task(open_database(stack, settings))
            engines = starting.create_task(
                open_engines(stack, settings, store(settings), egress, runtime, notices)
            )
            embedder = starting.create_task(
                open_embedder(stack, settings, egress, DIMENSION, notices)
            )
            starting.create_task(_confinement(notices))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return *opened.result(), engines.result(), embedder.result()


def _working(stack: AsyncExitStack, *services: Coroutine[None, None, None]) -> None:
    """Run them beside the house until the stack ends; the last one begun is stopped first."""
    for service in services:
        stack.push_async_callback(stop, asyncio.create_task(service))


@asynccontextmanager
async def open_worker(settings: Settings) -> AsyncIterator[Ingest]:
    """A worker and nothing else, beside a server that has the same database and home (keys, files).

    Raises `InvalidInput` where there is no such server's database and keys to be had.
    """
    if settings.database_url is None:
        raise InvalidInput("A worker needs LIONROCK_DATABASE_URL: the database of its server.")
    keys = settings.home / "keys"
    if not (keys / RUNTIME).is_file():
        raise InvalidInput(
            f"{keys} does not hold the keys of a server. Set LIONROCK_HOME to the server's home, "
            "which both machines must reach, and start the server once before its workers."
        )
    async with AsyncExitStack() as stack:
        egress = stack.enter_context(guarding(Egress(settings.egress_hosts)))
        vault = Vault.open(keys, source=settings.key_source, key_file=settings.key_file, make=False)
        url = settings.database_url.get_secret_value()
        runtime = as_role(url, RUNTIME, installation_secret(keys, RUNTIME))
        database = await Database.open(runtime, size=5)
        stack.push_async_callback(database.close)
        notices: list[str] = []
        embedder = await open_embedder(stack, settings, egress, DIMENSION, notices)
        if embedder is None:
            # Without vectors it would call versions ready that nobody finds by meaning.
            raise Unavailable(notices[0])
        indexer = Indexer(database, embedder, settings.home / "indexes", vault)
        stack.push_async_callback(indexer.close)
        files = Files(settings.home / "files", settings.max_upload_bytes, vault)
        yield _ingest(settings, database, files, vault, indexer)


def _ingest(
    settings: Settings, database: Database, files: Files, vault: Vault, indexer: Indexer
) -> Ingest:
    return Ingest(
        database, files, vault, indexer,
        seconds=settings.parse_seconds, memory_bytes=settings.parse_bytes,
        ocr=Ocr(settings.ocr, settings.ocr_page_seconds),
        unpacked_bytes=settings.max_unpacked_bytes,
    )  # fmt: skip


async def _confinement(notices: list[str]) -> None:
    walls = await asyncio.to_thread(confinement.available)
    if not walls.namespace:
        left = "A system call filter keeps them off it." if walls.filter else "Nothing does."
        notices.append(
            "This system gives child processes no network namespace of their own, which would keep "
            f"them off the network. {left} See docs/egress.md."
        )
