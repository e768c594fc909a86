"""Errors over HTTP: RFC 9457 problem details, made from the one error tree."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from math import ceil
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from lionrock.errors import InvalidInput, LionrockError, Unauthenticated

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457. `type` is stable and names the error; `detail` says what to do."""

    type: str
    title: str
    status: int
    detail: str


def of(error: LionrockError) -> Problem:
    return Problem(
        type=f"urn:lionrock:{error.code()}",
        title=error.title,
        status=error.status,
        detail=error.detail,
    )


def response(problem: Problem) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(), status_code=problem.status, media_type="application/problem+json"
    )


def waiting(error: LionrockError) -> dict[str, str]:
    """Retry-After in whole seconds (RFC 9110, 10.2.3), where the error tells how long to wait."""
    seconds: float | None = getattr(error, "retry_after", None)
    return {} if seconds is None else {"Retry-After": str(max(1, ceil(seconds)))}


async def lionrock_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LionrockError)
    answer = response(of(error))
    answer.headers.update(waiting(error))
    if isinstance(error, Unauthenticated):
        answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, 15.5.2
    return answer


def faults(errors: Iterable[Any], *, inside: int = 0) -> str:
    """Each field and what is wrong with it, never its value. `inside`: steps before the field's own."""
    return "; ".join(
        f"{'.'.join(map(str, e['loc'][inside:])) or 'body'}: {e['msg']}" for e in errors
    )


async def validation_error(request: Request, error: Exception) -> JSONResponse:
    """Names what is wrong with what was sent, see `faults`."""
    assert isinstance(error, RequestValidationError)
    return response(of(InvalidInput(faults(error.errors(), inside=1))))


async def http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    title = str(error.detail)
    return response(
        Problem(type="about:blank", title=title, status=error.status_code, detail=title)
    )


async def unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return response(of(LionrockError("The server met an error it did not expect; its log has it.")))
