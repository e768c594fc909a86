"""Who reads a page: sign in with a one-time link, sign out, and the actor behind the cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.errors import Forbidden, Unauthenticated
from lionrock.kernel import identity
from lionrock.kernel.actors import Actor
from lionrock.web.i18n import COOKIE as LANGUAGE_COOKIE
from lionrock.web.i18n import LANGUAGES
from lionrock.web.rendering import page

if TYPE_CHECKING:
    from lionrock.app import House

SESSION_COOKIE = "lionrock_session"
_YEAR = 365 * 24 * 3600

routes = APIRouter()


def house(request: Request) -> House:
    found: House = request.app.state.house
    return found


def same_origin(request: Request) -> None:
    """For what changes something: `Forbidden` when another site sent it, as in the API."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This request comes from another site.")
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise Forbidden("This request comes from another site.")


async def reader(request: Request) -> Actor:
    """The actor of the session cookie; `Unauthenticated` without a valid one."""
    if request.method not in ("GET", "HEAD"):
        same_origin(request)
    return await resolve(request)


async def resolve(request: Request) -> Actor:
    session = request.cookies.get(SESSION_COOKIE)
    if not session:
        raise Unauthenticated("Sign in first.")
    actor = await identity.resolve(house(request).database, session, ("session",))
    request.state.actor = actor
    return actor


Reader = Annotated[Actor, Depends(reader)]


@routes.get("/sign-in")
async def sign_in_page(request: Request, ended: bool = False) -> Response:
    return page(request, "sign-in.html", error=None, ended=ended)


@routes.post("/sign-in")
async def sign_in(request: Request, token: Annotated[str, Form(max_length=200)]) -> Response:
    same_origin(request)
    try:
        session = await identity.redeem(house(request).database, token)
    except Unauthenticated as error:
        return page(request, "sign-in.html", status=401, error=error, ended=False)
    response = RedirectResponse("/", 303)
    life = int(identity.SESSION_LIFE.total_seconds())
    _set(request, response, SESSION_COOKIE, session, life)
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


def _set(request: Request, response: Response, name: str, value: str, life: int) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(
        name, value, max_age=life, httponly=True, samesite="strict", secure=secure
    )  # fmt: skip


def _local(path: str) -> str:
    """A path of this server, whatever was sent."""
    parts = urlsplit(path)
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if inside and not parts.netloc and path.isprintable() else "/"
