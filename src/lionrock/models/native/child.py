"""The process of an engine that was built here: `python -m lionrock.models.native.child`, orders on
standard input as for `llamacpp_child`. It checks the program and becomes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import sys
from pathlib import Path

from lionrock.kernel.processes import dies_with_parent
from lionrock.models.llamacpp_child import (
    BATCH_TOKENS,
    HTTP_THREADS,
    PING_SECONDS,
    WARNINGS,
    Orders,
)

_CHUNK = 1 << 20
_OF_ALL = Path("/etc/llama.cpp/config.ini")
"""llama-server reads it before its arguments, and a file like it in the user's configuration. They can
give it another key, have it log prompts or start tools."""


def arguments(orders: Orders, key_file: str) -> list[str]:
    """`llamacpp_child.parameters` in the words of the command line."""
    return [
        "llama-server",
        *("--model", orders.weights, "--alias", orders.name),
        *("--ctx-size", str(orders.context * orders.parallel), "--parallel", str(orders.parallel)),
        *("--batch-size", str(BATCH_TOKENS), "--ubatch-size", str(BATCH_TOKENS)),
        *("--threads", str(orders.threads), "--threads-batch", str(orders.threads)),
        *("--fit", "off", "--no-kv-unified"),
        *([] if orders.repack else ["--no-repack"]),
        *("--host", orders.socket, "--api-key-file", key_file),
        *("--threads-http", str(HTTP_THREADS), "--sse-ping-interval", str(PING_SECONDS)),
        *("--no-ui", "--no-slots", "--offline"),
        *("--no-cache-prompt", "--no-cache-idle-slots", "--cache-ram", "0"),
        *("--ctx-checkpoints", "0", "--cache-reuse", "0"),
        *("--log-verbosity", str(WARNINGS), "--log-colors", "off"),
        *("--log-prefix", "--log-timestamps"),
    ]


def main() -> int:
    os.umask(0o077)
    # A core file would hold prompts.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders = Orders(**json.loads(sys.stdin.buffer.read()))
    dies_with_parent(parent=orders.parent)
    if os.path.lexists(_OF_ALL):
        print(
            f"{_OF_ALL} would change what the engine built here does; remove it, or set "
            "LIONROCK_ENGINE_BUILT=false for the wheel's",
            file=sys.stderr,
        )
        return 1
    try:
        # The file that is hashed is the one that is run, whatever is put in its place meanwhile.
        program = os.open(orders.binary, os.O_RDONLY)
        if _sha256(program) != orders.binary_sha256:
            print(
                f"{orders.binary} is not what was built here (SHA-256); run `lionrock models "
                "build-engine --again`",
                file=sys.stderr,
            )
            return 1
        os.execve(program, arguments(orders, _key_file(orders.key)), environment())
    except OSError as error:
        print(f"{orders.binary} cannot be run: {error.strerror}", file=sys.stderr)
        return 1


def environment() -> dict[str, str]:
    """Ours, with the user's configuration where none can be."""
    return {**os.environ, "XDG_CONFIG_HOME": os.devnull}


def _sha256(program: int) -> str:
    digest = hashlib.sha256()
    while chunk := os.read(program, _CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _key_file(key: str) -> str:
    """A file that nobody else can open and that is gone when it was read: a pipe's end."""
    reading, writing = os.pipe()
    os.write(writing, key.encode())
    os.close(writing)
    os.set_inheritable(reading, True)
    return f"/proc/self/fd/{reading}"


if __name__ == "__main__":
    sys.exit(main())
