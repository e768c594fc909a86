"""What is measured side by side: started together, each on its port, stopped together."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.canned import MODEL
from gateway.client import Client
from gateway.processes import cores, started, stop

LITELLM = "LIONROCK_LITELLM_PYTHON"
_NO_PEER = f"""LiteLLM was not measured: {LITELLM} names no interpreter that has litellm[proxy]."""
_KEY = "sk-bench"
_START_SECONDS = 180.0
_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_MODE": "PRODUCTION",
    "LITELLM_LOG": "ERROR",
}


@dataclass
class Target:
    """`costly`: it is given fewer requests, so that a round lasts as long for it as for others."""

    name: str
    client: Client
    process: subprocess.Popen[str]
    costly: bool = False


@contextmanager
def targets() -> Iterator[list[Target]]:
    """Direct first. Everything but client and engine is on the second core, where there are two."""
    both = cores()
    near, far = both if both else (None, None)
    with TemporaryDirectory(dir="/tmp", prefix="gateway-bench-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)  # root's PostgreSQL runs as another user
        processes: list[subprocess.Popen[str]] = []
        stack.callback(stop, processes)

        def start(core: int | None, *words: str) -> str:
            process = started([sys.executable, "-m", *words], core)
            processes.append(process)
            assert process.stdout
            line = process.stdout.readline()
            if not line:
                raise SystemExit(f"{words[0]} did not start.")
            return line

        engine = start(near, "gateway.canned").strip()
        found = [Target("direct", Client(f"http://127.0.0.1:{engine}", "-"), processes[-1])]
        port = start(far, "gateway.relay", engine).strip()
        found.append(Target("bare relay", Client(f"http://127.0.0.1:{port}", "-"), processes[-1]))
        for tier in ("1", "2"):
            told = json.loads(start(far, "gateway.product", tier, f"{folder}/t{tier}", engine))
            client = Client(told["url"], told["key"])
            found.append(Target(f"Lionrock tier {tier}", client, processes[-1]))
        python = os.environ.get(LITELLM)
        if python:
            found.append(_peer(Path(python), far, Path(folder), int(engine), processes))
        else:
            print(_NO_PEER)
        if near is not None:
            os.sched_setaffinity(0, {near})
        yield found


def _peer(
    python: Path,
    core: int | None,
    folder: Path,
    engine: int,
    processes: list[subprocess.Popen[str]],
) -> Target:
    """LiteLLM without a database: its key, its router, one worker."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at = f"http://127.0.0.1:{engine}/v1"
    price = {"input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
    params = {"model": f"openai/{MODEL}", "api_base": at, "api_key": "-", **price}
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": params}],
        "general_settings": {"master_key": _KEY},
        "litellm_settings": {"num_retries": 0, "telemetry": False},
    }
    file, log = folder / "litellm.yaml", folder / "litellm.log"
    file.write_text(json.dumps(config))  # JSON is YAML
    words = [str(python.with_name("litellm")), "--config", str(file), "--host", "127.0.0.1"]
    process = started([*words, "--port", str(port), "--num_workers", "1"], core, _QUIET, log)
    processes.append(process)
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.5)
    else:
        raise SystemExit(f"LiteLLM did not start:\n{log.read_text()[-2000:]}")
    client = Client(f"http://127.0.0.1:{port}", _KEY)
    return Target("LiteLLM tier 1", client, process, costly=True)


async def settle() -> None:
    """What starts late (tables read, health checks) is over by then."""
    await asyncio.sleep(6)
