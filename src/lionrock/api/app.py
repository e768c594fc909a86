"""The ASGI application: the HTTP door under /v1, the pages, one error shape, security headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lionrock import __version__
from lionrock.api import deps, metrics, problems, yente
from lionrock.api.mcp import routes as mcp
from lionrock.api.openai.door import Door
from lionrock.api.routes import (
    audit,
    capabilities,
    classifiers,
    collections,
    document_tables,
    document_versions,
    documents,
    engines,
    gateway,
    gateway_exchanges,
    glossary,
    keys,
    members,
    privacy,
    providers,
    purposes,
    residency,
    runs,
    screening,
    search,
    system,
    templates,
    tenants,
    translations,
)
from lionrock.doors import API
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
        openapi_url=None,  # served by `system`, to those who have a credential
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(deps.writable)],
        responses={"default": {"model": problems.Problem, "description": "RFC 9457 problem"}},
    )
    app.state.house = house
    for room in (
        system.routes,
        documents.routes,
        document_tables.routes,
        document_versions.routes,
        search.routes,
        glossary.routes,
        runs.routes,
        capabilities.router(),
        residency.routes,
        audit.routes,
        tenants.routes,
        translations.routes,
        members.routes,
        keys.routes,
        providers.routes,
        privacy.routes,
        purposes.routes,
        collections.routes,
        screening.routes,
        gateway.routes,
        gateway_exchanges.routes,
        engines.routes,
        templates.routes,
        classifiers.routes,
    ):
        app.include_router(room, prefix="/v1")
    app.include_router(yente.routes)
    app.include_router(mcp.router())
    app.include_router(metrics.router())
    app.add_exception_handler(LionrockError, problems.lionrock_error)
    app.add_exception_handler(RequestValidationError, problems.validation_error)
    app.add_exception_handler(HTTPException, problems.http_error)
    app.add_exception_handler(Exception, problems.unexpected_error)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=_hosts(house), www_redirect=False)
    app.middleware("http")(_secure)  # around the rest: its refusals carry the headers too
    # Added last, so before everything: calls to models pass no framework.
    app.add_middleware(Door, house=house, hosts=_hosts(house))
    return app


def _hosts(house: House) -> list[str]:
    """Names this server answers to: a page elsewhere cannot point its own name at it."""
    return ["127.0.0.1", "localhost", "[::1]", house.settings.host]


async def _secure(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        response = await proceed(request)
    except Exception as error:  # answered here, for an answer outside would not carry the headers
        response = await request.app.exception_handlers[Exception](request, error)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    # Not request.url, which is made from the Host header as well.
    if request.scope["path"].startswith(API):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
