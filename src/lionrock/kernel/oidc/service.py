"""Signing in with a provider from the first click to the session. What the web door calls."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lionrock.errors import Forbidden, NotFound, Unauthenticated
from lionrock.kernel import sessions
from lionrock.kernel.actors import visitor
from lionrock.kernel.database import Database
from lionrock.kernel.egress import Gate
from lionrock.kernel.events import Event, record
from lionrock.kernel.member_fields import MemberFields
from lionrock.kernel.oidc import attempts, exchange, store, subjects, tokens
from lionrock.kernel.oidc.administration import Administration
from lionrock.kernel.oidc.attempts import Secrets
from lionrock.kernel.oidc.discovery import Discovery
from lionrock.kernel.oidc.fetching import Fetcher
from lionrock.kernel.oidc.keys import Keys
from lionrock.kernel.oidc.providers import Provider
from lionrock.kernel.oidc.refusals import Reason, Refusal
from lionrock.kernel.secrets import token_tenant
from lionrock.kernel.vault.service import Vault


@dataclass(frozen=True, slots=True)
class Begun:
    url: str
    """Where the browser goes."""
    cookie: str = field(repr=False)
    """Binds the sign-in to this browser for `attempts.LIFE`."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    session: str = field(repr=False)
    next: str


class Oidc:
    """One for an installation. The gate is asked before each request to a provider."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        fields: MemberFields,
        gate: Gate,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._vault, self._fields, self._now = database, vault, fields, now
        self.administration = Administration(database, vault, fields)
        self._fetcher = Fetcher(gate)
        self._discovery = Discovery(self._fetcher, clock)
        self._keys = Keys(self._fetcher, clock)

    async def close(self) -> None:
        await self._fetcher.close()

    async def offered(self, tenant_id: UUID) -> list[tuple[UUID, str]]:
        """Id and name of each provider of the tenant; empty for a tenant that is not there."""
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            return await store.offered(db, tenant_id)

    async def begin(self, tenant_id: UUID, provider_id: UUID, next: str) -> Begun:
        """Begin a sign-in that will end at the local path `next`.

        `NotFound` if there is no such provider, `Unavailable` or `EgressRefused` if it cannot be
        reached.
        """
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            provider = await store.load(db, self._vault, tenant_id, provider_id)
        if provider is None:
            raise NotFound("There is no such identity provider here.")
        metadata = await self._discovery.of(provider)
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            cookie = await attempts.begin(db, tenant_id, provider_id, next)
        url = exchange.authorization_url(provider, metadata, Secrets.of(cookie))
        return Begun(url, cookie)

    async def finish(self, cookie: str, answer: Mapping[str, str]) -> SignedIn:
        """End a sign-in with the query of the provider's redirect. `Forbidden` says why not.

        A refusal is an event of the tenant once the browser has proven that the attempt is its own;
        before that, anyone could write there.
        """
        tenant_id, secrets = self._own(cookie, answer)
        async with self._database.tenant_session(visitor(tenant_id)) as db:
            attempt = await attempts.use(db, tenant_id, cookie)
            provider = None
            if attempt is not None:
                provider = await store.load(db, self._vault, tenant_id, attempt.provider_id)
        if attempt is None or provider is None:
            raise Forbidden(Refusal(Reason.ATTEMPT_OVER).detail)
        try:
            if not attempt.fresh:
                raise Refusal(Reason.ATTEMPT_OVER)
            claims = await self._claims(provider, secrets, answer)
            async with self._database.tenant_session(visitor(tenant_id)) as db:
                member_id = await subjects.admit(db, self._fields, provider, claims)
                session = await sessions.start(db, tenant_id, member_id, by="oidc")
        except Refusal as refusal:
            await self._record(provider, refusal.reason)
            raise Forbidden(refusal.detail) from None
        return SignedIn(session, attempt.next)

    def _own(self, cookie: str, answer: Mapping[str, str]) -> tuple[UUID, Secrets]:
        """Is this answer to the sign-in that this browser began (RFC 6749, section 10.12)?"""
        try:
            tenant_id = token_tenant(cookie)
        except Unauthenticated:
            raise Forbidden(Refusal(Reason.ATTEMPT_OVER).detail) from None
        secrets = Secrets.of(cookie)
        if not hmac.compare_digest(answer.get("state", "").encode(), secrets.state.encode()):
            raise Forbidden(Refusal(Reason.ATTEMPT_OVER).detail)
        return tenant_id, secrets

    async def _claims(
        self, provider: Provider, secrets: Secrets, answer: Mapping[str, str]
    ) -> Mapping[str, Any]:
        metadata = await self._discovery.of(provider)
        code = exchange.code_of(answer, provider, metadata)
        got = await exchange.tokens_for(self._fetcher, provider, metadata, code, secrets.verifier)
        header = tokens.header(got.id_token, provider.algorithms)
        key = await self._keys.find(
            provider.tenant_id, metadata.jwks_uri, header.kid, header.algorithm
        )
        expected = tokens.Expected(
            provider.issuer, provider.client_id, secrets.nonce, code, got.access_token
        )
        return tokens.verified(got.id_token, header, key, expected, self._now())

    async def _record(self, provider: Provider, reason: Reason) -> None:
        actor, told = visitor(provider.tenant_id), {"by": "oidc", "why": reason.value}
        async with self._database.tenant_session(actor) as db:
            await record(db, actor, Event.MEMBER_SIGNIN_REFUSE, provider.id, told)
