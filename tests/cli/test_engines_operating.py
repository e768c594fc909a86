"""`lionrock engines list|drain|resume` and what `doctor` says of engines. Each command without a running
server starts one for itself, so what is drained survives each time."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from lionrock.cli import doctor, engines_operating
from lionrock.cli.engines_operating import run_drain
from lionrock.cli.main import run
from lionrock.errors import EngineUnavailable, NotFound, Unavailable
from lionrock.settings import Settings

FILE = """
[[engine]]
name = "gpu1"
kind = "vllm"
url = "http://127.0.0.1:9"
trust = "inside"
at_once = 4
  [[engine.model]]
  name = "small"
  context = 2048
  output = 512
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("engines")
    (folder / "engines.toml").write_text(FILE)
    return folder


@pytest.fixture(autouse=True)
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("HOME", home / "home"), ("CACHE", home / "cache"), ("MODEL", "none"),
        ("ENGINES", home / "engines.toml"), ("EMBEDDINGS", "http://127.0.0.1:9"),
    ):  # fmt: skip
        monkeypatch.setenv(f"LIONROCK_{name}", str(value))


def test_an_engine_is_drained_over_restarts_and_used_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["engines", "drain", "gpu1", "--wait"]) == 0
    assert "gpu1 is drained and works on nothing" in capsys.readouterr().out
    assert run(["engines", "list"]) == 0
    told = capsys.readouterr().out
    assert "gpu1  drained since" in told and "cannot be reached" in told
    assert "vllm, 127.0.0.1 port 9, inside the institution" in told
    assert "working on 0 of 4, 0 waiting" in told
    assert run(["engines", "resume", "gpu1"]) == 0
    assert "! gpu1: NOT WELL since" in capsys.readouterr().out
    assert run(["engines", "list", "--json"]) == 0
    (engine,) = json.loads(capsys.readouterr().out)["engines"]
    assert (engine["state"], engine["load"]["busy"]) == ("unhealthy", 0)
    assert run(["engines", "drain", "gpu2"]) == 1
    assert "There are: gpu1" in capsys.readouterr().err


class Told:
    """A server that answers with one state after the other."""

    def __init__(self, *states: dict[str, Any]) -> None:
        self._states = list(states)

    async def __aenter__(self) -> Told:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        assert path == "/v1/gateway/engines/gpu1/drain"
        return self._states[0]

    async def get(self, path: str) -> Any:
        self._states.pop(0)
        return {"engines": self._states[:1]}


def working(busy: int, state: str = "draining") -> dict[str, Any]:
    load = {
        "busy": busy, "by_model": {"small": busy}, "oldest_since": "2026-11-22T03:00:00+00:00",
    }  # fmt: skip
    return {"name": "gpu1", "state": "drained" if not busy else state, "load": load}


def told(monkeypatch: pytest.MonkeyPatch, *states: dict[str, Any]) -> None:
    monkeypatch.setattr(engines_operating, "_LOOK_SECONDS", 0)
    monkeypatch.setattr(engines_operating, "connect", lambda settings, operator: Told(*states))


def asked(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(engine="gpu1", json=False, wait=True, timeout=None, **given)


async def test_waiting_shows_what_still_runs_until_nothing_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, working(2), working(2), working(1), working(0))
    assert await run_drain(Settings(), asked()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:25] for line in lines[:2]] == [
        "Still running: 2 of small",
        "Still running: 1 of small",
    ]
    assert lines[2].startswith("✓ gpu1 is drained") and len(lines) == 3


async def test_waiting_ends_at_its_time_and_when_someone_resumes_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(monkeypatch, working(2))
    wanted = asked()
    wanted.timeout = 0.0
    assert await run_drain(Settings(), wanted) == 1
    assert "gets nothing more. Still running: 2 of small" in capsys.readouterr().out
    told(monkeypatch, working(2), working(2, "ready"))
    with pytest.raises(Unavailable, match="someone resumed it"):
        await run_drain(Settings(), asked())
    told(monkeypatch, working(2))
    with pytest.raises(NotFound):
        await run_drain(Settings(), asked())


async def test_doctor_names_the_engines_that_are_not_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    since = "2026-11-22T03:00:00+00:00"
    engines = [
        {"name": "a", "state": "ready", "since": None, "fault": ""},
        {"name": "b", "state": "unhealthy", "since": since, "fault": "It is down."},
        {"name": "c", "state": "drained", "since": since, "fault": "It is down."},
    ]

    class Server(Told):
        async def get(self, path: str) -> Any:
            return {"engines": engines}

    monkeypatch.setattr(doctor, "running", lambda home: {"url": "http://here"})
    monkeypatch.setattr(doctor, "connect", lambda settings, operator: Server())
    await doctor.run(Settings(), argparse.Namespace(residency=False, json=False))
    told = capsys.readouterr().out
    assert "✓ engine a: in use\n" in told and "✗ engine b: NOT WELL since" in told
    assert "✓ engine c: drained since" in told and told.count(": It is down.") == 2
    monkeypatch.setattr(Server, "get", refuse)
    await doctor.run(Settings(), argparse.Namespace(residency=False, json=False))
    assert "✗ engines: There are no engines here." in capsys.readouterr().out


async def refuse(self: Told, path: str) -> Any:
    raise EngineUnavailable("There are no engines here.")
