"""Who calls: the actor behind a bearer key or a session cookie."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request

from lionrock.doors import SAFE_METHODS, SESSION_COOKIE, client_address, house, same_origin
from lionrock.errors import ReadOnly, Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor


async def actor(request: Request) -> Actor:
    """The actor of this request; `Unauthenticated` without a valid key or session."""
    _one_place(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    database, address = house(request).database, client_address(request)
    if scheme:
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("The Authorization header must be: Bearer KEY.")
        return await identity.resolve(database, token.strip(), ("key",), address=address)
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        raise Unauthenticated("Send a key (Authorization: Bearer KEY) or sign in.")
    same_origin(request)
    return await identity.resolve(database, cookie, ("session",), address=address)


_NO_KEYS_IN = frozenset({"access_token", "api-key", "api_key", "apikey", "x-api-key"})


def _one_place(request: Request) -> None:
    """A key has one place. Elsewhere it would miss a check, or stay behind in addresses and logs."""
    for name in (*request.headers, *request.query_params):
        if name.lower() in _NO_KEYS_IN:
            raise Unauthenticated(
                f"A key is not taken from {name.lower()}. Send it as Authorization: Bearer KEY, and "
                "end this one if others could have read it."
            )


_ALSO_READ_ONLY = re.compile(
    r"/sign-in|/sign-out|/language|/v1/sign-in-links"
    # Shutting a door is never refused: the log may be broken because of who stands in it.
    r"|/(?:v1|admin)/members/[^/]+/suspend|/v1/(?:keys|sessions)/[^/]+|/admin/keys/[^/]+/end"
)
"""Paths that stay open. Coming, going and choosing a language change nothing the log is about."""


async def writable(request: Request) -> None:
    """`ReadOnly` for anything but reading while the audit log does not verify. Every route has it."""
    if request.method in SAFE_METHODS or _ALSO_READ_ONLY.fullmatch(request.scope["path"]):
        return
    state = house(request).audit.state
    if state.status == "broken":
        raise ReadOnly(
            f"Nothing can be changed: {state.reason} Reading goes on; see docs/audit.md, "
            "'When the log does not verify'."
        )


async def bearer(request: Request) -> Actor:
    """As `actor`, of a key alone: no session opens what has this."""
    return await _of_key(request, "Bearer")


async def key_holder(request: Request) -> Actor:
    """As `bearer`; yente's clients send it as `Authorization: ApiKey KEY`."""
    return await _of_key(request, "ApiKey", "Bearer")


async def _of_key(request: Request, *schemes: str) -> Actor:
    _one_place(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in [known.lower() for known in schemes] or not token:
        raise Unauthenticated(f"Send a key: Authorization: {schemes[0]} KEY.")
    address = client_address(request)
    return await identity.resolve(house(request).database, token.strip(), ("key",), address=address)


ActorDep = Annotated[Actor, Depends(actor)]
