"""E-mail addresses: the dot-atom form of RFC 5322, section 3.4.1, in ASCII letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lionrock.gateway.guards.kinds import Finding, Kind

_LOCAL: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-"
)
_LONGEST: Final = 64
"""RFC 5321, section 4.5.3.1.1."""
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,8}+")
_TOP: Final = re.compile(r"[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59}")


def find(text: str) -> Iterator[Finding]:
    """Every address of the folded `text`; its quotes and final full stop are left out."""
    at = text.find("@")
    while at >= 0:
        domain = _DOMAIN.match(text, at + 1)
        start = _local(text, at)
        if domain and start < at:
            host = domain.group().rstrip("-.")
            if _TOP.fullmatch(host.rpartition(".")[2]):
                yield Finding(Kind.EMAIL, start, at + 1 + len(host))
        at = text.find("@", at + 1)


def _local(text: str, at: int) -> int:
    start = at
    while start > 0 and at - start < _LONGEST and text[start - 1] in _LOCAL:
        start -= 1
    while start < at and text[start] in ".'`*/=|&":
        start += 1
    return start
