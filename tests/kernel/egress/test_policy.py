from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.kernel.egress.pins import SECONDS
from tests.kernel.egress.conftest import Clock, Names, refused

PUBLIC, OTHER, PRIVATE = "8.8.8.8", "9.9.9.9", "10.2.3.4"


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST."]
)
def test_loopback_is_always_allowed(host: str) -> None:
    Egress().check(host, 5432)


@pytest.mark.parametrize(
    "host",
    ["a.example", PUBLIC, PRIVATE, "0.0.0.0", "::", "169.254.169.254", "::ffff:8.8.8.8",
     "2002:7f00:1::", "64:ff9b::7f00:1", "::7f00:1", "0177.0.0.1", "127.1", "2130706433", "",
     "foo.localhost", "localhost.example", "127.0.0.1.example", "a.example\\@localhost"],
)  # fmt: skip
def test_all_else_is_refused_with_what_to_do_and_noted(host: str) -> None:
    egress = Egress()
    with pytest.raises(EgressRefused) as caught:
        egress.check(host, 443)
    assert len(caught.value.detail) > 20
    assert sum(egress.journal.refused.values()) == 1


def test_a_listed_name_is_allowed_at_its_port_only() -> None:
    egress = Egress(["a.example:8000"])
    egress.check("A.Example.", 8000)
    with pytest.raises(EgressRefused, match="port 443"):
        egress.check("a.example", 443)
    with pytest.raises(EgressRefused):
        egress.check("b.a.example", 8000)


@pytest.mark.parametrize(
    "form", ["10.2.3.4", "::ffff:10.2.3.4", "64:ff9b::a02:304", "2002:a02:304::1"]
)
def test_a_listed_address_is_allowed_in_each_form_that_reaches_it(form: str) -> None:
    Egress(["10.2.0.0/16"]).check(form, 80)


def test_a_tunnel_to_loopback_is_not_loopback_even_when_loopback_is_listed() -> None:
    with pytest.raises(EgressRefused):
        Egress(["127.0.0.0/8"]).check("64:ff9b::7f00:1")


def test_a_name_leads_to_its_checked_addresses_and_a_connection_may_begin_for_a_while() -> None:
    names, clock = Names(a_example=[[PUBLIC]]), Clock()
    egress = Egress(["a.example"], resolver=names, clock=clock)
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address(PUBLIC), 443)
    assert egress.resolve("a.example", 443) == [ip_address(PUBLIC)]
    egress.connecting(ip_address(PUBLIC), 443)
    clock.now = SECONDS
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address(PUBLIC), 443)


def test_a_name_at_a_port_leads_to_that_port_only() -> None:
    egress = Egress(["a.example:443"], resolver=Names(a_example=[[PUBLIC]]), clock=Clock())
    egress.resolve("a.example", 443)
    egress.connecting(ip_address(PUBLIC), 443)
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address(PUBLIC), 25)


@pytest.mark.parametrize(
    "answer",
    [PRIVATE, "127.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "::ffff:10.2.3.4", "64:ff9b::a02:304",
     "2002:7f00:1::", "fd00:ec2::254", "fe80::1"],
)  # fmt: skip
def test_a_listed_name_that_leads_inside_is_refused_and_the_answer_says_how_to_allow_it(
    answer: str,
) -> None:
    egress = Egress(["a.example"], resolver=Names(a_example=[[answer]]))
    with pytest.raises(EgressRefused, match=r"a\.example leads to .* LIONROCK_EGRESS"):
        egress.resolve("a.example", 443)
    if not ip_address(answer).is_loopback:
        with pytest.raises(EgressRefused):
            egress.connecting(ip_address(answer), 443)


def test_of_a_mixed_answer_only_the_allowed_addresses_are_used() -> None:
    egress = Egress(["a.example"], resolver=Names(a_example=[[PUBLIC, "127.0.0.1", PRIVATE]]))
    assert egress.resolve("a.example") == [ip_address(PUBLIC)]


@pytest.mark.parametrize("bound", ["=private", "=10.2.0.0/16", "=10.2.3.4"])
def test_an_institutions_own_engine_is_one_entry(bound: str) -> None:
    names = Names(engine_bank_example=[[PRIVATE]])
    egress = Egress([f"engine.bank.example{bound}"], resolver=names)
    egress.resolve("engine.bank.example", 8000)
    egress.connecting(ip_address(PRIVATE), 8000)
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address("10.2.3.5"), 8000)


