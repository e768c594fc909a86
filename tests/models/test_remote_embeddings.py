"""The remote embedder against a small server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lionrock.errors import EgressRefused, Unavailable
from lionrock.models.remote_embeddings import RemoteEmbedder
from tests.models.gates import Closed


class Service:
    """Remembers what it was asked; answers `answer(texts)` with status `status`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200
        self.models: list[dict[str, str]] = [{"id": "first"}, {"id": "second"}]

    def answer(self, texts: list[str]) -> Any:
        rows = [{"index": i, "embedding": [len(text), 1, 0]} for i, text in enumerate(texts)]
        return {"data": rows[::-1]}

    async def embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization"))
        headers = {"Location": "/elsewhere"}
        return web.json_response(self.answer(body["input"]), status=self.status, headers=headers)

    async def list_models(self, request: web.Request) -> web.Response:
        return web.json_response({"data": self.models})


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def url(service: Service) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/embeddings", service.embeddings)
    app.router.add_get("/v1/models", service.list_models)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/v1/"))


@pytest.fixture
async def embedder(url: str, service: Service) -> AsyncIterator[RemoteEmbedder]:
    embedder = await RemoteEmbedder.connect(url, key="k", model="bge-m3")
    service.asked.clear()
    yield embedder
    await embedder.close()


async def test_vectors_are_normalised_and_in_the_order_of_the_texts(
    embedder: RemoteEmbedder, service: Service
) -> None:
    vectors = await embedder.passages(["abc", "", "a"])
    expected = np.array([[3, 1, 0], [0, 1, 0], [1, 1, 0]]) / np.sqrt([[10], [1], [2]])
    np.testing.assert_allclose(vectors, expected, atol=1e-6)
    assert vectors.dtype == np.float32
    assert service.asked == [
        {"model": "bge-m3", "input": ["abc", "", "a"], "encoding_format": "float"}
    ]
    assert set(service.keys) == {"Bearer k"}


async def test_many_texts_are_sent_in_batches(embedder: RemoteEmbedder, service: Service) -> None:
    assert (await embedder.queries(["x"] * 70)).shape == (70, 3)
    assert [len(body["input"]) for body in service.asked] == [32, 32, 6]


async def test_no_texts_ask_nothing(embedder: RemoteEmbedder, service: Service) -> None:
    assert (await embedder.queries([])).shape == (0, 3)
    assert service.asked == []


@pytest.mark.parametrize(
    ("model", "prefixes", "sent"),
    [
        ("bge-m3", None, ["q", "p"]),
        ("intfloat/multilingual-E5-large", None, ["query: q", "passage: p"]),
        ("intfloat/multilingual-e5-large", ("", ""), ["q", "p"]),
        ("other", ("Q ", "P "), ["Q q", "P p"]),
    ],
)
async def test_prefixes_are_those_of_the_model_or_those_given(
    url: str, service: Service, model: str, prefixes: tuple[str, str] | None, sent: list[str]
) -> None:
    embedder = await RemoteEmbedder.connect(url, model=model, prefixes=prefixes)
    await embedder.queries(["q"])
    await embedder.passages(["p"], urgent=True)
    await embedder.close()
    assert [body["input"][0] for body in service.asked][1:] == sent
    assert set(service.keys) == {None}


async def test_connecting_learns_the_dimension_and_the_servers_first_model(url: str) -> None:
    embedder = await RemoteEmbedder.connect(url)
    assert (embedder.dimension, embedder.name) == (3, "first")
    assert (await embedder.queries(["abc"])).shape == (1, 3)
    await embedder.close()


async def test_a_server_without_models_asks_for_a_name(url: str, service: Service) -> None:
    service.models = []
    with pytest.raises(Unavailable, match="give one by name"):
        await RemoteEmbedder.connect(url)


async def test_a_host_that_is_not_allowed_is_never_asked(url: str, service: Service) -> None:
    with pytest.raises(EgressRefused, match=r"127\.0\.0\.1"):
        await RemoteEmbedder.connect(url, model="bge-m3", egress=Closed())
    assert service.asked == []


@pytest.mark.parametrize("status", [302, 401, 500])
async def test_a_refusal_is_unavailable_and_a_redirect_is_not_followed(
    embedder: RemoteEmbedder, service: Service, status: int
) -> None:
    service.status = status
    with pytest.raises(Unavailable, match=rf"127\.0\.0\.1 .*status {status}"):
        await embedder.queries(["private words"])
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        {"data": []},
        {"data": [{"index": 0}]},
        {"data": [{"index": 0, "embedding": "AAAA"}]},
        {"data": [{"index": 0, "embedding": [1, 2]}]},
        {"data": [{"index": 0, "embedding": [0, 0, 0]}]},
        {"data": [{"index": 0, "embedding": [1, 2, float("nan")]}]},
        {"data": [{"index": 0, "embedding": [1, 2, 3]}, {"index": 1, "embedding": [1, 2]}]},
    ],
)
async def test_an_answer_of_another_shape_is_unavailable(
    embedder: RemoteEmbedder, service: Service, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(service, "answer", lambda texts: answer)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1") as refused:
        await embedder.queries(["private words"])
    assert "private" not in refused.value.detail


async def test_a_server_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1 did not answer"):
        await RemoteEmbedder.connect(f"http://127.0.0.1:{unused_tcp_port}/v1", model="bge-m3")
