"""The ASGI application: the HTTP door under /v1, the pages, one error shape, security headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lionrock import __version__
from lionrock.api import problems
from lionrock.api.routes import capabilities, documents, runs, search, system
from lionrock.errors import LionrockError

if TYPE_CHECKING:
    from lionrock.app import House

_HEADERS = {
    # No inline script, no remote anything: model output and documents cannot reach out.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(house: House) -> FastAPI:
    app = FastAPI(
        title="Lionrock",
        version=__version__,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": problems.Problem, "description": "RFC 9457 problem"}},
    )
    app.state.house = house
    for room in (system, documents, search, runs, capabilities):
        app.include_router(room.router(), prefix="/v1")
    app.add_exception_handler(LionrockError, problems.lionrock_error)
    app.add_exception_handler(RequestValidationError, problems.validation_error)
    app.add_exception_handler(HTTPException, problems.http_error)
    app.add_exception_handler(Exception, problems.unexpected_error)
    app.middleware("http")(_secure)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(house), www_redirect=False)
    return app


def _hosts(house: House) -> list[str]:
    """Names this server answers to: a page elsewhere cannot point its own name at it."""
    return ["127.0.0.1", "localhost", "[::1]", house.settings.host]


async def _secure(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await proceed(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
