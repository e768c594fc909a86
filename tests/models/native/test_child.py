"""The process that becomes the engine that was built here."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from lionrock.errors import EngineUnavailable
from lionrock.models.llamacpp import LocalEngine
from lionrock.models.llamacpp_child import Orders
from lionrock.models.native import child
from lionrock.models.native.built import Built, Manifest
from lionrock.models.native.child import _key_file, arguments
from tests.models.native.workshop import CPU

ORDERS = Orders(os.getpid(), "/weights/m.gguf", "m", "/run/s.sock", "sesame", 1024, 3, 5)


def echo(folder: Path) -> Orders:
    """Orders whose program says what it was told."""
    program = Path(shutil.copy("/bin/echo", folder / "llama-server"))
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    return replace(ORDERS, binary=str(program), binary_sha256=digest)


def run(orders: Orders) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "lionrock.models.native.child"],
        input=orders.to_json().decode(), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def value(told: list[str], name: str) -> str:
    return told[told.index(name) + 1]


def test_it_becomes_the_program_that_was_built(tmp_path: Path) -> None:
    done = run(echo(tmp_path))
    assert done.returncode == 0 and "--model /weights/m.gguf" in done.stdout
    assert "sesame" not in done.stdout  # arguments are there to be read by others


def test_a_program_that_was_changed_is_not_run(tmp_path: Path) -> None:
    orders = echo(tmp_path)
    with Path(orders.binary).open("ab") as program:
        program.write(b"\0")
    done = run(orders)
    assert (done.returncode, done.stdout) == (1, "")
    assert "is not what was built here" in done.stderr


def test_a_program_that_is_gone_is_told(tmp_path: Path) -> None:
    done = run(replace(ORDERS, binary=str(tmp_path / "none"), binary_sha256="0" * 64))
    assert done.returncode == 1 and "cannot be run: No such file" in done.stderr


def test_the_engine_that_was_changed_does_not_start_and_says_why(tmp_path: Path) -> None:
    orders = echo(tmp_path)
    manifest = Manifest(
        package="engine", version="1", source_sha256="0" * 64, machine=CPU.machine, cpu=CPU.model,
        features=CPU.features, flags=(), compiler="c++", cmake="3", sha256="1" * 64, size=1,
        built="2026-11-22T00:00:00+00:00", seconds=1,
    )  # fmt: skip
    built = Built(binary=Path(orders.binary), manifest=manifest)
    (tmp_path / "m.gguf").write_bytes(b"GGUF")

    async def start(runtime: Path) -> None:
        await LocalEngine(
            tmp_path / "m.gguf", name="m", context=512, runtime_dir=runtime, built=built
        ).start()

    with (
        tempfile.TemporaryDirectory(prefix="lr-") as runtime,
        pytest.raises(EngineUnavailable, match=r"did not start: .*is not what was built here"),
    ):
        asyncio.run(start(Path(runtime)))


def test_a_configuration_for_every_llama_cpp_of_the_machine_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.ini").write_text("api-key = another\n")
    monkeypatch.setattr(child, "_OF_ALL", tmp_path / "config.ini")
    monkeypatch.setattr(child, "dies_with_parent", lambda **_: None)
    monkeypatch.setattr(os, "umask", lambda _: 0)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    orders = io.TextIOWrapper(io.BytesIO(echo(tmp_path).to_json()))
    monkeypatch.setattr(sys, "stdin", orders)
    assert child.main() == 1
    assert "LIONROCK_ENGINE_BUILT=false" in capsys.readouterr().err


def test_the_users_own_configuration_is_not_read() -> None:
    assert not (Path(child.environment()["XDG_CONFIG_HOME"]) / "llama.cpp").exists()


def test_the_key_is_read_once_and_lies_nowhere() -> None:
    file = _key_file("sesame")
    with Path(file).open() as reading:
        assert reading.read() == "sesame"
    assert Path(file).read_text() == ""
    os.close(int(file.rpartition("/")[2]))


def test_each_request_has_the_context_that_was_ordered() -> None:
    told = arguments(ORDERS, "/proc/self/fd/9")
    assert int(value(told, "--ctx-size")) // int(value(told, "--parallel")) == 1024
    assert value(told, "--fit") == "off"


def test_it_listens_on_the_socket_alone_and_to_the_key_alone() -> None:
    told = arguments(ORDERS, "/proc/self/fd/9")
    assert value(told, "--host") == "/run/s.sock"
    assert value(told, "--api-key-file") == "/proc/self/fd/9"
    assert "--port" not in told and "sesame" not in told


def test_nothing_of_one_request_is_kept_for_another_or_shown_to_it() -> None:
    told = arguments(ORDERS, "/proc/self/fd/9")
    assert {"--no-cache-prompt", "--no-cache-idle-slots", "--no-slots", "--no-ui"} <= set(told)
    assert [value(told, f"--{n}") for n in ("cache-ram", "ctx-checkpoints", "cache-reuse")] == [
        "0"
    ] * 3
    assert not {"--metrics", "--props", "--slot-save-path", "--log-prompts-dir"} & set(told)


@pytest.mark.parametrize("repack", [True, False])
def test_weights_are_rearranged_when_that_was_ordered(repack: bool) -> None:
    told = arguments(replace(ORDERS, repack=repack), "/proc/self/fd/9")
    assert ("--no-repack" in told) is not repack
