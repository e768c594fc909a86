"""A house with a real database, documents and runs, and nothing that reads, searches or writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, sync_playwright
from pydantic import BaseModel, Field

from lionrock.api.app import create_app
from lionrock.assist.drafting.service import TemplateService
from lionrock.assist.sentiment.classifiers import Classifiers
from lionrock.assist.translate.memory.service import Memory
from lionrock.documents.citations import Box, Citation
from lionrock.documents.files import Files
from lionrock.documents.service import DocumentService
from lionrock.doors import SESSION_COOKIE
from lionrock.errors import Unavailable
from lionrock.gateway.fields.kinds import EngineKind
from lionrock.gateway.operating import EngineService
from lionrock.gateway.places import parts
from lionrock.gateway.pool import Engine, Offer, Pool, Trust
from lionrock.kernel import capabilities as declared
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.kernel.audit.service import AuditService
from lionrock.kernel.capabilities import Progress, Result, Risk, RunContext, Update, capability
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.residency import Part
from lionrock.kernel.oidc.service import Oidc
from lionrock.kernel.people import People
from lionrock.kernel.permissions import Permission
from lionrock.kernel.privacy.service import Privacy
from lionrock.kernel.runs import Runs
from lionrock.kernel.vault.service import Vault
from lionrock.screening.service import Screening
from lionrock.search.glossary.candidates import CandidateService
from lionrock.search.glossary.service import GlossaryService
from lionrock.settings import Settings
from lionrock.web import rendering
from lionrock.web.pages import add_pages
from tests.web.client import Client

_OFFERS = (Offer("small", "small", 4096, 512),)
ENGINES = (
    Engine("gpu1", EngineKind.VLLM, "http://127.0.0.1:9", Trust.INSIDE, _OFFERS, at_once=4),
    Engine("cloud", EngineKind.OPENAI, "https://127.0.0.1:9", Trust.OUTSIDE, _OFFERS, at_once=2),
)
FOREIGN = "<script>alert('written by a model')</script>"


class TrialRequest(BaseModel):
    text: str = Field(min_length=1, max_length=40, description="What to try.")
    times: int = Field(default=1, ge=1, le=3)
    fail: bool = False


class Trying(Update):
    event: ClassVar[str] = "trying"
    tried: str

    def plain(self) -> str:
        return self.tried


class Tried(Result):
    citation: Citation
    refused: bool

    def plain(self) -> str:
        return f"tried {self.citation.quote}"


@pytest.fixture
def trial() -> Iterator[str]:
    """A capability of no room's own, declared for one test."""

    @capability(id="web.trial", risk=Risk.LOW, permission=Permission.ASSIST_ASK_RUN)
    async def body(
        run: RunContext, request: TrialRequest
    ) -> AsyncIterator[Progress | Trying | Tried]:
        """Try something."""
        yield Progress(stage="wording", done=1, total=2)
        yield Trying(tried=FOREIGN)
        if request.fail:
            raise Unavailable("No model is set up.")
        yield Tried(citation=quoted(request.text), refused=request.times == 3)

    rendering.environment.cache_clear()
    yield "trial"
    del declared._declared["web.trial"]
    rendering.environment.cache_clear()


def quoted(words: str, document: UUID | None = None, page: int = 1) -> Citation:
    return Citation(
        document_id=document or UUID(int=1), version_id=UUID(int=2), document="a.pdf", page=page,
        boxes=[Box(x0=0.1, y0=0.2, x1=0.6, y1=0.25)], quote=words,
    )  # fmt: skip


@dataclass
class Indexer:
    forgotten: list[UUID] = field(default_factory=list)

    async def forget(self, actor: Actor, versions: list[UUID]) -> None:
        self.forgotten += versions


@dataclass
class Search:
    embedder: None = None
    indexer: Indexer = field(default_factory=Indexer)
    glossary: GlossaryService = field(init=False)
    candidates: CandidateService = field(init=False)


@dataclass
class Gateway:
    engines: EngineService
    model: str | None = None
    forgotten: list[UUID] = field(default_factory=list)

    def forget(self, tenant: UUID) -> None:
        self.forgotten.append(tenant)

    def places(self, egress: Egress) -> list[Part]:
        return parts(self.engines.pool.engines(), egress)


@dataclass
class Ingest:
    woken: int = 0

    def wake(self) -> None:
        self.woken += 1


@dataclass
class House:
    """What pages use of `lionrock.app.House`."""

    settings: Settings
    database: Database
    documents: DocumentService
    runs: Runs
    vault: Vault
    search: Search = field(default_factory=Search)
    gateway: Gateway = field(init=False)
    ingest: Ingest = field(default_factory=Ingest)
    notices: list[str] = field(default_factory=lambda: ["No model is set up."])
    egress: Egress = field(default_factory=Egress)
    children: dict[str, Callable[[], int | None]] = field(default_factory=dict)
    tenant_id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.gateway = Gateway(EngineService(self.database, Pool(ENGINES, egress=self.egress)))
        self.search.glossary = GlossaryService(self.database, self.vault)
        self.search.candidates = CandidateService(self.database, self.vault, self.search.glossary)
        self.people = People.open(self.database, self.vault, self.settings.home / "keys")
        self.audit = AuditService(self.database, self.settings.home)
        self.oidc = Oidc(self.database, self.vault, self.people.fields, self.egress)
        self.privacy = Privacy.open(
            self.database, self.vault, self.people.fields, self.settings.home / "packages"
        )
        self.screening = Screening.open(
            self.database, self.vault, self.people.fields, self.settings.home
        )

    @property
    def parts(self) -> dict[type, object]:
        kinds = (Memory, TemplateService)
        made: dict[type, object] = {kind: kind(self.database, self.vault) for kind in kinds}
        return made | {Classifiers: Classifiers(self.database, self.vault, None)}

    def of(self, kind: type[Any]) -> Any:
        return self.parts[kind]

    def context(self, actor: Actor) -> RunContext:
        search: Any = self.search
        gateway: Any = self.gateway
        return RunContext(actor, uuid4(), search, gateway, parts=self.parts)


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    settings = Settings(home=tmp_path, max_upload_bytes=1000)
    vault = Vault.open(tmp_path / "keys")
    files = Files(tmp_path / "files", settings.max_upload_bytes, vault)
    documents = DocumentService(database, files, vault)
    made = House(settings, database, documents, Runs(database, vault), vault)
    yield made
    await made.screening.close()
    await made.runs.close()


@pytest.fixture
def visitor(house: House) -> Client:
    """Someone who has not signed in."""
    app = create_app(house)  # type: ignore[arg-type]
    add_pages(app)
    return Client(app)


@pytest.fixture
async def reader(visitor: Client, actor: Actor) -> Client:
    """Someone who has."""
    return await signed_in(visitor, actor)


async def signed_in(visitor: Client, actor: Actor) -> Client:
    database = visitor.app.state.house.database
    session = await identity.issue(database, actor.tenant_id, actor.id, "session")
    return Client(visitor.app, {SESSION_COOKIE: session})


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
