"""Names that people give to what they make."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field


def one_line(given: str) -> str:
    """`given` without blanks around it; `ValueError` if nothing is left or not all can be seen."""
    if not given.strip() or not given.isprintable():
        raise ValueError("one line of characters that can be seen")
    return given.strip()


Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(one_line)]
"""One line of 1 to 80 characters."""
