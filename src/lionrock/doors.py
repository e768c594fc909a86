"""What pages and API know alike of a request: the house, the session cookie, where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Request

from lionrock.errors import Forbidden

if TYPE_CHECKING:
    from lionrock.app import House

SESSION_COOKIE = "lionrock_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""They change nothing (RFC 9110, section 9.2.1; TRACE has no route)."""


def house(request: Request) -> House:
    found: House = request.app.state.house
    return found


def client_address(request: Request) -> str | None:
    """The address that connected to this server: of a proxy, if one stands before it. None on the
    private socket. No header is believed."""
    return request.client.host if request.client else None


def same_origin(request: Request) -> None:
    """`Forbidden` for what another site sent and is not a safe method: a cookie alone may not change
    anything (the cookie is SameSite=Strict too)."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This request comes from another site.")
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("This request comes from another site.")
