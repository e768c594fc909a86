"""Who reads a page: signing in by link or password, signing out, and the actor behind the cookie."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.doors import SESSION_COOKIE, client_address, house, same_origin
from lionrock.errors import LionrockError, TooManyAttempts, Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.accounts import SignedIn, SignIn
from lionrock.kernel.actors import Actor
from lionrock.web.i18n import COOKIE as LANGUAGE_COOKIE
from lionrock.web.i18n import LANGUAGES
from lionrock.web.rendering import page

DEVICE_COOKIE = "lionrock_device"
"""Of a browser that has signed in before; it opens nothing. See `kernel/throttle.py`."""
_YEAR = 365 * 24 * 3600

routes = APIRouter()


async def reader(request: Request) -> Actor:
    """The actor of the session cookie; `Unauthenticated` without a valid one."""
    same_origin(request)
    return await resolve(request)


async def resolve(request: Request) -> Actor:
    session = request.cookies.get(SESSION_COOKIE)
    if not session:
        raise Unauthenticated("Sign in first.")
    actor = await identity.resolve(
        house(request).database, session, ("session",), address=client_address(request)
    )
    request.state.actor = actor
    return actor


Reader = Annotated[Actor, Depends(reader)]


@routes.get("/sign-in")
async def sign_in_page(request: Request, ended: bool = False) -> Response:
    return _sign_in_page(request, ended=ended)


def _sign_in_page(
    request: Request, *, error: LionrockError | None = None, ended: bool = False,
    organisation: str = "",
) -> Response:  # fmt: skip
    return page(
        request, "sign-in.html", status=error.status if error else 200, error=error, ended=ended,
        organisation=organisation or request.query_params.get("tenant", "")[:40],
    )  # fmt: skip


@routes.post("/sign-in")
async def sign_in(
    request: Request, token: Annotated[str, Form(max_length=200)] = "",
    organisation: Annotated[str, Form(max_length=100)] = "",
    email: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    code: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """With a one-time link (`token`), or with address and password."""
    same_origin(request)
    found = house(request)
    try:
        if token:
            return enter(request, SignedIn(await identity.redeem(found.database, token), ""), "/")
        said = SignIn(
            email=email, password=password, code=code, organisation=organisation,
            address=client_address(request) or "", device=request.cookies.get(DEVICE_COOKIE, "")[:200],
        )  # fmt: skip
        return enter(request, await found.people.accounts.sign_in(said), "/")
    except (Unauthenticated, TooManyAttempts) as error:
        return _sign_in_page(request, error=error, organisation=organisation)


def enter(request: Request, entered: SignedIn, address: str) -> Response:
    """Go on as who has just proven who they are."""
    response = RedirectResponse(address, 303)
    life = int(identity.SESSION_LIFE.total_seconds())
    _set(request, response, SESSION_COOKIE, entered.session, life)
    if entered.device:
        _set(request, response, DEVICE_COOKIE, entered.device, _YEAR, path="/sign-in")
    return response


@routes.post("/sign-out")
async def sign_out(request: Request, actor: Reader) -> Response:
    await identity.end(house(request).database, actor, request.cookies[SESSION_COOKIE])
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return response


@routes.post("/language")
async def language(
    request: Request, language: Annotated[str, Form()], back: Annotated[str, Form()] = "/"
) -> Response:
    """Keep the reader's language and go back to the page they were on."""
    same_origin(request)
    response = RedirectResponse(_local(back), 303)
    if language in LANGUAGES:
        _set(request, response, LANGUAGE_COOKIE, language, _YEAR)
    return response


def _set(
    request: Request, response: Response, name: str, value: str, life: int, path: str = "/"
) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=life, path=path, httponly=True, samesite="strict", secure=secure
    )  # fmt: skip


def _local(path: str) -> str:
    """A path of this server, whatever was sent."""
    parts = urlsplit(path)
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if inside and not parts.netloc and path.isprintable() else "/"
