"""`lionrock doctor --residency`, and what a pull opens."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lionrock.cli.main import run
from lionrock.kernel.egress import spool
from tests.gateway.test_places import FILE
from tests.models.fake_hub import FakeHub

MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIONROCK_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LIONROCK_EGRESS", raising=False)
    monkeypatch.delenv("LIONROCK_ENGINE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """Stands for every source; it has nothing."""
    fake = FakeHub()
    for name in [n for n in os.environ if n.startswith("PIP_") or n.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", fake.index)
    monkeypatch.setenv("HF_ENDPOINT", f"{fake.url}/hf")
    monkeypatch.setenv("MODELSCOPE_DOMAIN", "http://scope.invalid")
    yield fake
    fake.close()


def test_without_a_server_the_settings_tell_where_data_can_go(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["doctor", "--residency"]) == 0
    told = capsys.readouterr().out
    assert "guard at the socket: on" in told
    assert "the egress list is empty" in told
    assert "no server is running" in told


def test_an_engine_that_is_not_listed_is_pointed_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_ENGINE", "http://engine.invalid:8000")
    assert run(["doctor", "--residency", "--json"]) == 1
    parts = json.loads(capsys.readouterr().out)["parts"]
    told = {"part": "language model", "where": "engine.invalid port 8000", "listed": False}
    assert [part for part in parts if told.items() <= part.items()]


def test_an_entry_that_is_wrong_is_named_by_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_EGRESS", "a.example, *.example")
    assert run(["doctor"]) == 2
    assert "'*.example'" in capsys.readouterr().err


def test_a_pull_says_where_it_may_connect_and_goes_nowhere_else(
    hub: FakeHub, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.redirects[_weights(hub)] = "http://169.254.169.254/weights"
    assert run(["models", "pull", MODEL]) == 1
    told = capsys.readouterr().err
    assert "This pull may connect to scope.invalid." in told
    assert "169.254.169.254" in told
    left = [json.loads(line) for line in (home / spool.NAME).read_text().splitlines()]
    assert ("refused", "169.254.169.254") in {(x["what"], x["host"]) for x in left}


def _weights(hub: FakeHub) -> str:
    """Path that the hub is asked for."""
    from lionrock.models.catalogue import Catalogue
    from lionrock.models.sources import hub_url

    model = Catalogue.load().get(MODEL)
    source = next(s for s in model.sources if s.kind == "huggingface")
    return hub_url(source, str(model.file)).removeprefix(hub.url)


def test_every_declared_engine_is_told_with_its_side_of_the_boundary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "engines.toml").write_text(FILE)
    monkeypatch.setenv("LIONROCK_ENGINES", str(tmp_path / "engines.toml"))
    assert run(["doctor", "--residency"]) == 1
    told = capsys.readouterr().out
    assert "engine cloud: models.example port 443, outside the institution (NOT on" in told
    monkeypatch.setenv("LIONROCK_EGRESS", "models.example")
    run(["doctor", "--residency"])
    assert (
        "engine cloud: models.example port 443, outside the institution\n"
        in capsys.readouterr().out
    )
