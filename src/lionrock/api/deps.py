"""Who calls: the actor behind a bearer key or a session cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from lionrock.errors import Forbidden, Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor

if TYPE_CHECKING:
    from lionrock.app import House

COOKIE = "lionrock_session"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def house(request: Request) -> House:
    found: House = request.app.state.house
    return found


async def actor(request: Request) -> Actor:
    """The actor of this request; `Unauthenticated` without a valid key or session."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    database = house(request).database
    if scheme:
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("The Authorization header must be: Bearer KEY.")
        return await identity.resolve(database, token.strip(), ("key",))
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise Unauthenticated("Send a key (Authorization: Bearer KEY) or sign in.")
    same_origin(request)
    return await identity.resolve(database, cookie, ("session",))


def same_origin(request: Request) -> None:
    """A cookie alone may not change anything from another site (the cookie is SameSite=Strict too)."""
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This request comes from another site.")
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("This request comes from another site.")


ActorDep = Annotated[Actor, Depends(actor)]
