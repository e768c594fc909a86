"""`lionrock add`: which files are taken, and what is said of them."""

from __future__ import annotations

import argparse
import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lionrock.cli import add
from lionrock.cli.add_files import detail_of, expand
from lionrock.cli.client import Problem
from lionrock.errors import InvalidInput
from lionrock.settings import Settings


def tree(folder: Path) -> Path:
    """A directory with what is to be taken and what is not."""
    outside = folder / "outside.txt"
    outside.write_text("not asked for")
    home = folder / "home"
    for name in ("b/two.txt", "a.txt", "b/.hidden.txt", ".git/config", "known.txt", "bad.bin"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    (home / "link-out.txt").symlink_to(outside)
    (home / "folder-out").symlink_to(folder)
    (home / "z-link-in.txt").symlink_to(home / "a.txt")
    return home


def test_a_directory_is_taken_in_order_without_what_is_hidden_or_leads_out(tmp_path: Path) -> None:
    home = tree(tmp_path)
    names = [str(path.relative_to(home)) for path in expand([home])]
    assert names == ["a.txt", "b/two.txt", "bad.bin", "known.txt", "z-link-in.txt"]
    assert [path.name for path in expand([home / "b" / ".hidden.txt"])] == [".hidden.txt"]


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_nothing_to_take_is_a_wrong_call(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput):
        expand([tmp_path / name])


def test_what_is_done_to_a_document_is_told_by_its_page() -> None:
    steps = {"queued": "reading", "indexed": "embedding"}
    assert detail_of({"state": "queued", "done": 6, "total": 9}, steps) == "reading page 6 of 9"
    assert detail_of({"state": "queued", "done": 0, "total": 0}, steps) == "reading"
    assert detail_of({"state": "indexed", "done": 1, "total": 4}, steps) == "embedding 25%"


class Server:
    """Refuses what ends in .bin, and knows known.txt."""

    def __init__(self) -> None:
        self.polls: dict[str, int] = {}

    async def upload(self, path: Path) -> dict[str, Any]:
        if path.suffix == ".bin":
            raise Problem({"detail": "it is not a format Lionrock reads"})
        return {"document_id": path.name, "name": path.name, "state": "queued",
                "duplicate": path.name == "known.txt"}  # fmt: skip

    async def get(self, path: str) -> dict[str, Any]:
        name = path.rpartition("/")[2]
        self.polls[name] = self.polls.get(name, 0) + 1
        ready = self.polls[name] > 1
        return {"id": name, "name": name, "state": "ready" if ready else "queued", "error": "",
                "pages": 3, "done": 1, "total": 3, "unread": [2] if name == "a.txt" else []}  # fmt: skip


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    @asynccontextmanager
    async def connect(_settings: Settings):  # type: ignore[no-untyped-def]
        yield Server()

    monkeypatch.setattr(add, "connect", connect)
    return argparse.Namespace(
        paths=[tree(tmp_path)], replaces=None, effective=None, json=False, lines=False,
        no_wait=False,
    )  # fmt: skip


async def test_a_refused_file_stops_no_other_and_the_end_says_what_became_of_all(
    arguments: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await add.run(Settings(), arguments) == 1
    told = capsys.readouterr().err
    assert "✓ a.txt: 3 pages, 1 of them not read" in told
    assert "✓ known.txt: 3 pages (already here)" in told
    ending = told.splitlines()[-2:]
    assert ending == [
        "3 added, 1 known, 1 refused",
        "  bad.bin: it is not a format Lionrock reads",
    ]


async def test_lines_are_one_of_json_for_each_file_and_one_of_counts(
    arguments: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments.lines = True
    assert await add.run(Settings(), arguments) == 1
    *files, counts = map(json.loads, capsys.readouterr().out.splitlines())
    assert [Path(one["path"]).name for one in files] == [
        "a.txt", "two.txt", "bad.bin", "known.txt", "z-link-in.txt",
    ]  # fmt: skip
    assert counts == {"added": 3, "known": 1, "refused": 1}


async def test_without_waiting_nothing_is_asked_after(
    arguments: argparse.Namespace, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments.no_wait, arguments.json = True, True
    assert await add.run(Settings(), arguments) == 1
    told = json.loads(capsys.readouterr().out)
    assert {one["state"] for one in told["documents"]} == {"queued", "failed"}
    assert (told["added"], told["known"], told["refused"]) == (3, 1, 1)
