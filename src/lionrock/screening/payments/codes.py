"""Chinese commercial codes in a message: runs of four-digit groups that stand for Chinese characters.

After the Payments Market Practice Group's guidelines for the adoption of the Chinese Commercial Code
(2018): spaces between codes, no code broken over two lines; longer numbers, and four digits in brackets,
in quotes or joined to something else, are no codes. Decoding is `names`' business.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_RUN: Final = re.compile(r"(?<![^\s,;:/])[0-9]{4}(?: {1,2}[0-9]{4})*(?![^\s,;:/.])")
_ROOM: Final = 5
"""What a space and another code take."""
_LONGEST: Final = 200
"""Characters of a run that is still carried on: forty codes, more than a name and an address have."""


def code_runs(lines: Sequence[str], *, width: int = 0) -> tuple[str, ...]:
    """Runs of two or more codes, each as "7115 1129 2429". One code alone is a year or a house number.

    A run that ends its line goes on in the run that opens the next one. If another code had room before
    the line's `width`, or that is not known (0), the two are given by themselves as well.
    """
    found: list[str] = []
    before = ""  # the run that ended the line before
    full = False
    for line in lines:
        ending = ""
        for match in _RUN.finditer(line):
            run = " ".join(match.group().split())
            if before and len(before) < _LONGEST and not line[: match.start()].strip():
                if full:
                    found.pop()
                else:
                    found.append(run)
                run = f"{before} {run}"
            found.append(run)
            if not line[match.end() :].strip():
                ending = run
        before, full = ending, 0 < width < len(line.rstrip()) + _ROOM
    return tuple(dict.fromkeys(run for run in found if " " in run))
