"""The programs that a build needs, looked for before anything is fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping

from lionrock.errors import Unavailable

_NEEDED = (
    ("cmake", ("cmake",), "cmake"),
    ("a C++ compiler", ("c++", "g++", "clang++"), "g++"),
    ("a C compiler", ("cc", "gcc", "clang"), "gcc"),
    ("make", ("make", "gmake"), "make"),
)
_CHOSEN = {"a C++ compiler": "CXX", "a C compiler": "CC"}
_OLDEST_CMAKE = (3, 14)


def need(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What cmake and the C++ compiler say of their version.

    Unavailable names what is missing and the Debian packages that bring it.
    """
    given = os.environ if environment is None else environment
    missing, found = [], {}
    for what, names, package in _NEEDED:
        chosen = given.get(_CHOSEN.get(what, ""), "").split()[:1]
        path = next(
            filter(None, (shutil.which(n, path=given.get("PATH")) for n in chosen or names)), ""
        )
        if path:
            found[what] = path
        else:
            missing.append((f"{what} ({chosen[0]})" if chosen else what, package))
    if missing:
        raise Unavailable(
            f"To build the engine this machine lacks {', '.join(w for w, _ in missing)}. On Debian and "
            f"Ubuntu: apt-get install {' '.join(p for _, p in missing)}."
        )
    cmake, compiler = _version(found["cmake"]), _version(found["a C++ compiler"])
    number = re.search(r"(\d+)\.(\d+)", cmake)
    if number is None or (int(number[1]), int(number[2])) < _OLDEST_CMAKE:
        raise Unavailable(f"To build the engine cmake 3.14 or later is needed; this is {cmake!r}.")
    return {"cmake": cmake, "compiler": compiler}


def _version(program: str) -> str:
    """The first line of `--version`."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(f"{program} does not run ({type(error).__name__}).") from error
    return done.stdout.partition("\n")[0].strip()
