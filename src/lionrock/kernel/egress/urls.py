"""The one reading of hosts and URLs. What two programs could read differently is refused.

The attacks this closes rest on one parser checking a URL and another opening it: `\\` for `/`, user
names that look like hosts, tabs and line ends that some drop, percent-escapes in hosts, and the IPv4
forms inet_aton(3) takes (octal, hexadecimal, fewer than four parts). Sources: RFC 3986 §3.2, RFC 1123
§2.1, RFC 6943 §3.1, the WHATWG URL standard ("ends in a number").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from lionrock.errors import InvalidInput
from lionrock.kernel.egress.addresses import Address, canonical

Host = str | IPv4Address | IPv6Address
"""A name in lower case without its closing dot, or a canonical address."""

PORTS = {"http": 80, "https": 443}

_URL = re.compile(r"(https?)://([^/?#]*)(?:[/?#].*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:([^@]*)@)?(\[[^\]@]*\]|[^:\[\]@]*)(?::([0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_STRANGE = re.compile(r"[^\x21-\x7e]|\\")


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: Host
    port: int


def parse_host(text: str) -> Host:
    """One host: a name, an IPv4 address in four decimal parts, or an IPv6 address (brackets or not).

    Raises `InvalidInput` for anything that could be read in two ways.
    """
    if ":" in text:
        return _v6(text)
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _v4(name)
    if len(name) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise InvalidInput(
            f"{_shown(text)} is not the name of a host. Names are letters, digits and hyphens; write "
            "one in another script in its xn-- form."
        )
    return name


def parse_url(text: str, *, userinfo: bool = False) -> Url:
    """Where an http or https URL leads. `userinfo`: a user name and password are expected."""
    matched = None if _STRANGE.search(text) else _URL.fullmatch(text)
    parts = _AUTHORITY.fullmatch(matched[2]) if matched else None
    if not matched or not parts:
        raise InvalidInput(
            "An address looks like https://host:port/path, in plain ASCII without spaces or "
            "backslashes; the one given does not."
        )
    if parts[1] is not None and not userinfo:
        raise InvalidInput("Give a user name, password or key by itself, not inside an address.")
    scheme = matched[1].lower()
    port = int(parts[3]) if parts[3] else PORTS[scheme]
    if not 0 < port < 2**16:
        raise InvalidInput(f"{port} is not a port.")
    host = parts[2]
    if ":" in host and not host.startswith("["):
        raise InvalidInput("An IPv6 address in a URL stands in brackets.")
    return Url(scheme, parse_host(host), port)


def _v4(text: str) -> Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise InvalidInput(
            f"{_shown(text)} can be read as more than one IPv4 address. Write four decimal numbers "
            "without leading zeros."
        ) from None


def _v6(text: str) -> Address:
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    try:
        if "%" in bare:
            raise ValueError("a zone means something on one machine only")
        return canonical(IPv6Address(bare))
    except ValueError:
        raise InvalidInput(f"{_shown(text)} is not an IPv6 address.") from None


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
