"""The client of OpenAI-compatible servers, against one with faults."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from lionrock.errors import EgressRefused, EngineRefused, EngineUnavailable, InvalidInput
from lionrock.models.engines import (
    ChatRequest,
    Delta,
    Finished,
    OpenAIEngine,
    estimate_tokens,
)
from tests.models.fake_openai import FakeOpenAI, Fault, event, fake_openai, piece, stream
from tests.models.gates import Closed

Make = Callable[..., OpenAIEngine]
QUESTION = ChatRequest([{"role": "user", "content": "How long must records be kept?"}], 50)


@pytest.fixture
async def fake() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[Make]:
    """Makes engines, and closes them at the end."""
    made: list[OpenAIEngine] = []

    def make(url: str, **options: Any) -> OpenAIEngine:
        engine = OpenAIEngine(url, **{"model": "some", "context": 4096, **options})
        made.append(engine)
        return engine

    yield make
    for engine in made:
        await engine.close()


async def ask(engine: OpenAIEngine, request: ChatRequest = QUESTION) -> list[Delta | Finished]:
    return [part async for part in engine.chat(request)]


async def test_an_answer_comes_in_pieces_and_ends_with_its_counts(
    fake: FakeOpenAI, client: Make
) -> None:
    fake.answer = [stream("五年", "。", usage=(31, 3), reason="length")]
    assert await ask(client(fake.url)) == [Delta("五年"), Delta("。"), Finished("length", 31, 3)]


async def test_each_piece_is_handed_on_when_it_comes(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [piece("Five"), Fault.HANG]
    answer = client(fake.url).chat(QUESTION)
    assert await anext(answer) == Delta("Five")
    await answer.aclose()


async def test_an_answer_cut_into_single_bytes_is_the_same(fake: FakeOpenAI, client: Make) -> None:
    sent = stream("紀錄須保存", "五年 🏦", usage=(9, 2))
    fake.answer = [bytes([byte]) for byte in sent]
    assert await ask(client(fake.url)) == [
        Delta("紀錄須保存"),
        Delta("五年 🏦"),
        Finished("stop", 9, 2),
    ]


async def test_a_request_asks_for_a_stream_with_usage_and_no_more_than_it_must(
    fake: FakeOpenAI, client: Make
) -> None:
    await ask(client(fake.url))
    assert fake.body == {
        "model": "some",
        "messages": QUESTION.messages,
        "max_tokens": 50,
        "temperature": 0.0,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_seed_stops_and_schema_are_sent_as_openai_names_them(
    fake: FakeOpenAI, client: Make
) -> None:
    schema = {"type": "object"}
    await ask(client(fake.url), ChatRequest([], 5, 0.5, seed=3, stop=("\n",), json_schema=schema))
    assert fake.body["seed"] == 3
    assert fake.body["stop"] == ["\n"]
    assert fake.body["response_format"]["type"] == "json_schema"
    assert fake.body["response_format"]["json_schema"]["schema"] == schema


async def test_without_usage_the_pieces_are_counted_and_the_prompt_estimated(
    fake: FakeOpenAI, client: Make
) -> None:
    fake.answer = [stream("a", "b", "c")]
    expected = Finished("stop", estimate_tokens("How long must records be kept?"), 3)
    assert (await ask(client(fake.url)))[-1] == expected


async def test_closing_an_answer_closes_the_connection(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [piece("Five"), Fault.HANG]
    answer = client(fake.url).chat(QUESTION)
    await anext(answer)
    await answer.aclose()
    async with asyncio.timeout(10):
        await fake.left.wait()


async def test_cancelling_before_the_first_piece_closes_the_connection(
    fake: FakeOpenAI, client: Make
) -> None:
    fake.answer = [Fault.HANG]
    engine = client(fake.url)
    task = asyncio.create_task(ask(engine))
    async with asyncio.timeout(10):
        await fake.arrived.wait()
        task.cancel()
        await fake.left.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_http_error_is_refused_with_the_engines_numbers(
    fake: FakeOpenAI, client: Make
) -> None:
    error = {"code": 400, "message": "too long", "n_prompt_tokens": 6030, "n_ctx": 4096}
    fake.refusal = web.json_response({"error": error}, status=400)
    with pytest.raises(EngineRefused, match="6030 tokens, the context holds 4096"):
        await ask(client(fake.url))


async def test_an_error_inside_the_stream_is_raised(fake: FakeOpenAI, client: Make) -> None:
    error = {"code": 400, "message": "too long", "n_prompt_tokens": 6030, "n_ctx": 4096}
    fake.answer = [piece("Fi"), event({"error": error})]
    with pytest.raises(EngineRefused, match="6030 tokens, the context holds 4096"):
        await ask(client(fake.url))


async def test_an_error_that_repeats_the_question_is_told_without_it(
    fake: FakeOpenAI, client: Make
) -> None:
    words = "cannot read 'must records be kept?'"
    fake.refusal = web.json_response({"error": {"message": words}}, status=400)
    with pytest.raises(EngineRefused) as caught:
        await ask(client(fake.url))
    assert "records" not in caught.value.detail


async def test_an_answer_in_one_piece_of_json_is_refused(fake: FakeOpenAI, client: Make) -> None:
    fake.refusal = web.json_response({"choices": [{"message": {"content": "Yes"}}]})
    with pytest.raises(EngineRefused, match="did not stream"):
        await ask(client(fake.url))


async def test_a_server_that_is_not_there_is_named(client: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(EngineUnavailable, match=f"127.0.0.1:{port} cannot be reached"):
            await ask(client(f"http://127.0.0.1:{port}"))


async def test_a_connection_that_breaks_is_told(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [piece("Five"), Fault.DIE]
    with pytest.raises(EngineUnavailable, match="broke the connection off"):
        await ask(client(fake.url))


async def test_an_answer_that_ends_too_early_is_told(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [piece("Five")]
    with pytest.raises(EngineUnavailable, match="before it was complete"):
        await ask(client(fake.url))


async def test_a_server_that_falls_silent_is_given_up(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [piece("Five"), Fault.HANG]
    with pytest.raises(EngineUnavailable, match=r"sent nothing for 0\.2 s"):
        await ask(client(fake.url, silence_seconds=0.2))


async def test_signs_of_life_keep_a_slow_answer_alive(fake: FakeOpenAI, client: Make) -> None:
    fake.answer = [*[b":\n\n"] * 1000, stream("Yes")]
    assert (await ask(client(fake.url)))[0] == Delta("Yes")


async def test_a_redirect_is_refused_and_not_followed(fake: FakeOpenAI, client: Make) -> None:
    async with fake_openai() as elsewhere:
        location = {"Location": f"{elsewhere.url}/v1/chat/completions"}
        fake.refusal = web.Response(status=307, headers=location)
        with pytest.raises(EngineRefused, match="points to another address"):
            await ask(client(fake.url))
        assert elsewhere.asked == []


async def test_proxies_in_the_environment_are_not_used(
    fake: FakeOpenAI, client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fake_openai() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await ask(client(fake.url))
        assert proxy.asked == []


async def test_a_forbidden_host_is_never_connected_to(fake: FakeOpenAI, client: Make) -> None:
    engine = client(fake.url, egress=Closed())
    with pytest.raises(EgressRefused, match=r"^127\.0\.0\.1 "):
        await ask(engine)
    assert not await engine.healthy()
    assert fake.asked == []


async def test_a_unix_socket_needs_no_permission(client: Make, short_directory: Path) -> None:
    path = short_directory / "s"
    async with fake_openai(path):
        engine = client("http://engine", unix_socket=path, egress=Closed())
        assert (await ask(engine))[0] == Delta("Yes")


@pytest.fixture
def short_directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        yield Path(directory)


@pytest.mark.parametrize("key", ["sesame", "sesame\n"])
async def test_the_key_is_a_bearer_token(fake: FakeOpenAI, client: Make, key: str) -> None:
    await ask(client(fake.url, key=key))
    assert fake.headers[-1]["Authorization"] == "Bearer sesame"


async def test_without_a_name_the_first_model_listed_is_asked_for_once(
    fake: FakeOpenAI, client: Make
) -> None:
    engine = client(fake.url, model=None)
    await ask(engine)
    await ask(engine)
    assert fake.paths == ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]
    assert (fake.body["model"], engine.model_name) == ("first", "first")


@pytest.mark.parametrize(("listed", "context"), [(1024, 1024), (99999, 4096), (None, 4096)])
async def test_the_context_is_no_larger_than_the_server_says(
    fake: FakeOpenAI, client: Make, listed: int | None, context: int
) -> None:
    fake.models = {"data": [{"id": "first", "max_model_len": listed}]}
    engine = client(fake.url, model=None)
    await ask(engine)
    assert engine.context == context


@pytest.mark.parametrize("models", [{"data": []}, {}, [], {"data": [{"name": "x"}]}])
async def test_a_server_without_models_is_told_so(
    fake: FakeOpenAI, client: Make, models: Any
) -> None:
    fake.models = models
    with pytest.raises(EngineUnavailable, match="lists no model"):
        await ask(client(fake.url, model=None))


@pytest.mark.parametrize("tokens", [{"tokens": [1, 2, 3]}, {"count": 3, "max_model_len": 9}])
async def test_tokens_are_counted_by_the_server_that_can(
    fake: FakeOpenAI, client: Make, tokens: Any
) -> None:
    fake.tokens = tokens
    assert await client(f"{fake.url}/v1").count_tokens("客戶") == 3
    assert fake.asked == [("/tokenize", {"content": "客戶", "prompt": "客戶"})]


async def test_tokens_are_estimated_for_a_server_that_cannot_and_it_is_asked_once(
    fake: FakeOpenAI, client: Make
) -> None:
    engine = client(fake.url)
    assert await engine.count_tokens("客戶 ab") == 3
    assert await engine.count_tokens("客戶") == 2
    assert fake.paths == ["/tokenize"]


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("abc", 1), ("abcd", 2), ("五年 kept", 4), ("é", 1)]
)
def test_an_estimate_counts_one_for_each_character_beyond_ascii_and_for_three_in_it(
    text: str, tokens: int
) -> None:
    assert estimate_tokens(text) == tokens


async def test_a_server_is_healthy_when_it_lists_its_models(fake: FakeOpenAI, client: Make) -> None:
    assert await client(fake.url).healthy()


@pytest.mark.parametrize(("health", "models"), [(503, 200), (200, 401), (200, 503)])
async def test_a_server_that_loads_or_refuses_the_key_is_not_healthy(
    fake: FakeOpenAI, client: Make, health: int, models: int
) -> None:
    fake.health_status, fake.models_status = health, models
    assert not await client(fake.url).healthy()


async def test_a_server_that_is_not_there_is_not_healthy(client: Make) -> None:
    assert not await client("http://127.0.0.1:1").healthy()


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/"])
async def test_the_address_may_end_in_v1_or_not(
    fake: FakeOpenAI, client: Make, suffix: str
) -> None:
    await ask(client(fake.url + suffix))
    assert fake.paths == ["/v1/chat/completions"]


async def test_a_path_and_another_version_in_the_address_are_kept(
    fake: FakeOpenAI, client: Make
) -> None:
    engine = client(f"{fake.url}/api/v3")
    await ask(engine)
    await engine.count_tokens("a")
    assert fake.paths == ["/api/v3/chat/completions", "/api/tokenize"]


@pytest.mark.parametrize("address", ["", "localhost:8000", "ftp://a/v1", "http://", "http://a:b"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="http://host:8000/v1"):
        OpenAIEngine(address, context=4096)


def test_a_key_inside_the_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInput) as caught:
        OpenAIEngine("http://user:secret@host/v1", context=4096)
    assert "secret" not in caught.value.detail
