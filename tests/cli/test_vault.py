from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from lionrock.cli.main import run
from lionrock.kernel.vault.service import Vault


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LIONROCK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def told(capsys: pytest.CaptureFixture[str]) -> dict:  # type: ignore[type-arg]
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_status_makes_no_key_where_there_is_none(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["vault", "status"]) == 1
    assert "vault.key cannot be opened" in capsys.readouterr().err
    assert not (home / "keys").exists()


def test_a_rotation_tells_which_file_to_destroy_and_status_remembers(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = Vault.open(home / "keys")
    for _ in range(2):
        vault.make(uuid4())
    assert run(["vault", "rotate", "--json"]) == 0
    rotated = told(capsys)
    assert (rotated["tenants"], rotated["rewrapped"]) == (2, 2)
    assert rotated["retired"] == str(home / "keys" / "vault.key.old")
    assert run(["vault", "status"]) == 0
    assert f"shred -u {rotated['retired']}" in capsys.readouterr().out
    assert run(["vault", "rotate"]) == 1
    Path(rotated["retired"]).unlink()
    assert run(["vault", "status", "--json"]) == 0
    status = told(capsys)
    assert (status["wrapped_by_another_key"], status["retired"]) == (0, None)
    assert status["key"] == rotated["key"]


def test_no_rotation_while_a_server_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import fcntl

    Vault.open(home / "keys").make(uuid4())
    before = (home / "keys" / "vault.key").read_text()
    with (home / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run(["vault", "rotate"]) == 1
    assert "running already" in capsys.readouterr().err
    assert (home / "keys" / "vault.key").read_text() == before
