"""The local engine: what it refuses without a model, and how it lives and dies with a small one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from lionrock.errors import EngineRefused, EngineUnavailable, InvalidInput
from lionrock.kernel import processes
from lionrock.models import engines, llamacpp
from lionrock.models.engines import ChatRequest, Delta, Finished
from lionrock.models.llamacpp import LocalEngine, default_threads, pause_seconds
from tests.small_engine import CONTEXT, small_engine

LONG_ENOUGH = 120  # seconds until a test gives up; nothing is timed


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A directory of a short path, as a unix socket needs."""
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        yield Path(directory)


def unstarted(runtime_dir: Path) -> LocalEngine:
    return LocalEngine(Path("m.gguf"), name="m", context=CONTEXT, runtime_dir=runtime_dir)


def request(text: str, max_tokens: int = 8) -> ChatRequest:
    return ChatRequest([{"role": "user", "content": text}], max_tokens)


async def answer(engine: LocalEngine, asked: ChatRequest | None = None) -> str:
    parts = [part async for part in engine.chat(asked or request("Say yes."))]
    return "".join(part.text for part in parts if isinstance(part, Delta))


def pid_of(engine: LocalEngine) -> int:
    assert engine.pid is not None
    return engine.pid


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_ENOUGH):
        while not condition():  # noqa: ASYNC110 (nothing tells of another process's state)
            await asyncio.sleep(0.05)


# Without a model


async def test_weights_that_are_not_there_are_named_with_the_command_that_brings_them(
    runtime: Path,
) -> None:
    engine = LocalEngine(runtime / "none.gguf", name="m", context=CONTEXT, runtime_dir=runtime)
    with pytest.raises(EngineUnavailable, match=r"none\.gguf.*lionrock models pull"):
        await engine.start()


async def test_weights_that_are_none_are_refused_in_the_childs_words(runtime: Path) -> None:
    weights = runtime / "broken.gguf"
    weights.write_bytes(b"GGUF" + bytes(1000))
    engine = LocalEngine(weights, name="m", context=CONTEXT, runtime_dir=runtime)
    with pytest.raises(EngineUnavailable, match=r"did not start: .*(gguf|failed to load)"):
        await engine.start()
    assert engine.pid is None
    assert list(runtime.glob("*.sock")) == []


async def test_a_request_before_the_start_is_told(runtime: Path) -> None:
    engine = unstarted(runtime)
    with pytest.raises(EngineUnavailable, match="was not started"):
        await answer(engine)
    assert not await engine.healthy()
    assert engine.resident_bytes() is None


@pytest.mark.parametrize("name", ["shared", "link"])
def test_a_directory_open_to_others_or_a_link_is_refused(runtime: Path, name: str) -> None:
    (runtime / "shared").mkdir(mode=0o755)
    (runtime / "link").symlink_to(runtime)
    with pytest.raises(InvalidInput, match="0700"):
        unstarted(runtime / name)


def test_a_directory_that_is_not_there_is_made_for_us_alone(runtime: Path) -> None:
    directory = runtime / "a" / "b"
    unstarted(directory)
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_path_too_long_for_a_socket_is_refused_with_its_length(runtime: Path) -> None:
    with pytest.raises(InvalidInput, match="at most 107"):
        unstarted(runtime / ("a" * 90))


def test_pauses_between_starts_grow_to_half_a_minute_and_no_further() -> None:
    pauses = [pause_seconds(i) for i in range(100)]
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < 1
    assert pauses[-1] == 30


def test_one_core_is_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    monkeypatch.setattr(llamacpp, "_quota", lambda: 64)
    assert default_threads() == 7
    monkeypatch.setattr(llamacpp, "_quota", lambda: 2)
    assert default_threads() == 1
    monkeypatch.setattr(llamacpp, "_quota", lambda: 1)
    assert default_threads() == 1


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1), ("max 100000", sys.maxsize)],
)
def test_a_containers_limit_counts_in_whole_cores(tmp_path: Path, limit: str, cores: int) -> None:
    (tmp_path / "cpu.max").write_text(limit + "\n")
    assert llamacpp._quota(tmp_path / "cpu.max") == cores


# With the small model


@pytest.fixture(scope="module")
async def engine(small_model_weights: Path) -> AsyncIterator[LocalEngine]:
    async with small_engine(small_model_weights) as started:
        yield started


