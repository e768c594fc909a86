"""`python -P -m lionrock.kernel.confined lionrock.models.native.tool LOCK PARENT PROGRAM ARGUMENTS`:
become a program of the build.

It has no network, as nothing it needs is anywhere but here; it leaves the processor to whoever else
wants it. The lock, an open file of ours, stays held until the last program of the build has ended.
"""

from __future__ import annotations

import os
import signal
import sys

from lionrock.kernel.processes import dies_with_parent

_NICE = 10


def main() -> None:
    lock, parent, *command = sys.argv[1:]
    os.set_inheritable(int(lock), True)
    os.nice(_NICE)
    dies_with_parent(signal.SIGTERM, int(parent))
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
