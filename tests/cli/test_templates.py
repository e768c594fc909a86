"""Templates and drafts from the command line, without a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lionrock.assist.docx import segments
from lionrock.cli.main import run
from tests.assist.drafting.samples import note

Told = Callable[..., Any]


def test_a_template_is_added_shown_drafted_from_and_retired(
    home: Path, call: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "note.txt", tmp_path / "draft.docx"
    file.write_bytes(note())
    assert call("templates", "add", str(file))["version"] == 1
    names = {one["name"] for one in call("templates", "list")["templates"]}
    assert {"note-en", "memo-zh"} <= names
    assert [f["name"] for f in call("templates", "show", "note-en")["named_fields"]] == [
        "our_ref", "date", "copy_to",
    ]  # fmt: skip
    made = call("draft", "note-en", "--values", "date=2026-11-23", "--out", str(out))
    assert made["open"] == ["Our ref.", "Rule"]
    assert "23 November 2026" in {segment.text for segment in segments(out.read_bytes())}
    assert run(["templates", "show", "note-en"]) == 0
    assert "[[Rule]]  from the documents" in capsys.readouterr().out
    assert call("templates", "retire", "note-en") == {"retired": "note-en"}
    assert run(["draft", "note-en"]) == 1
    assert "is retired" in capsys.readouterr().err
    assert run(["templates", "list"]) == 0
    assert "A note" not in capsys.readouterr().out
