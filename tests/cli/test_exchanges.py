"""Kept exchanges as the command line tells them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lionrock.cli import exchanges
from lionrock.cli.main import run

ONE: dict[str, Any] = {
    "id": str(uuid4()), "member_id": str(uuid4()), "key_id": None, "endpoint": "chat/completions",
    "model": "small", "streamed": False, "outcome": "finished", "began_at": "2026-11-22T09:00:00Z",
    "ended_at": "2026-11-22T09:00:01Z", "request_bytes": 1_200_000, "request_cut": True,
    "answer_bytes": 2, "answer_cut": False,
}  # fmt: skip


class Client:
    """Answers as the server does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def get(self, path: str, **params: Any) -> Any:
        self.asked.append((path, params))
        if path == "/v1/gateway/exchanges":
            return {"exchanges": [ONE], "next": ONE["id"]}
        calls = [{"name": "weather", "arguments": "{}"}]
        choice = {"index": 0, "content": "so\x1b[2J", "tool_calls": calls, "finish": "stop"}
        return ONE | {"request": '{"model": …', "answer": {"choices": [choice], "error": "half"}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Client:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path))
    found = Client()
    monkeypatch.setattr(exchanges, "connect", lambda settings: found)
    return found


def test_a_line_for_each_and_how_to_see_older_ones(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    before = str(uuid4())
    assert run(["exchanges", "list", "--limit", "1", "--before", before]) == 0
    told = capsys.readouterr().out
    assert ONE["id"] in told and "small" in told and "sent 1 MB, answered 2 B" in told
    assert f"--before {ONE['id']}" in told
    assert client.asked == [("/v1/gateway/exchanges", {"limit": 1, "before": before})]


def test_one_is_shown_with_its_words_and_nothing_that_drives_a_terminal(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["exchanges", "show", ONE["id"]]) == 0
    told = capsys.readouterr().out
    assert "Sent (only the beginning was kept):\n{" in told and "ended: stop" in told
    assert "call of weather: {}" in told and "Broke off: half" in told and "\x1b" not in told


def test_as_json_it_is_what_the_server_told(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["exchanges", "show", ONE["id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["request"] == '{"model": …'
