"""Screening from the command line, in a fresh home: import, screen, propose; deciding needs a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lionrock.cli import alerts
from lionrock.cli.main import run
from lionrock.cli.screen_output import padded, score

LIST = "id,type,name,chinese_name,date of birth\nL1,person,Jin Tiesan,金铁三,1971-03-11\n"
NAMES = "reference,name\nC-1,Kam Tit Sam\nC-2,Wong Siu Ling\n"
Told = Callable[..., Any]


@pytest.fixture
def told(home: Path, call: Told) -> Told:
    """In a home of its own."""
    return call


def test_from_a_fresh_home_to_a_proposal(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, names = tmp_path / "watch.csv", tmp_path / "names.csv"
    source.write_text(LIST, "utf-8")
    names.write_text(NAMES, "utf-8")
    assert "import one first" in told("screen", "Kam Tit Sam", code=1)["error"]
    made = told("lists", "import", str(source))
    assert (made["list"]["name"], made["list"]["created"]) == ("watch", True)
    assert made["version"]["added"] == 1
    assert told("lists", "import", str(source))["repeated"]

    assert run(["screen", "Kam Tit Sam", "Wong Siu Ling", "--birth", "1971-03-11"]) == 0
    shown = capsys.readouterr().out
    assert "Kam Tit Sam ↔ 金铁三 (listed as Jin Tiesan)  [watch L1]" in shown
    assert "read tit in Hong Kong romanisation" in shown
    assert "Wong Siu Ling: no hit (watch)" in shown

    results = tmp_path / "results.jsonl"
    done = told("screen", "--file", str(names), "--out", str(results))
    assert (done["state"], done["hits"]) == ("done", 1)
    assert [bool(json.loads(x)["hits"]) for x in results.read_text().splitlines()] == [True, False]

    (alert,) = told("alerts", "list")["alerts"]
    assert alert["name"] is None
    told("alerts", "take", alert["id"])
    proposed = told("alerts", "propose", alert["id"], "--reason", "different-birth")
    assert proposed["disposition"] == "false-positive"
    seen = ("--content", proposed["content_hash"])
    refused = told("alerts", "approve", alert["id"], *seen, code=1)
    assert "needs-a-person" in refused["error"] or "person" in refused["error"]


def test_nothing_is_approved_that_was_not_named(told: Told) -> None:
    with pytest.raises(SystemExit):
        told("alerts", "approve", str(uuid4()))


def test_a_preview_makes_no_list(told: Told, tmp_path: Path) -> None:
    source = tmp_path / "watch.csv"
    source.write_text(LIST, "utf-8")
    shown = told("lists", "import", str(source), "--preview")
    assert shown["first"] == ["Jin Tiesan"] and shown["mapping"]["chinese_name"] == "chinese_name"
    mapping = json.dumps({"id": "id", "chinese_name": "name"})
    shown = told("lists", "import", str(source), "--preview", "--mapping", mapping)
    assert shown["first"] == ["金铁三"]
    assert told("lists", "list")["lists"] == []


class Calls:
    """A server that answers from a table, and remembers what was asked of it."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, []

    async def get(self, path: str, **_: Any) -> Any:
        self.asked.append(f"GET {path}")
        return self.answers[path.rpartition("/")[2].replace("-", "_")]

    async def post(self, path: str, body: Any) -> Any:
        self.asked.append(f"POST {path}")
        return {"id": "new"}


async def test_an_alert_is_given_to_an_id_without_the_register_of_members() -> None:
    calls, member = (
        Calls(members={"members": [{"id": "1", "email": "a@b", "state": "active"}]}),
        uuid4(),
    )
    assert await alerts._member(calls, str(member)) == str(member)  # type: ignore[arg-type]
    assert calls.asked == []
    assert await alerts._member(calls, "a@b") == "1"  # type: ignore[arg-type]


async def test_a_report_that_was_concluded_is_not_taken_for_a_draft() -> None:
    there = {"reports": ["old"]}
    over = Calls(reports=there, old={"outcome": "reported"})
    assert await alerts._draft(over, "x/reports") == "new"  # type: ignore[arg-type]
    going_on = Calls(reports=there, old={"outcome": None})
    assert await alerts._draft(going_on, "x/reports") == "old"  # type: ignore[arg-type]
    assert await alerts._draft(Calls(reports={"reports": []}), "x/reports") == "new"  # type: ignore[arg-type]


def test_the_names_in_a_document_are_screened_and_shown_with_their_places(
    told: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, letter = tmp_path / "watch.csv", tmp_path / "letter.md"
    source.write_text(LIST, "utf-8")
    letter.write_text("# Loan\n\nIt was repaid by Mr Kam Tit Sam.\n\nMrs Olga Petrova signed.\n")
    told("lists", "import", str(source))
    (added,) = told("add", str(letter))["documents"]
    id = added["id"]
    found = told("screen", "--document", id)
    assert (found["found"], [n["names"] for n in found["names"]]) == (
        1,
        [["Kam Tit Sam"], ["Olga Petrova"]],
    )
    assert run(["screen", "--document", id]) == 0
    shown = capsys.readouterr().out
    assert "It was repaid by Mr [Kam Tit Sam]. Mrs" in shown
    assert "Kam Tit Sam ↔ 金铁三 (listed as Jin Tiesan)  [watch L1]" in shown
    assert "letter.md: 2 names on 1 pages, 1 with a hit (watch)" in shown
    assert "no such document" in told("screen", "--document", str(uuid4()), code=1)["error"]
    assert len(told("alerts", "list")["alerts"]) == 1


def test_customers_are_screened_when_they_come(told: Told, tmp_path: Path) -> None:
    source, names = tmp_path / "watch.csv", tmp_path / "names.csv"
    source.write_text(LIST, "utf-8")
    names.write_text(NAMES, "utf-8")
    told("lists", "import", str(source), "--list", "Ours")
    assert told("customers", "import", str(names))["added"] == 2
    assert not any(c["pending"] for c in told("customers", "list")["customers"])
    assert len(told("alerts", "list")["alerts"]) == 1
    told("customers", "end", "C-1")
    assert not told("customers", "show", "C-1")["active"]
    assert "nobody" not in told("customers", "show", "nobody", code=1)["error"]


@pytest.mark.parametrize(
    "words",
    [
        ("screen",),
        ("screen", "X", "--payment", "y"),
        ("screen", "X", "--id", "passport"),
        ("screen", "--file", "/nowhere.csv", "--out", "x.csv"),
        ("lists", "import", "/nowhere.xml"),
    ],
)
def test_a_wrong_call_exits_with_two(told: Told, words: tuple[str, ...]) -> None:
    assert told(*words, code=2)["error"]


def test_a_score_is_never_shown_as_one() -> None:
    assert [score(s) for s in (0.5, 0.98765, 0.99996)] == ["0.500", "0.988", "0.999"]


def test_columns_count_chinese_characters_twice() -> None:
    assert [padded(t, 6) for t in ("ab", "陳大文", "陳")] == ["ab    ", "陳大文", "陳    "]
