from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.models.native import workshop


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the programs that build, first in PATH."""
    folder = workshop.programs(tmp_path / "bench")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder
