"""The local engine's process: `python -m lionrock.models.llamacpp_child`, orders on standard input.

The orders are one JSON object (`Orders`), ended by the end of input: the key in them is never in
an argument or in the environment, which other users of the machine can read or a crash can print.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from typing import Any

from lionrock.kernel.processes import dies_with_parent

WARNINGS = 2
HTTP_THREADS = 32
PING_SECONDS = 10
BATCH_TOKENS = 32
"""A call that is given up stops after the batch at hand: 2 s on one busy core with a 1.5B model,
30 s with the default 512, for a tenth of the reading speed at most."""


@dataclass(frozen=True, slots=True)
class Orders:
    """`context` is tokens per request; `parallel` requests are worked on at once. `binary`: the program
    of an engine that was built here, with its SHA-256; empty for the wheel's."""

    parent: int
    weights: str
    name: str
    socket: str
    key: str
    context: int
    parallel: int
    threads: int
    binary: str = ""
    binary_sha256: str = ""
    repack: bool = False
    """Keep a second, rearranged copy of the weights; for `binary` alone."""

    def to_json(self) -> bytes:
        return json.dumps(asdict(self)).encode()


def parameters(orders: Orders) -> Any:
    """llama.cpp's settings: nobody but the holder of the key asks, nothing outlasts a request."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = orders.weights
    params.model_alias = {orders.name}
    params.n_ctx = orders.context * orders.parallel
    params.n_parallel = orders.parallel
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = orders.threads
    # Take what was ordered or fail: never a smaller context than the caller counts on.
    params.fit_params = False
    # Repacked copies of the weights cost 600 MB for a 1.5B model; with AVX2 they win no time.
    params.no_extra_bufts = platform.machine() == "x86_64"

    params.hostnames = [orders.socket]
    params.api_keys = [orders.key]
    params.n_threads_http = HTTP_THREADS
    params.sse_ping_interval = PING_SECONDS
    params.ui = False
    params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.offline = True

    # One caller's text must not be found, timed or restored by another.
    params.cache_prompt = params.cache_idle_slots = False
    params.cache_ram_mib = 0
    params.n_ctx_checkpoints = 0
    params.n_cache_reuse = 0
    params.verbosity = WARNINGS
    return params


def main() -> int:
    os.umask(0o077)
    # A core file would hold prompts.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = Orders(**json.loads(sys.stdin.buffer.read()))
    dies_with_parent(parent=orders.parent)
    try:
        import xllamacpp

        server = xllamacpp.Server(parameters(orders))
    except (ImportError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    # llama.cpp answers in threads of its own; its handlers, if it set any, wait for them.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while server.listening_address:
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
