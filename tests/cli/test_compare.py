"""Two texts compared from the command line, saved as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lionrock.cli.main import run

Told = Callable[..., Any]


def test_a_document_and_a_text_are_compared_and_saved(
    home: Path, call: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, out = tmp_path / "policy.md", tmp_path / "found.xlsx"
    policy.write_text("# Records\n\nRecords are kept for seven years.\n")
    assert run(["add", str(policy)]) == 0
    capsys.readouterr()
    asked = [
        "compare",
        "policy.md",
        "--text",
        "Records are kept for five years.",
        "--out",
        str(out),
    ]
    assert run(asked) == 0
    printed = capsys.readouterr().out
    assert "≠ figures: seven years ≠ five years" in printed
    assert "- p. 1  Records are kept for [-seven-] years." in printed
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert any("seven years ≠ five years" in str(row) for row in sheet.iter_rows(values_only=True))
    assert "Give two sides" in call("compare", "policy.md", code=2)["error"]