async def call(engine: LocalEngine, method: str, path: str, body: Any = None, key: str = "") -> Any:
    """Status and body of a bare request to the child's socket."""
    connector = aiohttp.UnixConnector(str(engine._socket), force_close=True)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.request(method, f"http://x{path}", json=body, headers=headers) as response,
    ):
        return response.status, await response.text()


@pytest.mark.model
async def test_it_answers_and_counts_the_tokens_it_read_and_wrote(engine: LocalEngine) -> None:
    parts = [part async for part in engine.chat(request("What is the capital of France?", 20))]
    text = "".join(part.text for part in parts if isinstance(part, Delta))
    assert "Paris" in text
    assert isinstance(finished := parts[-1], Finished)
    assert finished.reason == "stop"
    assert finished.prompt_tokens > 20
    assert finished.output_tokens > 1


@pytest.mark.model
async def test_a_schema_shapes_the_answer(engine: LocalEngine) -> None:
    schema = {
        "type": "object",
        "properties": {"years": {"type": "integer", "minimum": 0, "maximum": 99}},
        "required": ["years"],
        "additionalProperties": False,
    }
    asked = ChatRequest(
        [{"role": "user", "content": "Records are kept for five years. How many years?"}],
        40,
        json_schema=schema,
    )
    assert json.loads(await answer(engine, asked)).keys() == {"years"}


@pytest.mark.model
async def test_a_schema_that_is_none_is_refused(engine: LocalEngine) -> None:
    with pytest.raises(EngineRefused, match="nonsense"):
        await answer(engine, ChatRequest([], 8, json_schema={"type": "nonsense"}))


@pytest.mark.model
async def test_tokens_are_counted_by_the_model_itself(engine: LocalEngine) -> None:
    assert await engine.count_tokens("客戶盡職審查 hello") == 6


@pytest.mark.model
async def test_a_prompt_longer_than_the_context_is_refused_with_both_numbers(
    engine: LocalEngine,
) -> None:
    with pytest.raises(EngineRefused, match=rf"\d{{4}} tokens, the context holds {CONTEXT}"):
        await answer(engine, request("word " * 2000))


@pytest.mark.model
async def test_without_the_key_only_health_answers_and_with_it_no_slots_are_shown(
    engine: LocalEngine,
) -> None:
    assert (await call(engine, "GET", "/health"))[0] == 200
    body = {"messages": [], "content": "a", "prompt": "a", "input": "a"}
    for path in ("/v1/chat/completions", "/completion", "/tokenize", "/v1/embeddings", "/infill"):
        assert (await call(engine, "POST", path, body))[0] == 401
    for path in ("/v1/models", "/props", "/slots", "/metrics", "/lora-adapters"):
        assert (await call(engine, "GET", path))[0] == 401
    assert (await call(engine, "GET", "/"))[0] == 404
    assert (await call(engine, "GET", "/v1/models", key="wrong"))[0] == 401
    assert (await call(engine, "GET", "/slots", key=engine._key))[0] == 501


