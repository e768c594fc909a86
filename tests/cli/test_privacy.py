from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4


def test_privacy_work_from_the_command_line(home: Path, call: Any, tmp_path: Path) -> None:
    def told(*words: str, code: int = 0) -> Any:
        return call("privacy", *words, code=code)

    asked = told(
        "requests", "--receive", "access", "--on", "2026-11-01",
        "--identifier", "hkid=A123456(3)", "--identifier", "name=陳大文",
    )  # fmt: skip
    assert (asked["state"], asked["due_on"]) == ("received", "2026-12-11")
    assert told("requests")["requests"][0]["id"] == asked["id"]
    step = told("requests", asked["id"], "--step", "search")
    assert step["state"] == "reviewing"
    assert [f["source"] for f in told("requests", asked["id"], "--findings")["findings"]]
    assert "reviewed" in told("requests", asked["id"], "--step", "package", code=1)["error"]
    breach = told("breaches", "--enter", "Lost laptop", "--what", "on a bus", "--people", "3")
    assert (breach["state"], breach["people"]) == ("found", 3)
    table = tmp_path / "breaches.csv"
    assert told("breaches", "--csv", str(table))["bytes"] == table.stat().st_size
    assert told("holds") == {"holds": []}
    assert told("retention") == {"due": []}
    assert told("erase") == {"erasures": []}
    for kind in ("customer", "case", "screening", "batch"):
        thing = f"{kind}={uuid4()}"
        assert "no such thing" in told("erase", "--target", thing, code=1)["error"]
        assert "no such thing" in told("holds", "--place", "H", "--reason", "r", "--target", thing,
                                       code=1)["error"]  # fmt: skip
    began = ("--starts", "relationship-end", "--on", "2020-01-01")
    assert (
        "no such" in told("retention", "--target", f"customer={uuid4()}", *began, code=1)["error"]
    )
    assert "KIND=ID" in told("erase", "--target", "nothing", code=2)["error"]
