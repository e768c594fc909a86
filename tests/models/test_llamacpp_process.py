"""The child process: what it inherits, and the words in which its end is told."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import pytest

from lionrock.errors import EngineUnavailable
from lionrock.kernel import processes
from lionrock.models.engines import OpenAIEngine
from lionrock.models.llamacpp_child import Orders
from lionrock.models.llamacpp_process import Child, _environment, _telling

LOG = b"""0.00.005.165 I srv          init: loading model
0.00.364.872 E llama_model_load: error loading model: model is corrupted or incomplete
0.00.364.936 E llama_model_load_from_file_impl: failed to load model
0.00.368.263 E srv          init: exiting due to model loading error
Failed to init server, please check the input params.
"""


def test_the_first_errors_of_the_log_tell_why() -> None:
    assert _telling(LOG) == (
        "llama_model_load: error loading model: model is corrupted or incomplete; "
        "llama_model_load_from_file_impl: failed to load model"
    )


def test_without_errors_in_the_log_its_last_lines_tell_why() -> None:
    assert _telling(b"Traceback\n\nImportError: libgomp.so.1: no such file\n") == (
        "Traceback; ImportError: libgomp.so.1: no such file"
    )
    assert _telling(b"\xff") == "\N{REPLACEMENT CHARACTER}"
    assert _telling(b"") == ""


def test_the_child_inherits_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIONROCK_ENGINE_KEY", "PGPASSWORD", "HF_TOKEN", "http_proxy"):
        monkeypatch.setenv(name, "sesame")
    monkeypatch.setenv("LANG", "C.UTF-8")
    given = _environment()
    assert "sesame" not in given.values()
    assert given["LANG"] == "C.UTF-8"


def test_waiting_threads_sleep_unless_the_operator_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    assert _environment()["OMP_WAIT_POLICY"] == "passive"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    assert _environment()["OMP_WAIT_POLICY"] == "active"


async def test_a_child_whose_parent_is_gone_does_not_start() -> None:
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        path = Path(directory) / "s"
        someone_else = os.getppid()
        orders = Orders(someone_else, "m.gguf", "m", str(path), "key", 512, 1, 1)
        child = await Child.launch(orders)
        client = OpenAIEngine("http://engine", unix_socket=path, context=512)
        with pytest.raises(EngineUnavailable, match="did not start: it ended with status 137"):
            await child.loaded(client, 60)
        await client.close()


PARENT = """
import asyncio, sys
from pathlib import Path
from lionrock.models.llamacpp import LocalEngine

async def main():
    weights, runtime = map(Path, sys.argv[1:])
    engine = LocalEngine(weights, name="small", context=512, threads=1, runtime_dir=runtime)
    await engine.start()
    print(engine.pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.model
async def test_the_child_dies_with_a_parent_that_is_killed(small_model_weights: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="lr-") as directory:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PARENT, str(small_model_weights), directory),
            stdout=asyncio.subprocess.PIPE,
        )
        assert parent.stdout
        child = int(await parent.stdout.readline())
        assert processes.look_at(child)
        parent.kill()
        await parent.wait()
        async with asyncio.timeout(60):
            while processes.look_at(child):  # noqa: ASYNC110 (its end is told to nobody)
                await asyncio.sleep(0.05)
