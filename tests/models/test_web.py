from __future__ import annotations

import base64
import email.message
import io
import socket
import threading
import urllib.request

import pytest

from lionrock.errors import EgressRefused
from lionrock.kernel.egress import Egress
from lionrock.models import web
from lionrock.models.web import Answered, Interrupted, SourceFailed, Web
from tests.models.fake_hub import FakeHub
from tests.models.gates import Asked, Closed


def read(client: Web, url: str) -> bytes:
    with client.get(url) as response:
        return response.read()


def test_a_refused_connection_says_which_host_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(Interrupted, match=r"127\.0\.0\.1 refuses the connection"):
            Web().get(url)


def test_a_name_that_does_not_resolve_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Interrupted, match=r"the name hub\.invalid does not resolve"):
        Web(Egress(["hub.invalid"])).get("http://hub.invalid/")


def test_a_name_server_that_is_silent_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def hang(*_: object, **__: object) -> None:
        answered.wait(30)
        raise socket.gaierror(-3, "Temporary failure")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(web, "CONNECT_SECONDS", 0.01)
    try:
        with pytest.raises(Interrupted, match=r"hub\.invalid does not answer in time"):
            Web(Egress(["hub.invalid"])).get("http://hub.invalid/")
    finally:
        answered.set()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, Answered), (403, Answered), (429, Interrupted), (503, Interrupted)],
)
def test_an_error_status_is_told_and_only_passing_ones_are_worth_another_try(
    hub: FakeHub, status: int, kind: type[SourceFailed]
) -> None:
    hub.statuses["/x"] = status
    with pytest.raises(SourceFailed, match=f"answered {status}") as caught:
        Web().get(f"{hub.url}/x")
    assert type(caught.value) is kind


def test_the_egress_list_is_asked_for_each_host_of_a_redirect(hub: FakeHub) -> None:
    hub.redirects["/a"] = f"http://localhost:{hub.server.server_port}/b"
    hub.files["/b"] = b"moved"
    egress = Asked()
    assert read(Web(egress), f"{hub.url}/a") == b"moved"
    assert egress.asked == ["127.0.0.1", "localhost"]


def test_a_host_that_the_egress_list_refuses_is_not_contacted(hub: FakeHub) -> None:
    with pytest.raises(EgressRefused, match=r"127\.0\.0\.1"):
        Web(Closed()).get(f"{hub.url}/a")
    assert hub.requests == []


def test_the_egress_list_is_asked_for_a_proxy_too(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("http_proxy", hub.url)
    hub.files["http://hub.invalid/a"] = b"by proxy"
    egress = Asked("hub.invalid")
    assert read(Web(egress), "http://hub.invalid/a") == b"by proxy"
    assert egress.asked == ["hub.invalid", "127.0.0.1"]


def test_a_password_in_an_address_goes_to_its_own_host_only(hub: FakeHub) -> None:
    port = hub.server.server_port
    hub.redirects["/a"] = f"{hub.url}/b"
    hub.redirects["/b"] = f"http://localhost:{port}/c"
    hub.files["/c"] = b"ok"
    assert read(Web(), f"http://reader:p%40ss@127.0.0.1:{port}/a") == b"ok"
    expected = "Basic " + base64.b64encode(b"reader:p@ss").decode()
    sent = [headers.get("Authorization") for _, headers in hub.requests]
    assert sent == [expected, expected, None]


def test_a_password_in_an_address_is_not_in_the_error(hub: FakeHub) -> None:
    with pytest.raises(SourceFailed) as caught:
        Web().get(f"http://reader:secret@127.0.0.1:{hub.server.server_port}/missing")
    assert "secret" not in str(caught.value)


def test_a_redirect_from_an_encrypted_to_an_open_address_is_refused() -> None:
    request = urllib.request.Request("https://hub.invalid/a")
    with pytest.raises(SourceFailed, match="unencrypted"):
        web._Redirects(Egress()).redirect_request(
            request, io.BytesIO(), 302, "", email.message.Message(), "http://hub.invalid/a"
        )


def test_a_redirect_to_a_local_file_is_refused(hub: FakeHub) -> None:
    hub.redirects["/a"] = "file:///etc/hostname"
    with pytest.raises(SourceFailed):
        Web().get(f"{hub.url}/a")


def test_certificates_that_cannot_be_read_are_named() -> None:
    with pytest.raises(SourceFailed, match=r"no-such\.pem"):
        Web(cafile="/no-such.pem")
