"""`lionrock models build-engine`, with programs that only look like cmake and a compiler."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lionrock.cli.main import run
from lionrock.models.native import source
from tests.models.native.workshop import programs, put


@pytest.fixture(autouse=True)
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source, which is not on any index, and a machine that can build it."""
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIONROCK_CACHE", str(tmp_path / "cache"))
    bench = programs(tmp_path / "bench")
    monkeypatch.setenv("PATH", f"{bench}{os.pathsep}{os.environ['PATH']}")
    made, path = put(tmp_path / "archives")
    monkeypatch.setattr(source, "LLAMA_CPP", made)
    return path


def test_it_builds_once_and_says_what_is_there(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["models", "build-engine", "--source", str(archive), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert Path(told["engine"]["binary"]).is_file()
    assert run(["models", "build-engine"]) == 0
    said = capsys.readouterr().out
    assert "llama.cpp of engine 1" in said and told["engine"]["manifest"]["cpu"] in said


def test_the_mirror_gives_the_source_without_a_network(
    archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIONROCK_MIRROR", str(archive.parent))
    assert run(["models", "build-engine", "--jobs", "1"]) == 0
    assert "next start" in capsys.readouterr().out


def test_another_file_is_refused_before_anything_is_built(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive.write_bytes(b"another")
    assert run(["models", "build-engine", "--source", str(archive)]) == 2
    assert "its SHA-256 is" in capsys.readouterr().err
    assert not (tmp_path / "home" / "engines").exists()


def test_a_machine_without_a_compiler_is_told_what_to_install(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert run(["models", "build-engine", "--source", str(archive)]) == 1
    assert "apt-get install cmake g++ gcc make" in capsys.readouterr().err
