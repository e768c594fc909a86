from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.kernel.egress.addresses import Kind, canonical, embedded, kind, narrow


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", Kind.LOOPBACK),
        ("127.255.255.254", Kind.LOOPBACK),
        ("::1", Kind.LOOPBACK),
        ("0.0.0.0", Kind.NOWHERE),
        ("0.1.2.3", Kind.NOWHERE),
        ("::", Kind.NOWHERE),
        ("224.0.0.251", Kind.NOWHERE),
        ("ff02::fb", Kind.NOWHERE),
        ("255.255.255.255", Kind.NOWHERE),
        ("240.0.0.1", Kind.NOWHERE),
        ("169.254.1.1", Kind.LINK_LOCAL),
        ("fe80::1", Kind.LINK_LOCAL),
        ("169.254.169.254", Kind.METADATA),
        ("100.100.100.200", Kind.METADATA),
        ("168.63.129.16", Kind.METADATA),
        ("fd00:ec2::254", Kind.METADATA),
        ("10.0.0.1", Kind.PRIVATE),
        ("172.31.0.1", Kind.PRIVATE),
        ("192.168.1.1", Kind.PRIVATE),
        ("100.64.0.1", Kind.PRIVATE),
        ("fd12::1", Kind.PRIVATE),
        ("192.0.2.1", Kind.PRIVATE),
        ("8.8.8.8", Kind.PUBLIC),
        ("2606:4700::1111", Kind.PUBLIC),
    ],
)
def test_every_address_is_of_one_kind(address: str, expected: Kind) -> None:
    assert kind(ip_address(address)) is expected


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_the_ipv4_address(address: IPv4Address) -> None:
    assert canonical(IPv6Address(f"::ffff:{address}")) == address


@given(st.ip_addresses(v=4).filter(lambda a: int(a) > 1))
def test_the_address_inside_a_tunnel_or_translator_is_found(address: IPv4Address) -> None:
    low, high = int(address) & 0xFFFF, int(address) >> 16
    flipped = int(address) ^ 0xFFFFFFFF
    for text in (
        f"64:ff9b::{high:x}:{low:x}",
        f"64:ff9b:1::{high:x}:{low:x}",
        f"2002:{high:x}:{low:x}::1",
        f"::{high:x}:{low:x}",
        f"2001:0:1::{flipped >> 16:x}:{flipped & 0xFFFF:x}",
        f"fe80::200:5efe:{high:x}:{low:x}",
    ):
        assert embedded(IPv6Address(text)) == address, text


def test_an_ordinary_address_embeds_none() -> None:
    for text in ("::1", "2606:4700::1111", "fe80::1", "10.0.0.1"):
        assert embedded(ip_address(text)) is None


def test_a_wide_network_does_not_mean_what_is_special_inside_it() -> None:
    wide = ip_network("168.0.0.0/7")
    assert narrow(wide, ip_address("168.1.2.3"))
    assert not narrow(wide, ip_address("169.254.1.1"))
    assert not narrow(wide, ip_address("169.254.169.254"))
    assert not narrow(wide, ip_address("168.63.129.16"))
    assert narrow(ip_network("169.254.0.0/16"), ip_address("169.254.1.1"))
    assert not narrow(ip_network("169.254.0.0/16"), ip_address("169.254.169.254"))
    assert narrow(ip_network("169.254.169.254/32"), ip_address("169.254.169.254"))
    assert not narrow(ip_network("0.0.0.0/32"), ip_address("0.0.0.0"))
    assert not narrow(ip_network("::/16"), ip_address("10.0.0.1"))
