"""The translation memory and translation from the command line, without a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lionrock.assist.translate.memory import tmx
from lionrock.assist.translate.memory.schemas import Pair
from lionrock.cli.main import run

Told = Callable[..., Any]
PAIR = Pair(
    source_language="en", into="zh-Hant", source="Banks must report.", target="銀行須報告。"
)


def test_a_memory_is_imported_used_listed_exported_and_a_unit_removed(
    home: Path, call: Told, tmp_path: Path
) -> None:
    file, out = tmp_path / "memory.tmx", tmp_path / "out.tmx"
    file.write_bytes(b"".join(tmx.write([PAIR])))
    assert call("memory", "import", str(file))["added"] == 1
    made = call(
        "translate", "--text", "Banks must report. Staff must be trained.", "--into", "zh-Hant"
    )
    assert [s["origin"] for s in made["segments"]] == ["memory", "none"]
    assert made["segments"][0]["target"] == PAIR.target and "1 of 2" in made["note"]
    [unit] = call("memory", "list", "--containing", "银行")["units"]
    assert call("memory", "export", str(out))["bytes"] == out.stat().st_size
    assert tmx.read(out.read_bytes()) == ([PAIR], [])
    call("memory", "remove", unit["id"])
    assert call("memory", "list")["total"] == 0
    assert run(["translate", "--into", "zh-Hant"]) == 2
