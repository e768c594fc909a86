"""All pages on one application: routes, static files, and errors as pages outside /v1."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from lionrock.doors import API, SESSION_COOKIE
from lionrock.errors import Forbidden, InvalidInput, LionrockError, NotFound, Unauthenticated
from lionrock.kernel.permissions import Permission
from lionrock.web import (
    account,
    administration,
    audit,
    auth,
    classifiers,
    desk,
    drafting,
    gateway_engines,
    gateway_limits,
    gateway_policy,
    gateway_usage,
    glossary,
    keys,
    law,
    library,
    members,
    memory,
    oidc,
    purposes,
    request_review,
    requests,
    residency,
    screening_alerts,
    screening_batches,
    screening_customer_edit,
    screening_customer_import,
    screening_customers,
    screening_decisions,
    screening_desk,
    screening_documents,
    screening_import,
    screening_lists,
    screening_policy,
    screening_reports,
    screening_sharing,
    screening_tuning,
    search,
    streaming,
    translations,
    viewer,
    work,
)
from lionrock.web.rendering import page, wants_fragment

log = logging.getLogger(__name__)
_FOREVER = "public, max-age=31536000, immutable"

_ADMINISTRATION = (
    administration,
    members,
    keys,
    purposes,
    glossary,
    memory,
    gateway_limits,
    gateway_usage,
    gateway_policy,
    gateway_engines,
    requests,
    request_review,
    audit,
    residency,
)
_SCREENING = (
    screening_desk,
    screening_documents,
    screening_alerts,
    screening_decisions,
    screening_reports,
    screening_sharing,
    screening_batches,
    screening_customer_edit,
    screening_customer_import,
    screening_customers,
    screening_import,
    screening_lists,
    screening_policy,
    screening_tuning,
)

Handler = Callable[[Request, Exception], Awaitable[Response]]


def add_pages(app: FastAPI) -> None:
    """Give an application that has the API its pages too. Errors under /v1 stay as they are."""
    for room in (
        auth,
        account,
        oidc,
        work,
        desk,
        classifiers,
        drafting,
        streaming,
        translations,
        library,
        law,
        search,
        viewer,
        *_ADMINISTRATION,
        *_SCREENING,
    ):
        app.include_router(room.routes, include_in_schema=False)
    app.state.searches = set[asyncio.Task[int]]()
    app.mount("/static", _Static(directory=str(files("lionrock.web") / "static")))
    app.add_exception_handler(ClientDisconnect, _left)
    for kind in (LionrockError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _on_pages(app.exception_handlers.get(kind)))


async def _left(request: Request, error: Exception) -> Response:
    """The client went away in the middle of what it sent: no one is there to be told."""
    return Response(status_code=400)


class _Static(StaticFiles):
    """Static files; an address that carries the content's hash may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope["query_string"].startswith(b"v=") and response.status_code == 200:
            response.headers["Cache-Control"] = _FOREVER
        return response


def _on_pages(elsewhere: object) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        if request.scope["path"].startswith(API) and callable(elsewhere):
            answer: Response = await elsewhere(request, error)
            return answer
        return await error_page(request, error)

    return handle


async def error_page(request: Request, error: Exception) -> Response:
    """The error as a page, or as a fragment for the page that is open."""
    known = _known(request, error)
    if isinstance(known, Unauthenticated):
        return _to_sign_in(request)
    if not wants_fragment(request):
        with suppress(LionrockError):  # Who is signed in keeps the navigation.
            await auth.resolve(request)
        missing = _missing(known)
        return page(request, "error.html", status=known.status, error=known, missing=missing)
    response = page(request, "notice.html", status=known.status, error=known)
    notice = {"HX-Retarget": "#notice", "HX-Reswap": "innerHTML", "HX-Reselect": ".notice"}
    response.headers.update(notice)
    return response


def _missing(error: LionrockError) -> Permission | None:
    """The permission that a refusal names, so that a page can say it in plain words."""
    if not isinstance(error, Forbidden):
        return None
    return next((p for p in Permission if f"permission {p} " in error.detail), None)


def _known(request: Request, error: Exception) -> LionrockError:
    """`error` in the one tree; a request that does not fit a route names nothing that is here."""
    if isinstance(error, LionrockError):
        return error
    if isinstance(error, HTTPException) and error.status_code in (404, 405):
        return NotFound("There is no such page here.")
    if isinstance(error, HTTPException | RequestValidationError):
        return InvalidInput("The address or the form is not one of this server's.")
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return LionrockError("The server met an error it did not expect; its log has it.")


def _to_sign_in(request: Request) -> Response:
    """Nothing is shown to someone who is not signed in; a session that ended is said to have."""
    ended = SESSION_COOKIE in request.cookies
    address = "/sign-in?ended=1" if ended else "/sign-in"
    name = "Location" if not wants_fragment(request) else "HX-Redirect"
    return Response(status_code=303 if name == "Location" else 401, headers={name: address})
