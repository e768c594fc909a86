"""`python -P -m lionrock.screening.scale.driver`: the process between a house and a Ray cluster.

Ray takes whatever a cluster answers as code (pickle), so what talks to one is not the house: it has no
key, no password and no way to the house's files but the indexes. It reads requests from standard input
and answers on standard output, a JSON value a line.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

from lionrock.errors import LionrockError, Unavailable
from lionrock.kernel.landlock import keep_to
from lionrock.screening.registry.screens import ranges
from lionrock.screening.scale.ranges import digest_of, likely, packed

_SYSTEM: Final = "/usr /lib /lib64 /bin /etc /proc /sys /dev/urandom".split()
_REQUESTS: Final = 16
_INDEXES: Final = 4


def task(version: str, digest: str, threshold: float, queries: Any, held: list[Any]) -> Any:
    """On the cluster. `held`: the archive's reference, in a list so that it is fetched if asked for."""
    import ray

    return likely(version, digest, threshold, queries, lambda: ray.get(held[0]))


class Driver:
    def __init__(self, ray: Any, say: BinaryIO) -> None:
        self._ray, self._out = ray, say
        self._saying, self._sending = Lock(), Lock()
        self._task = ray.remote(num_cpus=1)(task)
        self._sent: dict[tuple[str, int], tuple[str, Any]] = {}

    def say(self, value: Mapping[str, Any]) -> None:
        with self._saying:
            self._out.write(json.dumps(value).encode() + b"\n")
            self._out.flush()

    def serve(self, lines: Iterable[bytes]) -> None:
        with ThreadPoolExecutor(_REQUESTS) as pool:
            for line in lines:
                pool.submit(self._answer, json.loads(line))

    def _answer(self, asked: Mapping[str, Any]) -> None:
        try:
            digest, held = self._index(asked["folder"])
            given = (asked["version"], digest, asked["threshold"])
            parts = [self._task.remote(*given, part, [held]) for part in ranges(asked["queries"])]
            found = [ids for part in self._ray.get(parts) for ids in part]
            self.say({"id": asked["id"], "likely": found})
        except Exception as error:
            cause = getattr(error, "cause", error)
            # Of another's error the name alone: its text could hold a customer's.
            why = cause.detail if isinstance(cause, LionrockError) else type(cause).__name__
            self.say({"id": asked["id"], "error": why})

    def _index(self, folder: str) -> tuple[str, Any]:
        """Sent once; the cluster lets go of one when four others have been sent after it."""
        here = Path(folder)
        with self._sending:
            one = (folder, here.stat().st_ino)  # built anew it may have less in it: erasure
            if one not in self._sent:
                if len(self._sent) == _INDEXES:
                    del self._sent[next(iter(self._sent))]
                self._sent[one] = digest_of(here), self._ray.put(packed(here))
            return self._sent[one]


def shut_in(home: Path) -> None:
    """Keep this process to code, certificates and the indexes. `Unavailable` if it sees more of `home`."""
    named = [v for k, v in os.environ.items() if k.startswith("RAY_") and v.startswith("/")]
    code = [*sys.path, sys.prefix, sys.base_prefix]
    readable = [*map(Path, [*_SYSTEM, *code, *named]), home / "indexes" / "screening"]
    keep_to(readable, [Path("/dev/null"), Path(tempfile.gettempdir())])
    with suppress(PermissionError):
        os.listdir(home)
        raise Unavailable(f"{home} lies where the code is: keep it elsewhere to use Ray.")


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    begin = json.loads(sys.stdin.buffer.readline())
    shut_in(Path(begin["home"]))
    import ray

    ray.init(f"ray://{begin['address']}", logging_level="error", log_to_driver=False)
    driver = Driver(ray, out)
    driver.say({"width": int(ray.cluster_resources().get("CPU", 1))})
    driver.serve(sys.stdin.buffer)


if __name__ == "__main__":
    from lionrock.screening.scale import driver

    driver.main()  # by its name: what is sent to the cluster is found there under it
