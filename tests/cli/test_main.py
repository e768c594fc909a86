"""The command line as its user meets it: output, exit codes, errors that teach."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lionrock.cli.main import parser, run


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIONROCK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "home"


def test_an_unknown_command_exits_with_two() -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["dance"])
    assert stopped.value.code == 2


def test_every_command_takes_json() -> None:
    commands = next(a for a in parser()._actions if a.dest == "command").choices or {}
    for name, command in commands.items():
        nested = [a for a in command._actions if a.dest == "action"]
        if nested:
            assert all("--json" in c.format_help() for c in nested[0].choices.values()), name
        else:
            assert "--json" in command.format_help(), name


def test_the_ask_command_is_made_from_its_declaration() -> None:
    arguments = parser().parse_args(["ask", "How long?", "--quotes-only"])
    assert (arguments.question, arguments.quotes_only) == ("How long?", True)


def test_models_list_prints_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert {"absent"} == {m["state"] for m in models}
    assert any(m["name"] == "qwen2.5-coder-1.5b-instruct-q4_k_m" for m in models)


def test_an_unknown_model_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "pull", "qwen2.5-coder-1.5b"]) == 1
    assert "qwen2.5-coder-1.5b-instruct-q4_k_m" in capsys.readouterr().err


def test_a_wrong_setting_is_named_and_exits_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_PORT", "99999")
    assert run(["doctor"]) == 2
    assert "LIONROCK_PORT" in capsys.readouterr().err


def test_adding_a_file_that_is_not_there_exits_with_two(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["add", "/nowhere/x.pdf", "--json"]) == 2
    out = capsys.readouterr()
    assert "/nowhere/x.pdf" in json.loads(out.out)["error"]


def test_a_file_that_a_command_cannot_read_is_named_and_exits_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_MODEL", "none")
    assert run(["sentiment", "--file", "/nowhere/x.csv", "--column", "text", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["error"]
    assert told.startswith("/nowhere/x.csv cannot be used: No such file or directory.")


def test_the_doctor_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 1
    assert "lionrock models pull" in capsys.readouterr().out


def test_a_link_without_a_server_says_how_to_start_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["link"]) == 1
    assert "lionrock up" in capsys.readouterr().err


def test_a_document_is_added_searched_and_asked_about_without_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_MODEL", "none")
    policy = tmp_path / "policy.md"
    policy.write_text("# Records\n\nThe bank keeps complaint records for six years.\n")
    assert run(["add", str(policy), "--json"]) == 0
    added = json.loads(capsys.readouterr().out)["documents"]
    assert [d["state"] for d in added] == ["ready"]
    assert run(["search", "complaint records", "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert "six years" in hits[0]["passage"]["text"]
    assert run(["ask", "What is the capital of France?", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["refused"] is True
    assert not (tmp_path / "home" / "server.json").exists()


def test_one_bad_file_of_a_batch_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_MODEL", "none")
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "a.pdf").write_bytes(b"%PDF-1.7 cut")
    (tmp_path / "batch" / "b.txt").write_text("Some text worth reading.")
    (tmp_path / "batch" / "c.txt").write_text("")
    assert run(["add", str(tmp_path / "batch"), "--json"]) == 1
    states = {d["name"]: d["state"] for d in json.loads(capsys.readouterr().out)["documents"]}
    assert states == {"a.pdf": "failed", "b.txt": "ready", "c.txt": "failed"}
