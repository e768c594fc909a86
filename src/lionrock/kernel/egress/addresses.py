"""What kind of place an address is. Sources: the IANA special-purpose registries (RFC 6890), RFC 4291
(mapped, compatible), RFC 6052 and 8215 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP).
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Kind(StrEnum):
    LOOPBACK = "loopback"
    PRIVATE = "private"
    """Of no use on the Internet: RFC 1918, 4193, 6598, and what else the registries do not call
    global. Institutions number their machines with these, and some resolvers answer with them."""
    PUBLIC = "public"
    LINK_LOCAL = "link-local"
    METADATA = "metadata"
    """Where clouds hand credentials to whoever asks."""
    NOWHERE = "nowhere"
    """Unspecified, multicast, broadcast, reserved: no host to connect to. Linux takes 0.0.0.0 for
    loopback, which makes it a way round a rule about 127.0.0.0/8."""


_METADATA = frozenset(
    map(
        ip_address,
        # AWS, Azure, Google and most others; Alibaba; Azure's wire server; Oracle; AWS and Google by v6
        "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192"
        " fd00:ec2::254 fd20:ce::254".split(),
    )
)
_NOWHERE: tuple[Network, ...] = tuple(
    map(ip_network, "0.0.0.0/8 224.0.0.0/4 240.0.0.0/4 ::/128 ff00::/8".split())
)
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW = 0xFFFFFFFF


def canonical(address: Address) -> Address:
    """The kernel makes no difference between ::ffff:a.b.c.d and a.b.c.d; nor do we. No zone."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.scope_id is not None:
            return IPv6Address(int(address))
    return address


def embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that a translator or tunnel would deliver this IPv6 address to, if any."""
    if isinstance(address, IPv4Address):
        return None
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    low = IPv4Address(int(address) & _LOW)
    if any(address in network for network in _NAT64):
        return low
    if address in _COMPATIBLE and int(address) > 1:
        return low
    if int(address) >> 32 & _LOW in _ISATAP:
        return low
    return None


def kind(address: Address) -> Kind:
    """Of a canonical address. Judge one that embeds another by `embedded` first."""
    if address in _METADATA:
        return Kind.METADATA
    if address.is_loopback:
        return Kind.LOOPBACK
    if any(address in network for network in _NOWHERE):
        return Kind.NOWHERE
    if address.is_link_local:
        return Kind.LINK_LOCAL
    # Python's is_private counts every address the registries do not call global.
    return Kind.PUBLIC if address.is_global and not address.is_private else Kind.PRIVATE


def narrow(network: Network, address: Address) -> bool:
    """Does `network`, which an operator wrote, mean `address`?

    A wide network does not mean what is special inside it: link-local only by a network that is
    link-local itself, a metadata server only by its own address, nowhere never.
    """
    if address.version != network.version or address not in network:
        return False
    what = kind(address)
    if what is Kind.METADATA:
        return network.num_addresses == 1
    if what is Kind.LINK_LOCAL:
        return network.is_link_local
    if what is Kind.LOOPBACK:
        return network.is_loopback
    return what is not Kind.NOWHERE
