"""A provider's own description of itself (OpenID Connect Discovery 1.0, sections 3 and 4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lionrock.errors import Unavailable
from lionrock.kernel.oidc.addresses import checked
from lionrock.kernel.oidc.fetching import Fetcher
from lionrock.kernel.oidc.providers import Provider

KEPT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Metadata:
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    client_authentication: tuple[str, ...]
    """Methods of the token endpoint (`token_endpoint_auth_methods_supported`)."""
    names_issuer: bool
    """Its answers carry `iss` (RFC 9207): one without is then refused."""


def read(document: dict[str, Any], issuer: str) -> Metadata:
    """`document` of the provider that must be `issuer`; `Unavailable` if it cannot be used."""
    if document.get("issuer") != issuer:
        # Section 4.3: it MUST be identical, or another provider could speak for this one.
        raise Unavailable("The discovery document of the identity provider names another issuer.")
    if "code" not in _words(document, "response_types_supported", ["code"]):
        raise Unavailable("The identity provider does not offer the authorization code flow.")
    if "S256" not in _words(document, "code_challenge_methods_supported", ["S256"]):
        raise Unavailable("The identity provider does not take PKCE with S256.")
    return Metadata(
        _endpoint(document, "authorization_endpoint"),
        _endpoint(document, "token_endpoint"),
        _endpoint(document, "jwks_uri"),
        tuple(_words(document, "token_endpoint_auth_methods_supported", ["client_secret_basic"])),
        document.get("authorization_response_iss_parameter_supported") is True,
    )


def _words(document: dict[str, Any], name: str, default: list[str]) -> list[str]:
    value = document.get(name, default)
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Unavailable(f"{name} in the identity provider's discovery document is not a list.")
    return value


def _endpoint(document: dict[str, Any], name: str) -> str:
    url = document.get(name)
    try:
        checked(url if isinstance(url, str) else "")
    except ValueError as error:
        raise Unavailable(
            f"{name} in the identity provider's discovery document cannot be used: {error}"
        ) from None
    return str(url)


class Discovery:
    """Discovery documents, kept for an hour."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher, self._clock = fetcher, clock
        self._kept: dict[tuple[UUID, str], tuple[float, Metadata]] = {}

    async def of(self, provider: Provider) -> Metadata:
        key = (provider.tenant_id, provider.issuer)
        at, metadata = self._kept.get(key, (0.0, None))
        if metadata is None or self._clock() - at >= KEPT_SECONDS:
            # Section 4.1: a trailing slash of the issuer is removed first.
            url = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            metadata = read(await self._fetcher.get(url), provider.issuer)
            self._kept[key] = self._clock(), metadata
        return metadata
