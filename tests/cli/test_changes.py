"""Versions from the command line: add one, compare, search as at a day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lionrock.cli.changes import version_of
from lionrock.cli.main import run
from lionrock.errors import InvalidInput
from tests.documents.test_versions import NEW, OLD

Told = Callable[..., Any]


def test_a_version_is_added_compared_and_searched_as_at_a_day(
    home: Path, call: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "fees.md", tmp_path / "fees-2.md"
    old.write_text(OLD)
    new.write_text(NEW)
    assert run(["add", str(old)]) == 0
    capsys.readouterr()
    [added] = call("add", str(new), "--replaces", "fees.md", "--effective", "2026-01-01")[
        "documents"
    ]
    assert (added["state"], added["versions"]) == ("ready", 2)
    assert added["version"]["held"]["since"] == "2026-01-01"

    assert run(["changes", "fees-2.md"]) == 0
    shown = capsys.readouterr().out
    assert "costs HK$[-115-]." in shown and "costs HK${+150+}." in shown
    assert "1 changed" in shown
    both = call("changes", "fees-2.md", "--from", "fees.md", "--to", "2026-01-01")
    assert both["counts"]["changed"] == 1

    assert "HK$150" in call("search", "outward transfer")["hits"][0]["passage"]["text"]
    assert run(["search", "outward transfer", "--as-at", "2025-06-01"]) == 0
    shown = capsys.readouterr().out
    assert "HK$115" in shown and "superseded: it held until 2026-01-01" in shown
    assert "No document is called" in call("changes", "nothing.pdf", code=2)["error"]


def test_a_version_is_named_by_its_day_its_name_or_its_id() -> None:
    versions = [{"id": "a1", "name": "x.pdf", "held": {"since": "2026-01-01"}}]
    assert {version_of(versions, said) for said in ("a1", "x.pdf", "2026-01-01")} == {"a1"}
    with pytest.raises(InvalidInput, match="There are: 2026-01-01"):
        version_of(versions, "2020-01-01")
