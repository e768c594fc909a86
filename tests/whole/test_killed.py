"""kill -9 of the whole server while documents go in: nothing lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from lionrock.cli.client import running
from lionrock.cli.main import run

SENTENCE = "Rule {d}.{n} of document {d} sets the limit of item {n} at {x} dollars a year. "
DOCUMENTS = 4


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Path:
    # Short and open to root's database user; sockets and servers do not like deep private paths.
    folder = Path(mkdtemp(prefix="lionrock-kill-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("LIONROCK_HOME", str(folder / "home"))
    monkeypatch.setenv("LIONROCK_MODEL", "none")
    monkeypatch.setenv("LIONROCK_PORT", "0")
    return folder / "home"


@contextmanager
def server(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from lionrock.cli.main import main; main()", "up", "--json"],
        stdout=subprocess.DEVNULL, env=os.environ.copy(),
    )  # fmt: skip
    try:
        until(lambda: running(home) is not None or process.poll() is not None)
        assert process.poll() is None, "the server did not start"
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def until(happens, seconds: float = 90) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def texts(folder: Path) -> list[Path]:
    paths = []
    for d in range(DOCUMENTS):
        path = folder / f"rules-{d}.txt"
        lines = (SENTENCE.format(d=d, n=n, x=100 * n + d) for n in range(40))
        path.write_text("\n\n".join(lines))
        paths.append(path)
    return paths


@pytest.mark.parametrize("wait", [0.0, 1.5])
def test_a_server_killed_while_documents_go_in_finishes_them_at_the_next_start(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], wait: float
) -> None:
    files = texts(tmp_path)
    with server(home) as process:
        adding = subprocess.Popen(
            [sys.executable, "-c", "from lionrock.cli.main import main; main()", "add"]
            + [str(f) for f in files],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: any((home / "files").rglob("??/*")))
        time.sleep(wait)
        process.kill()
        process.wait()
        adding.wait(60)
    assert running(home) is None

    with server(home):
        assert run(["add", "--json", *map(str, files)]) == 0
        documents = json.loads(capsys.readouterr().out)["documents"]
        assert [d["state"] for d in documents] == ["ready"] * DOCUMENTS
        assert run(["search", "--json", "--limit", "50", "limit of item 7"]) == 0
        hits = json.loads(capsys.readouterr().out)["hits"]
    assert len({d["version_id"] for d in documents}) == DOCUMENTS
    # Each sentence says its document and number: a doubled passage would show it twice.
    passages = [h["passage"]["text"] for h in hits]
    assert len(passages) == len(set(passages))
    assert {d for d in range(DOCUMENTS) if any(f"Rule {d}.7 " in p for p in passages)} == set(
        range(DOCUMENTS)
    )
