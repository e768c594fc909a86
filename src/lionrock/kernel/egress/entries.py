"""The entries of the egress list (`LIONROCK_EGRESS`), read strictly.

| entry | what it allows |
| --- | --- |
| engine.bank.example | the name, at public addresses |
| engine.bank.example:8000 | the same at that port only |
| engine.bank.example=private | the name, also at private addresses (`Kind.PRIVATE`) |
| engine.bank.example=10.2.0.0/16:443 | the name, also in that network; port 443 only |
| 10.2.3.4, 10.2.0.0/16:8000, [fd12::7]:8000, fd12::/48 | addresses, however they are come by |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_network

from lionrock.errors import InvalidInput
from lionrock.kernel.egress.addresses import Address, Kind, Network, kind, narrow
from lionrock.kernel.egress.urls import parse_host

_PORT = re.compile(r":[0-9]{1,5}")
_WIDEST = {4: 8, 6: 16}
_PRIVATE = "private"
_INTERNAL = (".internal", ".local", ".home.arpa")
"""Names that nobody outside can own: ICANN's reserved .internal, RFC 6762, RFC 8375."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, or networks.

    A name may lead to public addresses, to private ones where `private`, and into `networks`.
    `port` None stands for every port.
    """

    text: str
    name: str = ""
    networks: tuple[Network, ...] = ()
    port: int | None = None
    private: bool = False

    def means_port(self, port: int | None) -> bool:
        return port is None or self.port is None or self.port == port

    def means(self, address: Address, port: int | None) -> bool:
        """Is this address itself listed, whatever its name?"""
        return not self.name and self.means_port(port) and self.binds(address)

    def binds(self, address: Address) -> bool:
        return any(narrow(network, address) for network in self.networks)

    def may_lead_to(self, address: Address) -> bool:
        """May the name resolve to this address?"""
        what = kind(address)
        return what is Kind.PUBLIC or (what is Kind.PRIVATE and self.private) or self.binds(address)


def parse_entries(texts: Iterable[str]) -> tuple[Entry, ...]:
    """Raises `InvalidInput`, naming the entry that is wrong."""
    return tuple(parse_entry(text.strip()) for text in texts if text.strip())


def parse_entry(text: str) -> Entry:
    name, bound, place = text.partition("=")
    try:
        if bound:
            if place.partition(":")[0] == _PRIVATE:
                return _named(text, name, (), _split(place)[1], private=True)
            networks, port = _network(place)
            return _named(text, name, networks, port)
        if "/" in text:
            networks, port = _network(text)
            return Entry(text, networks=networks, port=port)
        host, port = _split(text)
        parsed = parse_host(host)
        if isinstance(parsed, str):
            return _named(text, parsed, (), port)
        return Entry(text, networks=(_checked(ip_network(parsed)),), port=port)
    except InvalidInput as error:
        raise InvalidInput(
            f"LIONROCK_EGRESS: the entry {text!r} is wrong: {error.detail}"
        ) from None


def _named(
    text: str, name: str, networks: tuple[Network, ...], port: int | None, *, private: bool = False
) -> Entry:
    parsed = parse_host(name)
    if not isinstance(parsed, str):
        raise InvalidInput("What stands before = is a name, not an address.")
    internal = not networks and ("." not in parsed or parsed.endswith(_INTERNAL))
    return Entry(text, parsed, networks, port, private or internal)


def _network(text: str) -> tuple[tuple[Network, ...], int | None]:
    address, _, rest = text.rpartition("/") if "/" in text else ("", "", text)
    bits, port = _split(rest)
    try:
        network = ip_network(f"{address.strip('[]')}/{bits}" if address else bits.strip("[]"))
    except ValueError as error:
        raise InvalidInput(f"it is no network ({error}).") from None
    return (_checked(network),), port


def _checked(network: Network) -> Network:
    if network.prefixlen < _WIDEST[network.version]:
        raise InvalidInput(
            f"a network this wide would be no list; /{_WIDEST[network.version]} is the widest."
        )
    if kind(network.network_address) is Kind.NOWHERE:
        raise InvalidInput("no host can be there (unspecified, multicast, broadcast or reserved).")
    if isinstance(network, IPv4Network) or network.num_addresses > 1:
        return network
    only = parse_host(str(network.network_address))
    return ip_network(only) if isinstance(only, IPv4Address) else network


def _split(text: str) -> tuple[str, int | None]:
    """`host:port`, `[v6]:port`, or without a port; a bare IPv6 address has none."""
    if text.startswith("["):
        host, closed, rest = text.partition("]")
        host, port = host + closed, rest
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
        port = f":{port}"
    else:
        return text, None
    if not port:
        return host, None
    if not _PORT.fullmatch(port) or not 0 < int(port[1:]) < 2**16:
        raise InvalidInput(f"{port!r} is not a port.")
    return host, int(port[1:])
