"""Tables from the command line: shown, as JSON, and written to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lionrock.cli.main import run

Told = Callable[..., Any]
_CARDS = "| 卡 | Annual fee |\n| --- | --- |\n| 金卡 | 480 |\n| Platinum | 1,800 |\n"


def test_tables_are_shown_told_and_written(
    home: Path, call: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "cards.md"
    source.write_text(_CARDS)
    assert run(["add", str(source)]) == 0
    capsys.readouterr()
    assert run(["tables", "cards.md"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "page 1, table 1: 3 rows, 2 columns"
    assert shown[3].split() == ["金卡", "480"] and set(shown[2]) == {" ", "-"}

    (table,) = call("tables", "cards.md", "--page", "1")["tables"]
    assert [c["text"] for c in table["cells"]][-1] == "1,800"
    assert call("tables", "cards.md", "--page", "2") == {"tables": []}

    out = tmp_path / "cards.xlsx"
    assert call("tables", "cards.md", "--out", str(out))["bytes"] == out.stat().st_size
    assert openpyxl.load_workbook(out)["p1 t1"]["B3"].value == 1800
    assert run(["tables", "cards.md", "--out", str(tmp_path / "cards.pdf")]) == 2
    assert "Name the file .csv or .xlsx." in capsys.readouterr().err
