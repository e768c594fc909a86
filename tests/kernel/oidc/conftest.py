"""An installation that signs in with a provider: a real one, or a hostile one that answers as told."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from lionrock.kernel.actors import Actor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Egress
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.oidc import store, subjects
from lionrock.kernel.oidc.providers import CALLBACK, Provider
from lionrock.kernel.oidc.service import Begun, Oidc, SignedIn
from lionrock.kernel.vault.service import Vault
from tests.kernel.oidc.hostile_provider import Hostile
from tests.kernel.oidc.real_provider import CLIENT, SECRET
from tests.serving import served

BACK = f"http://127.0.0.1:8470{CALLBACK}"


@dataclass(frozen=True)
class Installation:
    """What signs in, with one tenant's administrator to set it up."""

    database: Database
    vault: Vault
    fields: MemberFields
    oidc: Oidc
    actor: Actor

    async def save(self, issuer: str, **changed: Any) -> Provider:
        provider = Provider(
            id=uuid4(), tenant_id=self.actor.tenant_id, name="Example Bank", issuer=issuer,
            client_id=CLIENT, client_secret=SECRET, redirect_uri=BACK,
        )  # fmt: skip
        return await self.change(provider, **changed)

    async def change(self, provider: Provider, **changed: Any) -> Provider:
        made = replace(provider, **changed)
        async with self.database.tenant_session(self.actor) as db:
            await store.save(db, self.actor, self.vault, made)
        return made

    async def link(self, provider: Provider, subject: str, member: UUID | None = None) -> None:
        async with self.database.tenant_session(self.actor) as db:
            await subjects.link(
                db, self.fields, self.actor, provider.issuer, subject, member or self.actor.id
            )

    async def begin(self, provider: Provider, next: str = "/") -> Begun:
        return await self.oidc.begin(self.actor.tenant_id, provider.id, next)

    async def sign_in(self, provider: Provider, hostile: Hostile, **answer: str) -> SignedIn:
        """All of it with a provider that asks nobody."""
        begun = await self.begin(provider)
        return await self.oidc.finish(begun.cookie, hostile.authorize(begun.url) | answer)

    async def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Every event of the tenant, oldest first: name and details."""
        async with self.database.tenant_session(self.actor) as db:
            rows = await db.fetch(
                "SELECT e.event, p.payload FROM events e JOIN event_payloads p"
                " ON (p.tenant_id, p.event_id) = (e.tenant_id, e.id) ORDER BY e.id"
            )
        return [(r["event"], json.loads(r["payload"])["details"]) for r in rows]

    async def refusals(self) -> list[str]:
        """Why sign-ins were refused, as the events have it."""
        return [d["why"] for event, d in await self.events() if event == "member:signin:refuse"]


@pytest.fixture
async def installation(
    database: Database, actor: Actor, tmp_path: Path
) -> AsyncIterator[Installation]:
    vault = Vault.open(tmp_path / "keys")
    fields = MemberFields(vault, b"s" * 32)
    oidc = Oidc(database, vault, fields, Egress())
    yield Installation(database, vault, fields, oidc, actor)
    await oidc.close()


@pytest.fixture(scope="session")
async def hostile_server() -> AsyncIterator[Hostile]:
    made = Hostile()
    async with served(made.app) as url:
        made.issuer = url
        yield made


@pytest.fixture
def hostile(hostile_server: Hostile) -> Hostile:
    """Behaving, until a test tells it otherwise."""
    hostile_server.reset()
    return hostile_server


@contextmanager
def real_provider(redirect_uri: str, algorithm: str, host: str = "127.0.0.1") -> Iterator[str]:
    """A provider process of its own; its issuer."""
    command = [
        sys.executable,
        "-m",
        "tests.kernel.oidc.real_provider",
        host,
        redirect_uri,
        algorithm,
    ]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the provider ended before it was ready"
            yield f"http://{host}:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def running() -> Iterator[Callable[[str], str]]:
    """Issuer of a real provider that signs with an algorithm; each is started once."""
    with ExitStack() as stack:
        issuers: dict[str, str] = {}

        def issuer(algorithm: str) -> str:
            if algorithm not in issuers:
                issuers[algorithm] = stack.enter_context(real_provider(BACK, algorithm))
            return issuers[algorithm]

        yield issuer


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query))
