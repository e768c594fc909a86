"""A provider of our own that answers as each test tells it, right by default."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.kernel.oidc.signing import ACCESS, Key, half_hash, public, rsa, token


@dataclass
class Hostile:
    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    """Goes over the right discovery document."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Goes over the right claims; None leaves one out."""
    header: dict[str, Any] = field(default_factory=dict)
    key: Key = field(default_factory=rsa)
    algorithm: str = "RS256"
    published: list[Any] = field(default_factory=lambda: public(rsa()))
    answer: dict[str, Any] = field(default_factory=dict)
    """Goes over the token endpoint's right answer."""
    responses: dict[str, Callable[[], Response]] = field(default_factory=dict)
    """Answers in place of the right ones, by path."""
    forms: list[dict[str, str]] = field(default_factory=list)
    """What the token endpoint was sent."""
    headers: list[Mapping[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Paths, in the order they were asked for."""
    nonces: dict[str, str] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        paths = ("/.well-known/openid-configuration", "/token", "/keys")
        return Starlette(
            routes=[Route(path, self._handle, methods=["GET", "POST"]) for path in paths]
        )

    def reset(self) -> None:
        """Right in everything, and nothing asked yet."""
        self.__dict__.update(Hostile(self.issuer).__dict__)

    def authorize(self, url: str, code: str = "") -> dict[str, str]:
        """What the browser brings back from `url`."""
        asked = dict(parse_qsl(urlsplit(url).query))
        code = code or f"code-{len(self.nonces)}"
        self.nonces[code] = asked["nonce"]
        return {"code": code, "state": asked["state"]}

    async def _handle(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        if path == "/token":
            self.forms.append(dict(parse_qsl((await request.body()).decode())))
            self.headers.append(request.headers)
        if path in self.responses:
            return self.responses[path]()
        if path == "/keys":
            return JSONResponse({"keys": self.published})
        return JSONResponse(self._tokens() if path == "/token" else self._document())

    def _document(self) -> dict[str, Any]:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?kept=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            **self.metadata,
        }
        return {name: value for name, value in document.items() if value is not None}

    def _tokens(self) -> dict[str, Any]:
        now = int(time.time())
        whole = {
            "iss": self.issuer, "sub": "subject-1", "aud": "lionrock", "exp": now + 300, "iat": now,
            "nonce": self.nonces.get(self.forms[-1].get("code", "")), "at_hash": half_hash(ACCESS),
            **self.claims,
        }  # fmt: skip
        kept = {name: value for name, value in whole.items() if value is not None}
        signed = token(kept, self.key, self.algorithm, **self.header)
        return {"access_token": ACCESS, "token_type": "Bearer", "id_token": signed, **self.answer}


def redirect(to: str, status: int = 302) -> Callable[[], Response]:
    return lambda: RedirectResponse(to, status)
