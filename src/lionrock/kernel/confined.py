"""`python -P -m lionrock.kernel.confined MODULE ARGUMENTS`: run a module where no network is.

Before the module is imported, since a library that starts threads would be in the way. A child that
can't be confined runs all the same; `lionrock doctor --residency` and a notice at start say so.
"""

from __future__ import annotations

import runpy
import sys

from lionrock.kernel.confinement import cut_network


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """What to run; -P keeps the working directory off the module path."""
    return (sys.executable, "-P", "-m", __name__, module, *arguments)


def main() -> None:
    cut_network()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
