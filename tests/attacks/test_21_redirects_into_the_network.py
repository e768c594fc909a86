"""Attack 21: an allowed server sends us on to loopback, link-local, private or mapped addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress, guarding
from lionrock.models.web import SourceFailed, Web
from tests.models.fake_hub import FakeHub

INSIDE = [
    "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://10.0.0.1/",
    "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://0.0.0.0/", "http://[::]/",
    "http://[::ffff:169.254.169.254]/", "http://[::ffff:a9fe:a9fe]/", "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::]/", "http://[fe80::1]/", "http://[::127.0.0.1]/", "http://metadata.example/",
]  # fmt: skip
HOME = [
    "http://127.0.0.1:5432/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
]


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    fake = FakeHub()
    yield fake
    fake.close()


@pytest.mark.parametrize("target", INSIDE)
def test_a_redirect_into_the_network_is_not_followed_and_is_noted(
    hub: FakeHub, target: str
) -> None:
    hub.redirects["/a"] = target
    with guarding(Egress()) as egress:
        with pytest.raises((EgressRefused, SourceFailed)):
            Web(egress).get(f"{hub.url}/a")
        assert sum(egress.journal.refused.values()) == 1


@pytest.mark.parametrize("target", HOME)
def test_a_server_elsewhere_cannot_send_us_to_our_own_ports(target: str) -> None:
    egress = Egress(["feed.example"])
    with pytest.raises(EgressRefused, match="back into this machine"):
        egress.follow("https://feed.example/a", target)
    assert sum(egress.journal.refused.values()) == 1


def test_a_second_redirect_is_checked_like_the_first(hub: FakeHub) -> None:
    hub.redirects["/a"] = f"{hub.url}/b"
    hub.redirects["/b"] = "http://169.254.169.254/"
    with pytest.raises(EgressRefused, match=r"169\.254\.169\.254"):
        Web(Egress()).get(f"{hub.url}/a")
    assert [path for path, _ in hub.requests] == ["/a", "/b"]
