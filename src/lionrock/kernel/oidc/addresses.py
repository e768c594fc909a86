"""Addresses of a provider: https, or http on loopback, and readable in one way only."""

from __future__ import annotations

from lionrock.errors import InvalidInput
from lionrock.kernel.egress import Url, parse_url

_LONGEST = 1000


def checked(url: str) -> Url:
    """Where `url` leads; `ValueError`, with the reason, if it is no address for a sign-in."""
    if len(url) > _LONGEST or set(url) & set("\"<>#'"):
        raise ValueError("it is too long, or has a fragment or quotes")
    try:
        parsed = parse_url(url)
    except InvalidInput as error:
        raise ValueError(error.detail) from None
    if parsed.scheme != "https" and not _is_loopback(parsed):
        raise ValueError("it is not https")
    return parsed


def _is_loopback(url: Url) -> bool:
    return url.host == "localhost" if isinstance(url.host, str) else url.host.is_loopback
