"""A server that dies: one round of the sequencer in a process that kills itself at a marked point.

`python -m tests.kernel.audit.killed URL HOME POINT`; with POINT `none` it lives.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from lionrock.kernel.audit.keys import KeyRing
from lionrock.kernel.audit.sequencer import Sequencer
from lionrock.kernel.database import Database


class Killed:
    def __init__(self, point: str) -> None:
        self._point = point

    def reached(self, point: str) -> None:
        if point == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, home: Path, point: str) -> None:
    made = Sequencer(
        await Database.open(url), home / "audit", KeyRing(home / "keys"),
        origin="log.example", faults=Killed(point),
    )  # fmt: skip
    await made.start()
    await made.round()
    print(made.state.status, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
