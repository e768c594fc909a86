"""What tests of the command line share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lionrock.cli.main import run


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command with --json; it must end with `code`. What it printed, as JSON says it."""

    def called(*arguments: str, code: int = 0) -> Any:
        assert run([*arguments, "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    return called
