"""Signing in with an institution's own OpenID provider: the offer, the way there and the way back.

The cookie of a sign-in under way is SameSite=Lax, since the browser comes back from another site.
The session's is Strict, so it would not be sent on along that redirect: the way back ends on a page
of ours, which leads on as a navigation within this site.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from lionrock.doors import SESSION_COOKIE, house
from lionrock.errors import Forbidden, LionrockError, NotFound
from lionrock.kernel import identity, tenants
from lionrock.kernel.oidc.attempts import LIFE
from lionrock.kernel.oidc.refusals import Reason, Refusal
from lionrock.kernel.oidc.service import Oidc
from lionrock.web.rendering import page

COOKIE = "lionrock_oidc"
_PATH = "/sign-in/oidc"
_LONGEST_NEXT = 1000

routes = APIRouter()


def _service(request: Request) -> Oidc:
    return house(request).oidc


@routes.get(f"{_PATH}/options")
async def options(request: Request) -> Response:
    """For the sign-in page: a button for each provider of its tenant, or nothing."""
    here = parse_qs(urlsplit(request.headers.get("hx-current-url", "")).query)
    next = local_path(here.get("next", [""])[0])
    try:
        service = _service(request)
        handle = here.get("tenant", [""])[0]
        tenant_id = await tenants.by_handle(house(request).database, handle)
        offered = await service.offered(tenant_id) if tenant_id else []
    except NotFound:
        tenant_id, offered = None, []
    return page(request, "oidc-options.html", tenant=tenant_id, offered=offered, next=next)


@routes.get(_PATH)
async def begin(
    request: Request,
    tenant: UUID,
    provider: UUID,
    next: Annotated[str, Query(max_length=_LONGEST_NEXT)] = "/",
) -> Response:
    """Send the browser to the provider. Only our own page may: nobody is signed in unasked."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return RedirectResponse("/sign-in", 303)
    begun = await _service(request).begin(tenant, provider, local_path(next))
    response = RedirectResponse(begun.url, 303)
    response.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    response.set_cookie(
        COOKIE, begun.cookie, max_age=int(LIFE.total_seconds()), path=_PATH, httponly=True,
        samesite="lax", secure=_secure(request),
    )  # fmt: skip
    return response


@routes.get(f"{_PATH}/callback")
async def callback(request: Request) -> Response:
    """The way back: start the session, or say why not. The cookie is over either way."""
    try:
        answer = _answer(request)
        signed_in = await _service(request).finish(request.cookies.get(COOKIE, ""), answer)
        response: Response = page(request, "oidc-done.html", next=signed_in.next)
        response.set_cookie(
            SESSION_COOKIE, signed_in.session, httponly=True, samesite="strict",
            max_age=int(identity.SESSION_LIFE.total_seconds()), secure=_secure(request),
        )  # fmt: skip
    except LionrockError as error:
        response = page(request, "error.html", status=error.status, error=error)
    # The address of this page holds the code: it is spent, and still nobody's business.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response


def _answer(request: Request) -> Mapping[str, str]:
    """The query of the redirect, in which nothing may stand twice (RFC 6749, section 3.1)."""
    pairs = request.query_params.multi_items()
    if len({name for name, _ in pairs}) != len(pairs):
        raise Forbidden(Refusal(Reason.ANSWER_FORM).detail)
    return dict(pairs)


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def local_path(path: str) -> str:
    """`path` if it is one of this server, whatever a browser makes of it; else `/`."""
    plain = path.isascii() and path.isprintable() and not set(path) & set('\\"<> ')
    inside = path.startswith("/") and not path.startswith("//") and len(path) <= _LONGEST_NEXT
    return path if plain and inside and not path.startswith(_PATH) else "/"
