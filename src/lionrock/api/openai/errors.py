"""The house's errors in the shape that OpenAI's clients read."""

from __future__ import annotations

import math

from lionrock.errors import (
    BudgetExceeded,
    Forbidden,
    InvalidInput,
    LionrockError,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
)
from lionrock.gateway.fields.kinds import param
from lionrock.gateway.fields.reading import write

_TYPES: tuple[tuple[type[LionrockError], str, str | None], ...] = (
    (Unauthenticated, "authentication_error", "invalid_api_key"),
    (BudgetExceeded, "insufficient_quota", "insufficient_quota"),
    (RateLimited, "rate_limit_error", "rate_limit_exceeded"),
    (NotFound, "invalid_request_error", "model_not_found"),
    (Forbidden, "permission_error", None),
    (TooLarge, "invalid_request_error", None),
    (InvalidInput, "invalid_request_error", None),
)


def status(error: LionrockError) -> int:
    """400 for what the house calls 422: clients tell by it that the request was wrong."""
    return 400 if isinstance(error, InvalidInput) else error.status


def body(error: LionrockError) -> bytes:
    """`{"error": {message, type, param, code}}`; the code is the house's where OpenAI has none."""
    kind, code = "server_error" if status(error) >= 500 else "invalid_request_error", None
    for each, its_type, its_code in _TYPES:
        if isinstance(error, each):
            kind, code = its_type, its_code
            break
    told = {
        "message": error.detail,
        "type": kind,
        "param": param(error) if isinstance(error, InvalidInput) else None,
        "code": code or error.code(),
    }
    return write({"error": told})


def headers(error: LionrockError) -> list[tuple[bytes, bytes]]:
    """Retry-After (RFC 9110, 10.2.3) where it can be told, in whole seconds, never too early. Without
    it, and for a budget, a client is told not to try again by itself."""
    found: list[tuple[bytes, bytes]] = []
    seconds = getattr(error, "retry_after", None)
    if seconds is not None:
        found.append((b"retry-after", b"%d" % max(1, math.ceil(seconds))))
    if isinstance(error, BudgetExceeded) or (isinstance(error, RateLimited) and seconds is None):
        found.append((b"x-should-retry", b"false"))
    if isinstance(error, Unauthenticated):
        found.append((b"www-authenticate", b"Bearer"))
    return found