@pytest.mark.model
async def test_a_prompt_sent_again_is_read_anew(engine: LocalEngine) -> None:
    """A caller must not learn from counts or times what another one has asked."""
    body = {
        "messages": [{"role": "user", "content": "Account 123-456789-838 is to be closed. " * 4}],
        "max_tokens": 2,
    }
    for _ in range(2):
        _, text = await call(engine, "POST", "/v1/chat/completions", body, engine._key)
        told = json.loads(text)
        assert told["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
        assert told["timings"]["cache_n"] == 0
        assert told["timings"]["prompt_n"] == told["usage"]["prompt_tokens"]


@pytest.mark.model
async def test_its_child_opens_no_tcp_port_and_one_socket_for_us_alone(engine: LocalEngine) -> None:
    process = Path(f"/proc/{engine.pid}")
    links = [os.readlink(link) for link in (process / "fd").iterdir()]
    sockets = {link.removeprefix("socket:[").rstrip("]") for link in links if "socket:" in link}
    assert sockets
    for table in ("tcp", "tcp6", "udp", "udp6"):
        rows = (process / "net" / table).read_text().splitlines()[1:]
        assert sockets.isdisjoint(row.split()[9] for row in rows)
    assert engine._socket.stat().st_mode & 0o077 == 0


@pytest.mark.model
async def test_neither_the_key_nor_our_settings_can_be_read_from_its_arguments_or_environment(
    small_model_weights: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIONROCK_ENGINE_KEY", "sesame")
    local = LocalEngine(small_model_weights, name="small", context=CONTEXT, runtime_dir=runtime)
    await local.start()
    shown = b"".join(
        Path(f"/proc/{local.pid}/{name}").read_bytes() for name in ("cmdline", "environ")
    )
    await local.stop()
    assert b"llamacpp_child" in shown
    assert local._key.encode() not in shown
    assert b"sesame" not in shown


@pytest.mark.model
async def test_an_answer_given_up_makes_room_for_the_next(engine: LocalEngine) -> None:
    endless = request("Count from 1 to 1000, one number in each line.", 900)
    async with aclosing(engine.chat(endless)) as parts:
        await anext(parts)
    before = _cpu_seconds(engine)
    assert await answer(engine)
    # 900 tokens cost many times what the next answer costs.
    assert _cpu_seconds(engine) - before < 20


@pytest.mark.model
async def test_a_request_given_up_while_its_prompt_is_read_makes_room(engine: LocalEngine) -> None:
    long = request("word " * 900, 1)
    before = _cpu_seconds(engine)
    task = asyncio.create_task(answer(engine, long))
    await until(lambda: _cpu_seconds(engine) - before > 0.5)  # it has begun to read
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    given_up = _cpu_seconds(engine)
    assert await answer(engine)
    assert _cpu_seconds(engine) - given_up < 8


def _cpu_seconds(engine: LocalEngine) -> float:
    fields = Path(f"/proc/{engine.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.model
async def test_a_child_killed_while_answering_is_told_and_replaced(engine: LocalEngine) -> None:
    pid = pid_of(engine)
    async with aclosing(engine.chat(request("Count from 1 to 1000.", 900))) as parts:
        await anext(parts)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineUnavailable, match="being restarted"):
            async for _ in parts:
                pass
    assert await answer(engine)
    assert engine.pid != pid
    assert await engine.healthy()


@pytest.mark.model
async def test_its_child_ends_on_sigterm_and_is_replaced(engine: LocalEngine) -> None:
    pid = pid_of(engine)
    os.kill(pid, signal.SIGTERM)
    await until(lambda: engine.pid not in (pid, None))
    assert await answer(engine)


@pytest.mark.model
async def test_stopping_ends_the_child_and_what_waits(
    small_model_weights: Path, runtime: Path
) -> None:
    local = LocalEngine(small_model_weights, name="small", context=CONTEXT, runtime_dir=runtime)
    await local.start()
    pid = pid_of(local)
    assert (local.resident_bytes() or 0) > 400 * 2**20
    answering = asyncio.create_task(answer(local, request("Count to 1000.", 900)))
    waiting = asyncio.create_task(answer(local))
    await asyncio.sleep(0.1)
    await local.stop()
    for task in (answering, waiting):
        with pytest.raises(EngineUnavailable, match="stopped"):
            await task
    assert processes.look_at(pid) is None
    assert list(runtime.iterdir()) == []
    await local.stop()


@pytest.mark.model
async def test_weights_lost_while_it_runs_are_told_and_used_again_when_back(
    small_model_weights: Path, runtime: Path
) -> None:
    link = runtime / "m.gguf"
    link.symlink_to(small_model_weights)
    local = LocalEngine(link, name="small", context=CONTEXT, runtime_dir=runtime, ready_seconds=1)
    await local.start()
    link.unlink()
    os.kill(pid_of(local), signal.SIGKILL)
    with pytest.raises(EngineUnavailable, match=r"m\.gguf|stopped while answering"):
        await answer(local)
    with pytest.raises(EngineUnavailable, match=r"not ready: There are no weights at .*m\.gguf"):
        await answer(local)
    link.symlink_to(small_model_weights)
    await until(local._ready.is_set)
    assert await answer(local)
    await local.stop()


@pytest.mark.model
async def test_a_child_that_is_stuck_is_replaced(
    small_model_weights: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_PROBE_SECONDS", 0.5)
    monkeypatch.setattr(llamacpp, "_DEATH_NOTICED_SECONDS", 0.1)
    local = LocalEngine(
        small_model_weights, name="small", context=CONTEXT, runtime_dir=runtime, silence_seconds=0.5
    )
    await local.start()
    pid = pid_of(local)
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(EngineUnavailable, match="being restarted"):
        await answer(local)
    await until(lambda: local.pid not in (pid, None))
    await local.stop()
