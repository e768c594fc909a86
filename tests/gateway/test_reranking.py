"""The client of a reranker against a small server on loopback that answers as vLLM and llama.cpp do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from lionrock.errors import EgressRefused, EngineUnavailable, InvalidInput
from lionrock.gateway.pool.circuit import FAILURES
from lionrock.gateway.reranking import RemoteReranker
from lionrock.kernel.egress import Egress
from tests.models.gates import Closed

SECRET = "private words"


class Service:
    """Scores a text by how often it says "fee", the best first, as such servers answer."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status, self.pause = 200, 0.0
        self.reached = asyncio.Event()
        self.answer: Callable[[list[str]], Any] = self.scored

    def scored(self, texts: list[str]) -> Any:
        rows = [
            {"index": i, "relevance_score": t.count("fee") - 0.5, "document": {"text": t}}
            for i, t in enumerate(texts)
        ]
        rows.sort(key=lambda row: -row["relevance_score"])
        return {"id": "r-1", "model": "m", "usage": {"total_tokens": 9}, "results": rows}

    async def rerank(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body)
        self.keys.append(request.headers.get("Authorization"))
        self.reached.set()
        await asyncio.sleep(self.pause)
        answer, headers = self.answer(body["documents"]), {"Location": "/elsewhere"}
        if isinstance(answer, str):
            return web.Response(text=answer, status=self.status, headers=headers)
        return web.json_response(answer, status=self.status, headers=headers)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def url(service: Service) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/v1/rerank", service.rerank)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/")).rstrip("/")


@pytest.fixture
async def reranker(url: str) -> AsyncIterator[RemoteReranker]:
    made = RemoteReranker(url, egress=Egress(), model="bge-reranker", key="k ", seconds=2.0)
    yield made
    await made.close()


async def test_scores_come_in_the_order_of_the_texts(
    reranker: RemoteReranker, service: Service
) -> None:
    texts = ["none", "fee fee", "a fee"]
    assert await reranker.scores("what fee?", texts) == [-0.5, 1.5, 0.5]
    body = {"model": "bge-reranker", "query": "what fee?", "documents": texts, "top_n": 3}
    assert service.asked == [body] and service.keys == ["Bearer k"]


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
async def test_the_address_may_have_its_version_and_the_model_no_name(
    url: str, service: Service, end: str
) -> None:
    reranker = RemoteReranker(url + end, egress=Egress())
    assert await reranker.scores("q", ["fee"]) == [0.5]
    await reranker.close()
    assert "model" not in service.asked[0] and service.keys == [None]


@pytest.mark.parametrize(
    "answer",
    [
        {}, [], None, "no JSON", {"results": None}, {"results": []},
        {"results": [{"index": 0, "relevance_score": 1.0}]},
        {"results": [{"index": 0, "relevance_score": 1.0}] * 2},
        {"results": [{"index": i, "relevance_score": 1.0} for i in (0, 2)]},
        {"results": [{"index": i, "relevance_score": 1.0} for i in (-1, 0)]},
        {"results": [{"index": i, "relevance_score": 1.0} for i in (0, 1, 2)]},
        {"results": [{"index": i, "relevance_score": float("nan")} for i in (0, 1)]},
        {"results": [{"index": i, "relevance_score": float("inf")} for i in (0, 1)]},
        {"results": [{"index": i, "relevance_score": "0.5"} for i in (0, 1)]},
        {"results": [{"index": bool(i), "relevance_score": 0.5} for i in (0, 1)]},
        {"results": [{"index": i, "score": 0.5} for i in (0, 1)]},
        "x" * (2**20 + 1),
    ],
)  # fmt: skip
async def test_an_answer_without_a_score_for_each_text_is_none(
    reranker: RemoteReranker, service: Service, answer: Any
) -> None:
    service.answer = lambda texts: answer
    with pytest.raises(EngineUnavailable) as refused:
        await reranker.scores(SECRET, [SECRET, SECRET])
    assert SECRET not in refused.value.detail


@pytest.mark.parametrize("status", [302, 401, 404, 500])
async def test_another_status_is_no_answer_and_a_redirect_is_not_followed(
    reranker: RemoteReranker, service: Service, status: int
) -> None:
    service.status = status
    with pytest.raises(EngineUnavailable, match=f"status {status}"):
        await reranker.scores("q", ["a"])
    assert len(service.asked) == 1


async def test_a_slow_server_is_not_waited_for(url: str, service: Service) -> None:
    service.pause = 1
    reranker = RemoteReranker(url, egress=Egress(), seconds=0.1)
    with pytest.raises(EngineUnavailable, match="TimeoutError"):
        await reranker.scores("q", ["a"])
    await reranker.close()


async def test_a_server_that_keeps_failing_is_left_alone_for_a_while(
    reranker: RemoteReranker, service: Service
) -> None:
    service.status = 500
    for _ in range(FAILURES + 2):
        with pytest.raises(EngineUnavailable):
            await reranker.scores("q", ["a"])
    assert len(service.asked) == FAILURES


async def test_a_caller_that_goes_away_says_nothing_of_the_server(
    reranker: RemoteReranker, service: Service
) -> None:
    service.pause = 1
    for _ in range(FAILURES + 1):
        asking = asyncio.create_task(reranker.scores("q", ["a"]))
        await service.reached.wait()
        service.reached.clear()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    service.pause = 0
    assert await reranker.scores("q", ["fee"]) == [0.5]


async def test_a_server_that_is_not_there_is_unavailable(unused_tcp_port: int) -> None:
    reranker = RemoteReranker(f"http://127.0.0.1:{unused_tcp_port}", egress=Egress())
    with pytest.raises(EngineUnavailable, match="did not answer"):
        await reranker.scores("q", ["a"])
    await reranker.close()


def test_a_host_that_is_not_listed_or_cannot_be_read_is_refused_at_once(url: str) -> None:
    with pytest.raises(EgressRefused, match=r"reranker\.example"):
        RemoteReranker("https://reranker.example/v1", egress=Egress())
    with pytest.raises(EgressRefused):
        RemoteReranker(url, egress=Closed())
    with pytest.raises(InvalidInput):
        RemoteReranker("reranker", egress=Egress())


async def test_the_list_is_asked_before_each_request(url: str, service: Service) -> None:
    gate = Egress()
    reranker = RemoteReranker(url, egress=gate)
    gate.check = Closed().check  # type: ignore[method-assign]
    with pytest.raises(EgressRefused):
        await reranker.scores("q", ["a"])
    await reranker.close()
    assert service.asked == []
