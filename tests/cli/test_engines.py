"""`lionrock engines check`: lines, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lionrock.cli.main import run
from lionrock.gateway.conformance import CHECKS
from lionrock.gateway.fields.kinds import EngineKind
from tests.gateway.fakes.ills import Ill
from tests.gateway.fakes.kinds import CONTEXT
from tests.gateway.fakes.server import KEY, fake_engine


@pytest.fixture(autouse=True)
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIONROCK_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "engine.key"
    file.write_text(KEY + "\n")
    return file


@contextmanager
def running(kind: EngineKind, *ills: Ill) -> Iterator[str]:
    """The address of a fake that lives in a thread: the command has the main thread's loop."""
    ready: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with fake_engine(kind, *ills) as fake:
            ready.put_nowait(fake.url)
            started.set()
            await over.wait()

    started = threading.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(60)
    try:
        yield ready.get_nowait()
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def test_a_line_is_printed_for_each_check_and_their_sum(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(EngineKind.LLAMACPP) as url:
        told = ["--key-file", str(key_file), "--context", str(CONTEXT), "--at-once", "1"]
        assert run(["engines", "check", url, *told]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[2:20].rstrip() for line in lines[:-1]] == ["models", *CHECKS]
    assert "– tools              not applicable: " in lines[6]
    assert lines[-1] == "13 passed, 0 failed, 3 not applicable, 0 could not tell"


def test_json_is_printed_and_a_failure_exits_with_one(
    key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(EngineKind.OLLAMA, Ill.STOP_IGNORED) as url:
        told = ["--key-file", str(key_file), "--kind", "ollama", "--at-once", "1"]
        assert run(["engines", "check", url, *told, "--json"]) == 1
    found = {f["check"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert [name for name, f in found.items() if f["verdict"] == "fail"] == ["stop"]
    assert found["salt"]["verdict"] == "not applicable"
    assert found["over-long context"]["verdict"] == "could not tell"


def test_an_engine_that_is_not_there_exits_with_one_and_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["engines", "check", "http://127.0.0.1:9"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_a_host_that_is_not_on_the_egress_list_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["engines", "check", "http://engine.example:8000"]) == 1
    assert "engine.example" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "", b"\xff\xfe"])
def test_a_key_file_that_holds_no_key_is_a_wrong_call(
    content: str | bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.key"
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    assert run(["engines", "check", "http://127.0.0.1:9", "--key-file", str(file)]) == 2
    assert "other.key" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [["ftp://engine"], ["http://127.0.0.1:9", "--at-once", "0"], ["http://x", "--kind", "y"]],
)
def test_a_wrong_call_exits_with_two(wrong: list[str]) -> None:
    try:
        code = run(["engines", "check", *wrong])
    except SystemExit as stopped:
        assert stopped.code == 2
    else:
        assert code == 2
