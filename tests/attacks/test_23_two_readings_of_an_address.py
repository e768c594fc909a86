"""Attack 23: an address that the check reads as one host and the client as another."""

from __future__ import annotations

import pytest

from lionrock.errors import EgressRefused, InvalidInput
from lionrock.kernel.egress import Egress
from lionrock.models.engines import OpenAIEngine
from lionrock.models.remote_embeddings import RemoteEmbedder
from lionrock.models.web import SourceFailed, Web
from tests.kernel.egress.test_urls import TRICKS


@pytest.mark.parametrize("url", TRICKS)
def test_no_client_takes_an_address_with_two_readings(url: str) -> None:
    egress = Egress(["good.example", "evil.example", "example.com"])
    with pytest.raises(InvalidInput):
        OpenAIEngine(url, context=512, egress=egress)
    with pytest.raises(EgressRefused):
        egress.check_url(url)
    with pytest.raises(EgressRefused):
        egress.follow("https://good.example/", url)


@pytest.mark.parametrize("url", TRICKS)
async def test_no_embedding_server_is_at_an_address_with_two_readings(url: str) -> None:
    with pytest.raises(InvalidInput):
        await RemoteEmbedder.connect(url, model="m", egress=Egress(["good.example"]))


@pytest.mark.parametrize("url", [u for u in TRICKS if "@" not in u])
def test_no_weights_come_from_an_address_with_two_readings(url: str) -> None:
    with pytest.raises((SourceFailed, EgressRefused)):
        Web(Egress(["good.example"])).get(url)


def test_a_password_in_front_of_a_host_does_not_make_it_another_host() -> None:
    with pytest.raises(EgressRefused, match=r"evil\.example"):
        Web(Egress(["good.example"])).get("http://good.example:80@evil.example/")
