"""How far a tuning run is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Stage(StrEnum):
    """In their order. `LISTS`: the index is made ready, newly designated names are screened."""

    LISTS = "lists"
    NAMES = "names"
    CUSTOMERS = "customers"
    REPORT = "report"


Tell = Callable[[Stage, int, int], None]
"""Told the stage, what is done of it, and all of it; 0 of 0 where it is not counted."""
Count = Callable[[int, int], None]
"""Told what is done of a stage, and all of it."""


def silent(stage: Stage, done: int, total: int) -> None:
    """Nobody looks."""


def uncounted(done: int, total: int) -> None:
    """Nobody looks."""


def of_stage(tell: Tell, stage: Stage) -> Count:
    """`tell` for that stage."""
    return lambda done, total: tell(stage, done, total)