def test_localhost_that_leads_elsewhere_is_refused() -> None:
    egress = Egress(resolver=Names(localhost=[[PUBLIC]]))
    with pytest.raises(EgressRefused):
        egress.resolve("localhost")


def test_a_name_without_addresses_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror):
        Egress(["a.example"], resolver=Names(a_example=[[]])).resolve("a.example")


def test_a_server_elsewhere_cannot_send_us_back_into_this_machine() -> None:
    egress = Egress(["a.example"])
    for target in ("http://127.0.0.1:5432/", "http://localhost/", "http://[::1]/",
                   "http://[::ffff:127.0.0.1]/"):  # fmt: skip
        with pytest.raises(EgressRefused, match="back into this machine"):
            egress.follow("https://a.example/", target)
    egress.follow("http://127.0.0.1:1/", "http://localhost:2/")


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/", "http://10.0.0.1/", "http://b.example/", "http:\\\\a.example"],
)
def test_a_redirect_is_followed_to_listed_hosts_only(target: str) -> None:
    egress = Egress(["a.example"])
    with pytest.raises(EgressRefused):
        egress.follow("https://a.example/", target)
    assert len(egress.journal.refused) == 1


def test_a_pull_opens_its_sources_announces_them_and_closes_again() -> None:
    told: list[str] = []
    names = Names(hub_example=[[PUBLIC]], cdn_example=[[OTHER]])
    egress = Egress(resolver=names, clock=Clock(), announce=told.append)
    with egress.pulling(["hub.example:443"]):  # as a redirect opens it: at its port
        egress.resolve("hub.example", 443)
        egress.connecting(ip_address(PUBLIC), 443)
        with pytest.raises(EgressRefused):
            egress.check("cdn.example", 443)
        egress.follow("https://hub.example/", "https://cdn.example/x")
        egress.resolve("cdn.example", 443)
        with pytest.raises(EgressRefused):
            egress.check("other.example")
    assert told == [
        "This pull may connect to hub.example.",
        "This pull may connect to cdn.example.",
    ]
    for host in ("hub.example", "cdn.example"):
        with pytest.raises(EgressRefused):
            egress.check(host)
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address(PUBLIC), 443)


@pytest.mark.parametrize(
    "target", ["https://10.0.0.1/", "https://169.254.169.254/", "https://127.0.0.1/"]
)
def test_a_public_source_cannot_send_a_pull_inside(target: str) -> None:
    egress = Egress()
    with egress.pulling(["hub.example"]), pytest.raises(EgressRefused):
        egress.follow("https://hub.example/", target)


def test_what_an_operator_listed_does_not_grow_by_redirects_during_a_pull() -> None:
    egress = Egress(["a.example"])
    with egress.pulling(["hub.example"]), pytest.raises(EgressRefused):
        egress.follow("https://a.example/", "https://b.example/")


def test_connections_are_counted_by_the_name_that_led_there() -> None:
    egress = Egress(["a.example", OTHER], resolver=Names(a_example=[[PUBLIC]]), clock=Clock())
    egress.resolve("a.example")
    egress.connecting(ip_address(PUBLIC), 443)
    egress.connecting(ip_address(PUBLIC), 443)
    egress.connecting(ip_address(OTHER), 53)
    egress.connecting(ip_address("127.0.0.1"), 5432)
    counts = {(a.host, a.port): n for a, n in egress.journal.opened.items()}
    assert counts == {("a.example", 443): 2, (OTHER, 53): 1}
    assert refused(egress) == []


def test_two_names_at_one_address_do_not_shut_each_other_out() -> None:
    # As behind a registry's mirror or a content network: one address, many names.
    names = Names(hub_example=[[PUBLIC]], registry_example=[[PUBLIC]])
    egress = Egress(["listed.example"], resolver=names)
    with egress.pulling(["hub.example:443"]):  # as a redirect opens it: at its port
        egress.resolve("hub.example", 443)
        egress.connecting(ip_address(PUBLIC), 443)
    with egress.pulling(["registry.example"]):
        egress.resolve("registry.example", None)
        # The hub is closed again, and its pin for this very port is still fresh.
        egress.connecting(ip_address(PUBLIC), 443)
    with pytest.raises(EgressRefused):
        egress.connecting(ip_address(PUBLIC), 443)
