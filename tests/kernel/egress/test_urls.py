from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import Request

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from lionrock.errors import InvalidInput
from lionrock.kernel.egress import parse_host, parse_url
from lionrock.kernel.egress.urls import Url

TRICKS = [
    "http://good.example\\@evil.example/",
    "http://good.example\\.evil.example/",
    "http:\\\\good.example/",
    "http://good.example@evil.example/",
    "http://good.example:80@evil.example/",
    "http://good@evil@example.com/",
    "http://good.example\t.evil.example/",
    "http://good.example\n.evil.example/",
    "http://good.example%2eevil.example/",
    "http://good.example%00.evil.example/",
    "http://good.example%40evil.example/",
    " http://good.example/",
    "http://good.example /",
    "http://good.example/a b",
    "http:good.example/",
    "http:/good.example/",
    "http:///good.example/",
    "//good.example/",
    "http://good.example..",
    "http://good..example/",
    "http://.good.example/",
    "http://good.example:",
    "http://good.example:80:80/",
    "http://good.example:+80/",
    "http://good.example:99999/",
    "http://good.example:0/",
    "http://ｇood.example/",
    "http://good。example/",
    "http://①②⑦.0.0.1/",
    "http://ex\u00adample.com/",
    "http://中文.example/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1.1/",
    "http://127.0.0.256/",
    "http://1.2.3.08/",
    "http://a.0x/",
    "http://[::1",
    "http://::1/",
    "http://[::1]evil.example/",
    "http://[::1%25lo]/",
    "http://[::ffff:127.0.0.256]/",
    "http://[v1.x]/",
    "http://",
    "http://-a.example/",
    "file:///etc/passwd",
    "ftp://good.example/",
    "gopher://good.example/",
]


@pytest.mark.parametrize("url", TRICKS)
def test_what_can_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        parse_url(url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://good.example", "good.example", 80),
        ("HTTPS://Good.Example./x?y#z", "good.example", 443),
        ("http://good.example:8000/v1", "good.example", 8000),
        ("http://engine_1:8000", "engine_1", 8000),
        ("http://127.0.0.1/", ip_address("127.0.0.1"), 80),
        ("http://[::1]:8000/", ip_address("::1"), 8000),
        ("http://[::ffff:10.0.0.1]/", ip_address("10.0.0.1"), 80),
        ("http://xn--fiq228c.example/", "xn--fiq228c.example", 80),
        ("http://good.example/@evil.example", "good.example", 80),
        ("http://good.example?@evil.example", "good.example", 80),
        ("http://good.example#@evil.example/", "good.example", 80),
    ],
)
def test_a_plain_url_is_read(url: str, host: object, port: int) -> None:
    assert parse_url(url) == Url(url.partition(":")[0].lower(), host, port)  # type: ignore[arg-type]


def test_a_user_name_is_taken_where_one_is_expected_and_is_not_the_host() -> None:
    url = "https://reader:p%40ss@good.example/"
    assert parse_url(url, userinfo=True).host == "good.example"
    with pytest.raises(InvalidInput, match="by itself") as caught:
        parse_url(url)
    assert "p%40ss" not in caught.value.detail


PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "good.example",
        "127.0.0.1",
        "0x7f",
        "[::1]",
        "[",
        "]",
        ":",
        "80",
        "@",
        "/",
    ]
    + [
        "\\",
        "\t",
        "\n",
        " ",
        "%2e",
        "%",
        ".",
        "..",
        "?",
        "#",
        "a",
        "1",
        "0",
        "中",
        "。",
        "-",
        "_",
        ";",
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join) | st.text(max_size=30).map("http://".__add__))
@example("http://good.example/\x7f")
def test_what_is_accepted_every_parser_in_use_reads_the_same(url: str) -> None:
    with suppress(InvalidInput):
        ours = parse_url(url)
        theirs = urlsplit(url)
        assert _same(theirs.hostname, ours)
        assert (theirs.port or {"http": 80, "https": 443}[theirs.scheme]) == ours.port
        aiohttps = URL(url)
        assert _same(aiohttps.host, ours)
        assert aiohttps.port == ours.port
        assert _same(urlsplit(f"//{Request(url).host}").hostname, ours)


def _same(theirs: str | None, ours: Url) -> bool:
    return theirs is not None and parse_host(theirs) == ours.host


@given(st.text(max_size=40))
def test_a_host_is_read_or_refused_and_reading_it_again_changes_nothing(text: str) -> None:
    with suppress(InvalidInput):
        host = parse_host(text)
        assert parse_host(str(host)) == host
