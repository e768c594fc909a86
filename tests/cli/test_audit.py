"""`lionrock audit` as an auditor, a witness and an outsider meet it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lionrock.cli.client import running
from lionrock.cli.main import run

SERVER = "from lionrock.cli.main import main; main()"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a server that runs while these tests do, with a document in it."""
    home = tmp_path_factory.mktemp("audit") / "home"
    environment = os.environ | {
        "LIONROCK_HOME": str(home),
        "LIONROCK_CACHE": str(home.parent / "cache"),
        "LIONROCK_MODEL": "none",
        "LIONROCK_PORT": "0",
        "LIONROCK_AUDIT_SECONDS": "0.2",
    }
    server = subprocess.Popen([sys.executable, "-c", SERVER, "up", "--json"], env=environment)
    deadline = time.monotonic() + 120
    while running(home) is None:
        assert server.poll() is None and time.monotonic() < deadline, "the server did not start"
        time.sleep(0.1)
    yield home
    server.send_signal(signal.SIGTERM)
    server.wait(60)


@pytest.fixture(autouse=True)
def settings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith("LIONROCK_")]:
        monkeypatch.delenv(name)
    if "home" in request.fixturenames:
        monkeypatch.setenv("LIONROCK_HOME", str(request.getfixturevalue("home")))


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    """What a command says as JSON."""
    capsys.readouterr()
    done = run(["audit", *arguments, "--json"])
    out = capsys.readouterr()
    assert done == code, out.err
    return json.loads(out.out)


def test_an_export_is_made_verified_and_refused_when_changed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (key,) = told(capsys, "key")["keys"]
    export = tmp_path / "export.tar"
    assert told(capsys, "export", "--out", str(export))["bytes"] == export.stat().st_size
    report = told(capsys, "verify", str(export), "--key", key)
    assert report["trusted"] and report["opened"] == report["size"] > 0
    assert told(capsys, "verify", str(export))["trusted"] is False
    changed = bytearray(export.read_bytes())
    changed[len(changed) // 2] ^= 1
    export.write_bytes(changed)
    assert "error" in told(capsys, "verify", str(export), "--key", key, code=1)


def test_the_running_log_is_verified_without_naming_an_export(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, "verify")["size"] > 0
    state = told(capsys, "state")
    assert (state["status"], state["reason"]) == ("sequencing", "")
    checkpoint = told(capsys, "checkpoint")["checkpoint"]
    assert checkpoint.startswith(f"{state['origin']}\n")


def test_one_event_is_proven_to_someone_with_only_the_key(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (key,) = told(capsys, "key")["keys"]
    # The event's id is in the export's entries.
    export, unpacked = tmp_path / "export.tar", tmp_path / "unpacked"
    told(capsys, "export", "--out", str(export))
    with tarfile.open(export) as tar:
        tar.extractall(unpacked)
    text = b"".join(p.read_bytes() for p in (unpacked / "tile/entries").rglob("*") if p.is_file())
    event = text.partition(b'"id":"')[2][:36].decode()
    proof = tmp_path / "x.tlog-proof"
    told(capsys, "prove", event, "--out", str(proof))
    shown = told(capsys, "verify", str(proof), "--key", key)
    assert (shown["id"], shown["position"]) == (event, 0)
    assert told(capsys, "verify", str(unpacked), "--key", key)["trusted"]
    told(capsys, "verify", str(proof), code=2)


def test_a_witness_cosigns_and_refuses_what_is_older(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (key,) = told(capsys, "key")["keys"]
    mine, last = tmp_path / "witness.key", tmp_path / "last"
    vkey = told(capsys, "witness", "new", "--name", "hkma.example", "--out", str(mine))["vkey"]
    old, new = tmp_path / "old.tar", tmp_path / "new.tar"
    for export in (old, new):
        told(capsys, "export", "--out", str(export))
    signing = (
        "--key",
        key,
        "--name",
        "hkma.example",
        "--witness-key",
        str(mine),
        "--last",
        str(last),
    )
    cosigned = told(capsys, "cosign", str(new), *signing)
    assert "error" in told(capsys, "cosign", str(old), *signing, code=1)
    told(capsys, "witness", "import", str(last), code=1)
    told(capsys, "witness", "add", vkey)
    assert told(capsys, "witness", "import", str(last))["size"] == cosigned["size"]
    (known,) = told(capsys, "witness", "list")["witnesses"]
    assert (known["name"], known["size"]) == ("hkma.example", cosigned["size"])
    told(capsys, "export", "--out", str(new))
    report = told(
        capsys, "verify", str(new), "--key", key, "--witness", vkey, "--previous", str(last)
    )
    assert report["cosigned"][0]["witness"] == "hkma.example"
    assert report["previous"] == cosigned["size"]
    told(capsys, "witness", "add", code=2)


def test_a_subjects_history_is_kept_as_a_table_with_proofs(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = "00000000-0000-4000-8000-000000000001"
    table = tmp_path / "history" / "subject.csv"
    assert told(capsys, "subject", subject, "--csv", str(table))["proofs"] == 1
    with table.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["event"], row["subject"]) == ("audit:subject:export", subject)
    (key,) = told(capsys, "key")["keys"]
    proof = table.parent / row["proof"]
    assert told(capsys, "verify", str(proof), "--key", key)["id"] == row["event id"]


def test_the_key_is_rotated_by_who_may_write_the_key_folder(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(capsys, "key")["keys"]
    told(capsys, "key", "--rotate", "--overlap-days", "30")
    deadline = time.monotonic() + 30
    while len(keys := told(capsys, "key")["keys"]) == len(before):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert keys[1:] == before
    told(capsys, "key", "--rotate", "--overlap-days", "0", code=2)


_OFFLINE = """
import sys
def refuse(event, arguments):
    if event.startswith("socket.") or event in ("subprocess.Popen", "os.exec", "os.fork"):
        print("tried", event, file=sys.stderr)
        import os
        os._exit(70)
sys.addaudithook(refuse)
import argparse
from lionrock.cli.audit import _verified
from lionrock.cli.audit_trust import trust_of
from pathlib import Path
found = _verified(Path(sys.argv[1]), trust_of(argparse.Namespace(key=[sys.argv[2]])))
print(found.size)
"""


def test_an_export_verifies_with_no_network_no_server_and_no_database(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = told(capsys, "key")["keys"][0]
    export = tmp_path / "export.tar"
    told(capsys, "export", "--out", str(export))
    command = [sys.executable, "-c", _OFFLINE, str(export), key]
    environment = {
        "PATH": "/nowhere",
        "HOME": str(tmp_path),
        "LIONROCK_HOME": str(tmp_path / "none"),
    }
    environment |= {k: v for k, v in os.environ.items() if k == "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 0
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_export_is_refused_with_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.tar"
    wrong.write_bytes(b"nothing of the kind")
    assert "unpack it" in told(capsys, "verify", str(wrong), code=1)["error"]
    assert "cannot be read" in told(capsys, "verify", str(tmp_path / "none.tar"), code=2)["error"]
    told(capsys, "verify", str(wrong), "--key", "not a key", code=1)
