"""What tests of the command line share."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from lionrock.cli.main import run


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home, without models, in a folder that root's PostgreSQL can pass through."""
    folder = Path(mkdtemp(prefix="lionrock-cli-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("LIONROCK_HOME", str(folder / "home"))
    monkeypatch.setenv("LIONROCK_MODEL", "none")
    monkeypatch.setenv("LIONROCK_EMBEDDINGS", "none")
    return folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command with --json; it must end with `code`. What it printed, as JSON says it."""

    def called(*arguments: str, code: int = 0) -> Any:
        assert run([*arguments, "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return called
