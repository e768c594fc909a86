from __future__ import annotations

from ipaddress import ip_address

import pytest

from lionrock.errors import InvalidInput
from lionrock.kernel.egress.entries import parse_entries, parse_entry


@pytest.mark.parametrize(
    ("text", "name", "networks", "port"),
    [
        ("engine.bank.example", "engine.bank.example", [], None),
        ("Engine.Bank.Example:8000", "engine.bank.example", [], 8000),
        ("engine.bank.example=10.2.0.0/16:443", "engine.bank.example", ["10.2.0.0/16"], 443),
        ("engine.bank.example=10.2.3.4", "engine.bank.example", ["10.2.3.4/32"], None),
        ("engine.bank.example=[fd12::7]:8000", "engine.bank.example", ["fd12::7/128"], 8000),
        ("10.2.3.4", "", ["10.2.3.4/32"], None),
        ("10.2.0.0/16:8000", "", ["10.2.0.0/16"], 8000),
        ("[fd12::7]:8000", "", ["fd12::7/128"], 8000),
        ("fd12::7", "", ["fd12::7/128"], None),
        ("fd12::/48", "", ["fd12::/48"], None),
        ("::ffff:10.2.3.4", "", ["10.2.3.4/32"], None),
    ],
)
def test_an_entry_is_read(text: str, name: str, networks: list[str], port: int | None) -> None:
    entry = parse_entry(text)
    assert (entry.name, [str(n) for n in entry.networks], entry.port) == (name, networks, port)


@pytest.mark.parametrize(
    "text",
    [
        "*.example.com", "http://a.example", "a.example/", "a b", "0.0.0.0/0", "::/0", "11.0.0.0/7",
        "0.0.0.0", "::", "224.0.0.1", "255.255.255.255", "10.2.3.4/16", "010.2.3.4", "10.2", "a.example:0",
        "a.example:x", "a.example:99999", "[fd12::7", "[fd12::7]8000", "=10.0.0.0/8", "a=", "a=b",
        "10.0.0.1=private", "a.example=private:x", "fe80::1%eth0", "中文.example", "a@b.example",
    ],
)  # fmt: skip
def test_an_entry_that_is_wrong_stops_the_start_and_is_named(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_entry(text)
    assert repr(text) in caught.value.detail


def test_a_name_may_lead_to_public_addresses_and_to_where_it_is_bound() -> None:
    private, public = ip_address("10.2.3.4"), ip_address("8.8.8.8")
    assert not parse_entry("a.example").may_lead_to(private)
    assert parse_entry("a.example").may_lead_to(public)
    assert parse_entry("a.example=private").may_lead_to(private)
    assert parse_entry("a.example=private").may_lead_to(ip_address("fd12::1"))
    assert parse_entry("a.example=10.2.0.0/16").may_lead_to(private)
    assert not parse_entry("a.example=10.2.0.0/16").may_lead_to(ip_address("10.3.0.1"))


@pytest.mark.parametrize("name", ["vllm", "gpu1.internal", "gpu1.local", "gpu1.home.arpa"])
def test_a_name_that_nobody_outside_can_own_may_lead_to_private_addresses(name: str) -> None:
    assert parse_entry(name).may_lead_to(ip_address("10.2.3.4"))
    assert not parse_entry(name).may_lead_to(ip_address("127.0.0.1"))


@pytest.mark.parametrize("bound", ["", "=private"])
@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "169.254.1.1", "0.0.0.0"])
def test_no_name_leads_to_what_is_special_by_itself(bound: str, address: str) -> None:
    assert not parse_entry(f"a.example{bound}").may_lead_to(ip_address(address))


def test_blanks_between_entries_are_nothing() -> None:
    assert [e.text for e in parse_entries(["", " a.example ", "  "])] == ["a.example"]
